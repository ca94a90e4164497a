import type { Attributes } from '@opentelemetry/api';
import { names } from './attributes.js';

/** Of one broker alone: which of several had the request is not known. */
export function serverOf(servers: readonly string[]): Attributes {
  const [server] = servers;
  if (server === undefined || servers.length > 1) return {};
  const colon = server.lastIndexOf(':');
  const port = Number(server.slice(colon + 1));
  if (colon < 0 || !Number.isInteger(port)) return { [names.serverAddress]: server };
  const address = server.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { [names.serverAddress]: address, [names.serverPort]: port };
}

import type { Attributes } from '@opentelemetry/api';
import { attributeNames } from './attributes.js';

/**
 * Returns the attributes of the server. There are none when the client knows several brokers,
 * because it does not report which of them handled the request.
 */
export function serverOf(servers: readonly string[]): Attributes {
  const [server] = servers;
  if (server === undefined || servers.length > 1) return {};
  const colon = server.lastIndexOf(':');
  const port = Number(server.slice(colon + 1));
  if (colon < 0 || !Number.isInteger(port)) return { [attributeNames.serverAddress]: server };
  const address = server.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { [attributeNames.serverAddress]: address, [attributeNames.serverPort]: port };
}

import type { Attributes } from '@opentelemetry/api';

/** `host:port`, `[::1]:port`, or a host alone. */
const shape = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/;

/** Of the first broker that the client was given: which one answered the adapters do not say. */
export function serverAttributes([first = '']: readonly string[]): Attributes {
  const [, bracketed, plain = bracketed, port] = shape.exec(first) ?? [];
  if (plain === undefined) return {};
  return { 'server.address': plain, ...(port === undefined ? {} : { 'server.port': Number(port) }) };
}

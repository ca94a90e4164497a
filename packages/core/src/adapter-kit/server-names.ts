/** A host name or address, with or without a port; an IPv6 address is in brackets. */
const server = /^((?:\[[\w.:%]+\]|[\w.-]+))(?::(\d{1,5}))?$/;

/**
 * Returns brokers, as the user configured them, as `host:port` for telemetry. It removes whatever
 * precedes the host, such as a protocol, a user name and a password, and omits entries that are not
 * hosts. `defaultPort` is for those without a port.
 */
export function serverNames(given: readonly unknown[], defaultPort: number): string[] {
  const names = given.flatMap((one) => {
    if (typeof one !== 'string') return [];
    const [, host, port] =
      server.exec(one.slice(Math.max(one.lastIndexOf('/'), one.lastIndexOf('@')) + 1).trim()) ?? [];
    return host === undefined ? [] : [`${host}:${port ?? defaultPort}`];
  });
  return [...new Set(names)];
}

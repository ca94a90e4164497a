/** A host's name, or an address; an IPv6 one in brackets. The port may be left out. */
const server = /^((?:\[[\w.:%]+\]|[\w.-]+))(?::(\d{1,5}))?$/;

/**
 * Brokers as a user names them, as `host:port`, for telemetry. What stands in front of a host, a protocol or a user and his
 * password, is cut off; what is no host then is left out. `defaultPort`: of those that name none.
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

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { UsageError } from './usage-error.js';

/**
 * Below the range from which Linux (32768 up), macOS and Windows (49152 up) take the ports of
 * outgoing connections. A client that keeps reconnecting to a dead broker could take a port inside
 * that range, and the broker could then not come back to it.
 */
const RANGE = { from: 20_000, to: 32_768 };
const ATTEMPTS = 200;

/** Finds `count` different ports on 127.0.0.1 that are not in use. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let attempt = 0; ports.length < count && attempt < ATTEMPTS; attempt++) {
      const server = await listen(randomInt(RANGE.from, RANGE.to));
      if (server === undefined) continue;
      held.push(server);
      const address = server.address();
      if (address !== null && typeof address === 'object') ports.push(address.port);
    }
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
  if (ports.length < count) {
    throw new Error(`found only ${ports.length} of ${count} free ports from ${RANGE.from} to ${RANGE.to}`);
  }
  return ports;
}

/**
 * Returns random free ports, or those from `base` on; throws a {@link UsageError} that names the
 * ones in use.
 */
export async function choosePorts(count: number, base: number | undefined): Promise<number[]> {
  if (base === undefined) return freePorts(count);
  const ports = Array.from({ length: count }, (_, index) => base + index);
  const last = base + count - 1;
  if (last >= RANGE.to)
    throw new UsageError(
      `portBase ${base}: the ports up to ${last} are among those that the system gives to outgoing connections (from ${RANGE.to} on), so ` +
        `a client could take a broker's while that is down; choose one below ${RANGE.to - count + 1}`,
    );
  const taken: number[] = [];
  for (const port of ports) {
    const server = await listen(port);
    if (server === undefined) taken.push(port);
    else await new Promise((closed) => server.close(closed));
  }
  if (taken.length === 0) return ports;
  throw new UsageError(`portBase ${base}: something listens on ${taken.join(', ')} already; choose another`);
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

import { randomUUID } from 'node:crypto';
import { link, open, readdir, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { DirectoryLock, LockHeld } from '../contract/disk.js';
import { codeOf } from '../foreign/system-code.js';

const lockName = /^lock\.(\d+)$/;
const ownName = /^lock-[0-9a-f-]{36}$/;
/**
 * How long to wait for the holder's process id. A blocked holder responds late, but an accepted
 * connection proves that it is alive.
 */
const greetingMs = 1_000;
/** Nobody listens, or the listener closed while this connection was in its queue. */
const gone = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT']);

/**
 * Locks a directory until `release`, or until the holder's process dies. Node.js has no such call,
 * so the holder listens on a Unix socket in the directory, `lock.<n>`, and only a living process
 * accepts connections there. A process that finds the latest `n` dead takes `n + 1` with link(2),
 * which only one process can win. Only the next holder removes a dead lock, so a name that was once
 * found dead is never reused by a living process. Works between all processes of one machine, its
 * containers included.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock | LockHeld> {
  const way = await shortWay(directory);
  try {
    return await takeLock(directory, way.path);
  } finally {
    await way.close();
  }
}

async function takeLock(directory: string, way: string): Promise<DirectoryLock | LockHeld> {
  const own = `lock-${randomUUID()}`;
  const server = await listen(join(way, own));
  try {
    for (;;) {
      const latest = await latestLock(directory);
      const holder = latest === 0 ? undefined : await holderOf(join(way, `lock.${latest}`));
      if (holder !== undefined) return await withdraw(server, { holder });
      const mine = join(directory, `lock.${latest + 1}`);
      if (!(await linked(join(directory, own), mine))) continue;
      // Other processes may have removed that lock meanwhile and taken later ones: the highest
      // number holds.
      if ((await latestLock(directory)) > latest + 1) {
        await unlink(mine).catch(() => undefined);
        continue;
      }
      await unlink(join(directory, own));
      await removeOlder(directory, way, latest + 1);
      return { release: () => closed(server) };
    }
  } catch (error) {
    await closed(server);
    throw error;
  }
}

async function withdraw<T>(server: Server, result: T): Promise<T> {
  await closed(server); // also removes the name that it listened on
  return result;
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`${process.pid}\n`);
    });
    server.on('error', reject);
    // Otherwise a node:cluster worker would listen through its primary, which outlives it, and
    // whose /proc/self is different.
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

/**
 * Resolves with a description of the process that listens there; `undefined` if the holder is dead.
 */
function holderOf(path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let greeting = '';
    const socket = connect(path);
    socket.setTimeout(greetingMs, () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (greeting += text));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (gone.has(error.code ?? '')) resolve(undefined);
      else reject(error);
    });
    socket.on('close', () => resolve(`process ${/^\d+$/m.exec(greeting)?.[0] ?? '(it does not respond)'}`));
  });
}

async function latestLock(directory: string): Promise<number> {
  const numbers = (await readdir(directory)).map((name) => Number(lockName.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** Links a file atomically; resolves with false when the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes dead locks, and sockets of processes that were killed before they had a lock. */
async function removeOlder(directory: string, way: string, mine: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const number = Number(lockName.exec(name)?.[1] ?? Infinity);
    const isLeft = number < mine || (ownName.test(name) && (await holderOf(join(way, name))) === undefined);
    // Another starting process may already have removed it.
    if (isLeft) await unlink(join(directory, name)).catch(() => undefined);
  }
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

/**
 * Returns a short path to the directory: a socket's path is limited to about 100 bytes. On Linux,
 * an open directory has one.
 */
async function shortWay(directory: string): Promise<{ path: string; close(): Promise<void> }> {
  if (process.platform !== 'linux') return { path: directory, close: () => Promise.resolve() };
  const handle = await open(directory, 'r');
  return { path: `/proc/self/fd/${handle.fd}`, close: () => handle.close() };
}

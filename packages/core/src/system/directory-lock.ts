import { randomUUID } from 'node:crypto';
import { link, open, readdir, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { DirectoryLock, LockHeld } from '../contract/disk.js';
import { codeOf } from '../foreign/system-code.js';

const lockName = /^lock\.(\d+)$/;
const ownName = /^lock-[0-9a-f-]{36}$/;
/** A holder whose event loop is blocked answers late; the connection alone says that it lives. */
const greetingMs = 1_000;
/** Nobody listens, or stopped listening while this one was in the queue. */
const gone = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT']);

/**
 * A lock on a directory that the death of its holder releases, which Node has no call for: the holder listens on a Unix
 * socket in it, `lock.<n>`, and only a living process accepts a connection there. Who finds the latest `n` dead takes `n + 1`
 * with link(2), which one process alone can win. A dead lock is removed by the next holder only, so that a name, once found
 * dead, is never one that lives again. Works between all processes of one machine, its containers included.
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
      // While this one looked, others may have come, removed what it saw, and gone further: the highest number holds.
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
  await closed(server); // removes the name that it listened on, too
  return result;
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`${process.pid}\n`);
    });
    server.on('error', reject);
    // A worker of node:cluster would have its primary listen, whose death is not its own; and /proc/self is another there.
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** Who answers there; `undefined`: nobody, the holder is dead. */
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
    socket.on('close', () => resolve(`process ${/^\d+$/m.exec(greeting)?.[0] ?? '(it does not answer)'}`));
  });
}

async function latestLock(directory: string): Promise<number> {
  const numbers = (await readdir(directory)).map((name) => Number(lockName.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** Atomic: false when the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Dead locks, and the names that processes were killed under before they had a lock. */
async function removeOlder(directory: string, way: string, mine: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const number = Number(lockName.exec(name)?.[1] ?? Infinity);
    const isLeft = number < mine || (ownName.test(name) && (await holderOf(join(way, name))) === undefined);
    // Another starting process may have removed it.
    if (isLeft) await unlink(join(directory, name)).catch(() => undefined);
  }
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

/** A socket's path has room for some 100 bytes only; through an open directory, Linux has a short one for any. */
async function shortWay(directory: string): Promise<{ path: string; close(): Promise<void> }> {
  if (process.platform !== 'linux') return { path: directory, close: () => Promise.resolve() };
  const handle = await open(directory, 'r');
  return { path: `/proc/self/fd/${handle.fd}`, close: () => handle.close() };
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A durable queue in a third-party store: each call is on disk when it has resolved. */
export interface OpenStore {
  append(values: readonly Buffer[]): Promise<void> | void;
  /** Removes the oldest `count`. */
  remove(count: number): Promise<void> | void;
  close(): Promise<void> | void;
}

export interface Store {
  readonly name: string;
  open(directory: string): Promise<OpenStore>;
}

const lmdb: Store = {
  name: 'lmdb',
  async open(directory) {
    const { open } = await import('lmdb');
    // A commit that overlaps with its sync is not durable when it has resolved.
    const db = open<Buffer, number>({
      path: join(directory, 'lmdb'),
      keyEncoding: 'uint32',
      encoding: 'binary',
      overlappingSync: false,
      mapSize: 8 * 1024 ** 3,
    });
    let next = 0;
    let oldest = 0;
    return {
      append: (values) => db.transactionSync(() => values.forEach((value) => void db.put(next++, value))),
      remove: (count) =>
        db.transactionSync(() => {
          for (let i = 0; i < count; i++) void db.remove(oldest++);
        }),
      close: () => db.close(),
    };
  },
};

const sqlite: Store = {
  name: 'better-sqlite3',
  async open(directory) {
    const { default: Database } = await withBinding(() => import('better-sqlite3'));
    const db = new Database(join(directory, 'queue.sqlite'));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec('CREATE TABLE queue (id INTEGER PRIMARY KEY, value BLOB NOT NULL)');
    const insert = db.prepare<[number, Buffer]>('INSERT INTO queue VALUES (?, ?)');
    const removeUpTo = db.prepare<[number]>('DELETE FROM queue WHERE id < ?');
    let next = 0;
    let oldest = 0;
    const insertAll = db.transaction((values: readonly Buffer[]) => {
      for (const value of values) insert.run(next++, value);
    });
    return {
      append: (values) => insertAll(values),
      remove: (count) => void removeUpTo.run((oldest += count)),
      close: () => void db.close(),
    };
  },
};

const level: Store = {
  name: 'classic-level',
  async open(directory) {
    const { ClassicLevel } = await import('classic-level');
    const db = new ClassicLevel<string, Buffer>(join(directory, 'level'), { valueEncoding: 'buffer' });
    await db.open();
    let next = 0;
    let oldest = 0;
    const keyOf = (id: number): string => String(id).padStart(12, '0');
    return {
      append: (values) =>
        db.batch(
          values.map((value) => ({ type: 'put', key: keyOf(next++), value })),
          { sync: true },
        ),
      remove: (count) =>
        db.batch(
          Array.from({ length: count }, () => ({ type: 'del', key: keyOf(oldest++) })),
          { sync: true },
        ),
      close: () => db.close(),
    };
  },
};

export const stores: readonly Store[] = [lmdb, sqlite, level];

/**
 * The binding is compiled on first use: only this bench needs it, and it takes a minute and a half.
 */
async function withBinding<T>(load: () => Promise<T>): Promise<T> {
  const { default: Database } = await import('better-sqlite3');
  try {
    new Database(':memory:').close();
  } catch {
    await promisify(execFile)('npm', ['rebuild', 'better-sqlite3', '--ignore-scripts=false']);
  }
  return load();
}

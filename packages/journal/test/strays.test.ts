import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProducerError } from '@holdfast/core';
import { nodeDisk } from '@holdfast/core/stage';
import { fakeClock, type SimulatedDisk } from '@holdfast/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { describeDamage, type Damage } from '../src/damage.js';
import { framesOf } from './frames.fixture.js';
import { delivered, Harness, running } from './harness.fixture.js';
import { exportRecords } from '../src/inspect/export.js';
import { inspectJournal } from '../src/inspect/inspect.js';
import type { JournalOptions } from '../src/options.js';

const directory = '/outbox';
const options: JournalOptions = {
  directory,
  acknowledge: 'journaled',
  segmentBytes: 16 * 1024,
  maxBytes: 1024 * 1024,
};
const quarantined = (path: string): string => path.replace(directory, `${directory}/quarantine`);
const segments = (disk: SimulatedDisk): string[] =>
  disk.files(directory).filter((path) => /^\/outbox\/\d+\.segment$/.test(path));

/** Makes records that were not delivered, in a journal whose process was killed. */
async function backlog(count = 200): Promise<SimulatedDisk> {
  const { one, clock, disk } = await running({ acknowledge: 'journaled', maxInFlightRecords: 1 });
  for (let sent = 0; sent < count; sent += 10) {
    one.send(
      Array.from({ length: Math.min(10, count - sent) }, (_, i) => ({
        topic: 't',
        value: `${sent + i}`.padEnd(200),
      })),
    );
    await clock.advance(20);
  }
  return disk.kill({ keep: 'all' });
}

interface Started {
  readonly one: Harness;
  readonly damage: readonly Damage[];
  /** The records that arrived, as numbers. */
  readonly values: readonly number[];
}

async function startAndDrain(disk: SimulatedDisk, more: Partial<JournalOptions> = {}): Promise<Started> {
  const clock = fakeClock();
  const one = new Harness({ disk, clock, journal: { ...options, ...more }, answer: delivered });
  const starting = one.start();
  starting.catch(() => undefined);
  await clock.until(starting);
  one.send([{ topic: 't', value: '1000' }]);
  await clock.advance(1_000);
  await clock.runWhile(() => one.stat('backlogRecords') !== 0);
  await clock.advance(1_000);
  const values = one.handed.map(({ value }) => Number(String(value)));
  expect(values.pop()).toBe(1_000);
  const damage = one.said['journal.damaged'];
  for (const each of damage) expect(one.logger.text()).toContain(describeDamage(each));
  return { one, damage, values };
}

async function refusal(disk: SimulatedDisk): Promise<string> {
  const files = segments(disk);
  try {
    await startAndDrain(disk, { corruption: 'strict' });
  } catch (error) {
    expect(error).toMatchObject({ code: 'JOURNAL_CORRUPT' });
    expect(segments(disk)).toEqual(files);
    return ProducerError.is(error) ? error.message : '';
  }
  throw new Error('it started');
}

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const zeros = (length: number): Buffer => Buffer.alloc(length);
/** The same bytes each time, with no frame in them. */
const noise = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => (i * 167 + (i >> 5)) & 255));

describe.each([
  ['zeros', zeros],
  ['random bytes', noise],
] as const)('segments that are %s', (_, fill) => {
  it('are reported, kept, and prevent a strict start, if there is no other segment', async () => {
    const disk = await backlog();
    const paths = segments(disk);
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) disk.writeFile(path, fill(disk.readFile(path).length));
    const message = await refusal(disk.fork());
    for (const path of paths) expect(message).toContain(`${path}: corrupt`);
    const { damage, values } = await startAndDrain(disk);
    expect(values).toEqual([]);
    expect(damage).toEqual(
      paths.map((path) => ({ kind: 'corrupt', path, start: 0, end: 16_384, quarantine: quarantined(path) })),
    );
    for (const path of paths) expect(Buffer.from(disk.readFile(quarantined(path)))).toEqual(fill(16_384));
  });

  it('are reported and kept, if it is the newest one', async () => {
    const disk = await backlog();
    const path = segments(disk).at(-1) ?? '';
    disk.writeFile(path, fill(16_384));
    expect(await refusal(disk.fork())).toContain(path);
    const { damage } = await startAndDrain(disk);
    expect(damage).toContainEqual({
      kind: 'corrupt',
      path,
      start: 0,
      end: 16_384,
      quarantine: quarantined(path),
    });
    expect(Buffer.from(disk.readFile(quarantined(path)))).toEqual(fill(16_384));
  });

  it('are reported and kept until nothing needs them, if it is one of several', async () => {
    const disk = await backlog();
    const [, path = ''] = segments(disk);
    disk.writeFile(path, fill(16_384));
    expect(await refusal(disk.fork())).toContain(path);
    const { damage, values } = await startAndDrain(disk);
    expect(damage).toContainEqual(expect.objectContaining({ path, quarantine: quarantined(path) }));
    expect(values.length).toBeGreaterThan(100);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(Buffer.from(disk.readFile(quarantined(path)))).toEqual(fill(16_384));
    expect(disk.files(directory)).not.toContain(path);
  });
});

describe('a segment whose only frame is damaged, and no other follows', () => {
  it.each([
    ['body', true],
    ['header of the frame', true],
    ['body', false],
    ['header of the frame', false],
  ] as const)('(%s; the next one is there: %s) is told of, and kept', async (where, isNextThere) => {
    const disk = await backlog(5);
    const [path = '', next = ''] = segments(disk);
    if (!isNextThere) disk.erase(next);
    const [at = 0, ...more] = framesOf(Buffer.from(disk.readFile(path)));
    expect(more).toEqual([]);
    disk.patchFile(path, where === 'body' ? at + 100 : at, Buffer.from('damage'));
    const bytes = disk.readFile(path);
    for (const corruption of ['salvage', 'strict'] as const) {
      const fork = disk.fork();
      const { damage, values } = await startAndDrain(fork, { corruption });
      expect(values).toEqual([]);
      expect(damage).toMatchObject([{ kind: 'torn-tail', path, start: at, quarantine: quarantined(path) }]);
      expect(fork.readFile(quarantined(path))).toEqual(bytes);
    }
  });
});

it('a segment that was being prepared when the process died is removed silently', async () => {
  const disk = await backlog();
  const path = `${directory}/0000000099.preparing`;
  disk.writeFile(path, noise(16_384));
  expect((await inspectJournal(directory, { disk })).damage).toEqual([]);
  const { damage, values } = await startAndDrain(disk, { corruption: 'strict' });
  expect(damage).toEqual([]);
  expect(values).toEqual(all(200));
  expect(disk.files()).not.toContain(path);
});

it('a process that dies at any point of preparing its first segments leaves nothing that looks like damage', async () => {
  for (let call = 1; ; call++) {
    const clock = fakeClock();
    const { disk } = await running({});
    const fresh = disk.kill({ keep: 'none' });
    for (const path of fresh.files(directory)) fresh.erase(path);
    fresh.faults.at({ call }, { stop: 'during' });
    const one = new Harness({ disk: fresh, clock, journal: options });
    void one.start().catch(() => undefined);
    await clock.advance(1_000);
    if (!fresh.dead) {
      expect(call).toBeGreaterThan(5);
      return;
    }
    const next = await startAndDrain(fresh.crash({ keep: 'random' }), { corruption: 'strict' });
    expect(next.damage).toEqual([]);
  }
});

describe('a file that the disk cannot read', () => {
  it.each([
    ['cannot be opened', { operation: 'open' }],
    ['cannot be read from its first byte on', { operation: 'read' }],
    ['cannot be looked at', { operation: 'info' }],
  ] as const)('that %s is named and kept, and the rest goes on', async (_, place) => {
    const disk = await backlog();
    const [, path = '', third = ''] = segments(disk);
    const sick = (of: SimulatedDisk): SimulatedDisk => {
      of.faults.every({ ...place, path }, { error: 'EIO' });
      return of;
    };
    expect(await refusal(sick(disk.fork()))).toContain(`${path} cannot be read from byte 0 on (EIO)`);
    expect((await inspectJournal(directory, { disk: sick(disk.fork()) })).damage).toContainEqual({
      kind: 'unreadable-file',
      path,
      start: 0,
      code: 'EIO',
      quarantine: undefined,
    });
    const there = disk.readFile(path);
    const { damage, values } = await startAndDrain(sick(disk));
    const said = { kind: 'unreadable-file', path, start: 0, code: 'EIO', quarantine: quarantined(path) };
    expect(damage).toEqual([said]);
    expect(disk.readFile(quarantined(path))).toEqual(there);
    expect(values.length).toBeGreaterThan(100);
    expect(values).toContain(0);
    expect(values).toContain(199);
    // Once the disk can read it again, it can be sent from there.
    disk.faults.clear();
    const found: number[] = [];
    for await (const { value } of exportRecords(`${directory}/quarantine`, { disk }))
      found.push(Number(value));
    expect([...values, ...found].sort((a, b) => a - b)).toEqual(all(200));
    expect(third).not.toBe('');
  });

  it('from some byte on yields what precedes it', async () => {
    const large = { segmentBytes: 8 * 2 ** 20, maxBytes: 64 * 2 ** 20 };
    const { one, clock, disk } = await running({ ...large, acknowledge: 'journaled', maxInFlightRecords: 1 });
    for (const i of all(6)) {
      one.send([{ topic: 't', value: `${i}`.padEnd(2 ** 20) }]);
      await clock.advance(100);
    }
    const left = disk.kill({ keep: 'all' });
    const [path = ''] = segments(left);
    const { length } = left.readFile(path);
    // The header, four megabytes, and the next four.
    left.faults.at({ operation: 'read', path, call: 3 }, { error: 'EIO' });
    const { damage, values } = await startAndDrain(left, large);
    expect(damage).toMatchObject([
      { kind: 'unreadable-file', path, code: 'EIO', quarantine: quarantined(path) },
    ]);
    expect(values).toEqual(all(3));
    expect(left.readFile(quarantined(path))).toHaveLength(length);
  });

  it('is not damage when the process lacks something', async () => {
    const disk = await backlog();
    const [path = ''] = segments(disk);
    const files = disk.files();
    disk.faults.every({ operation: 'open', path }, { error: 'EMFILE' });
    const clock = fakeClock();
    const starting = new Harness({ disk, clock, journal: options }).start();
    starting.catch(() => undefined);
    await expect(clock.until(starting)).rejects.toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringContaining(`'${path}' cannot be read: EMFILE`) as unknown,
    });
    expect(disk.files().filter((one) => !one.includes('lock'))).toEqual(
      files.filter((one) => !one.includes('lock')),
    );
  });
});

describe('something with the name of a segment that is not one', () => {
  it.each(['0000000007', '4294967295', '9999999999'])(
    'a directory %s is moved aside and reported',
    async (name) => {
      const disk = await backlog();
      const path = `${directory}/${name}.segment`;
      await disk.makeDirectory(path);
      const taken = segments(disk).length;
      expect(taken).toBeGreaterThan(3);
      expect(await refusal(disk.fork())).toContain(`${path} cannot be read from byte 0 on (EISDIR)`);
      const { damage, values } = await startAndDrain(disk);
      expect(damage).toContainEqual({
        kind: 'unreadable-file',
        path,
        start: 0,
        code: 'EISDIR',
        quarantine: quarantined(path),
      });
      expect(values).toEqual(all(200));
      expect(await disk.info(quarantined(path))).toMatchObject({ kind: 'directory' });
    },
  );

  it.each([
    ['4294967295', zeros(16_384)],
    ['4294967295', noise(16_384)],
    ['4294967295', Buffer.alloc(0)],
    ['9999999999', noise(100)],
    ['0000000099', noise(100)],
  ])('a stray %s is moved aside and named, and new segments are made', async (name, bytes) => {
    const disk = await backlog();
    const path = `${directory}/${name}.segment`;
    disk.writeFile(path, bytes);
    disk.chmod(path, 0o600);
    expect(await refusal(disk.fork())).toContain(path);
    const { one, damage, values } = await startAndDrain(disk);
    expect(damage).toEqual([
      { kind: 'corrupt', path, start: 0, end: bytes.length, quarantine: quarantined(path) },
    ]);
    expect(values).toEqual(all(200));
    expect(one.said['journal.stalled']).toEqual([]);
    expect(Buffer.from(disk.readFile(quarantined(path)))).toEqual(bytes);
  });

  it('stays, and is reported each time, where it cannot be moved', async () => {
    const disk = await backlog();
    const path = `${directory}/4294967295.segment`;
    disk.writeFile(path, noise(100));
    disk.chmod(path, 0o600);
    disk.faults.every({ path: 'quarantine' }, { error: 'EROFS' });
    const { damage, values } = await startAndDrain(disk);
    expect(damage).toMatchObject([{ kind: 'corrupt', path, quarantine: undefined }]);
    expect(values).toEqual(all(200));
    expect(Buffer.from(disk.readFile(path))).toEqual(noise(100));
  });
});

describe('on a real disk', () => {
  let root = '';
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('a dangling link, a directory and a pipe-like stray do not prevent the start', async () => {
    root = await mkdtemp(join(tmpdir(), 'journal-strays-'));
    const outbox = join(root, 'outbox');
    const journal = { ...options, directory: outbox };
    const first = new Harness({ disk: nodeDisk, journal });
    await first.start();
    const [sent] = first.send([{ topic: 't', value: '7' }]);
    await first.until(() => first.outcomeOf(sent) !== undefined);
    await first.close(0);
    await symlink(join(root, 'nowhere'), join(outbox, '0000000050.segment'));
    await mkdir(join(outbox, '0000000051.segment'));
    await writeFile(join(outbox, '0000000052.segment'), 'not a segment', { mode: 0o600 });
    const inspected = await inspectJournal(outbox);
    expect(inspected.totals.live).toBe(1);
    const next = new Harness({ disk: nodeDisk, journal, answer: delivered });
    await next.start();
    await next.until(() => next.handed.length === 1);
    const named = (damage: readonly Damage[]): string[] =>
      damage.map((one) => `${one.path.slice(-10)} ${'code' in one ? one.code : one.kind}`).sort();
    expect(named(next.said['journal.damaged'])).toEqual([
      '50.segment ENOENT',
      '51.segment EISDIR',
      '52.segment corrupt',
    ]);
    expect(named(inspected.damage)).toEqual(named(next.said['journal.damaged']));
    expect((await nodeDisk.list(join(outbox, 'quarantine'))).length).toBe(3);
    await next.close(100);
  });
});

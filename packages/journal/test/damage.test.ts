import { ProducerError } from '@holdfast/core';
import { crc32c } from '@holdfast/core/internal';
import { fakeClock, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { describeDamage, isHarmless, type Damage } from '../src/damage.js';
import { frame, frameMagic, header } from '../src/format/layout.js';
import { delivered, Harness } from './harness.fixture.js';
import { recover } from '../src/open/recovery.js';
import type { JournalOptions } from '../src/options.js';
import { newDisk, Process, World } from './world.fixture.js';

const directory = '/outbox';
const options: JournalOptions = {
  directory,
  acknowledge: 'journaled',
  segmentBytes: 16 * 1024,
  maxBytes: 1024 * 1024,
};

interface Left {
  readonly disk: SimulatedDisk;
  readonly world: World;
  readonly paths: readonly string[];
}

/** Makes about three segments of records that were not delivered, by a process that was killed. */
async function backlog(seed?: number): Promise<Left> {
  const world = new World();
  world.broker = 'down';
  const process = new Process(world, { disk: newDisk(seed), journal: { acknowledge: 'journaled' } });
  await process.start();
  for (let i = 0; i < 20; i++) {
    process.send(10, { valueBytes: 150 });
    await process.clock.advance(20);
  }
  world.broker = 'up';
  const disk = process.disk.kill({ keep: 'all' });
  return { disk, world, paths: disk.files().filter((path) => path.endsWith('.segment')) };
}

/** Returns where the frames of a file begin. */
function framesOf(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) if (bytes.readUInt32LE(at) === frameMagic) found.push(at);
  return found;
}

interface Hit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Overwrites some of the third frame of the first segment. */
function hit(disk: SimulatedDisk, path: string, number = 2): Hit {
  const frames = framesOf(Buffer.from(disk.readFile(path)));
  const [start = 0, end = 0] = frames.slice(number);
  disk.patchFile(path, start + 100, Buffer.from('damage'));
  return { path, start, end };
}

async function start(
  disk: SimulatedDisk,
  more: Partial<JournalOptions> = {},
  signal?: AbortSignal,
): Promise<Harness> {
  const clock = fakeClock();
  const one = new Harness({ disk, clock, journal: { ...options, ...more }, answer: delivered });
  const starting = one.start(signal);
  starting.catch(() => undefined);
  await clock.until(starting);
  return one;
}

const refused = (starting: Promise<unknown>): Promise<unknown> =>
  starting.then(
    () => 'it started',
    (error: unknown) => error,
  );

describe("corruption: 'strict'", () => {
  it('refuses to start, names the place, and writes nothing', async () => {
    const { disk, paths } = await backlog();
    const [path = ''] = paths;
    const { start: from, end } = hit(disk, path);
    const files = disk.files().filter((one) => !one.includes('/lock.'));
    const error = await refused(start(disk, { corruption: 'strict' }));
    expect(error).toMatchObject({
      code: 'JOURNAL_CORRUPT',
      problems: [`${path}: corrupt from byte ${from} to ${end}`],
    });
    expect(ProducerError.is(error) && error.message).toContain(`corruption: 'salvage'`);
    expect(disk.files().filter((one) => !one.includes('/lock.'))).toEqual(files);
  });

  it('names every place at once', async () => {
    const { disk, paths } = await backlog();
    const [first = '', second = '', third = ''] = paths;
    hit(disk, first);
    disk.erase(second);
    disk.truncateFile(third, 1_000);
    expect(await refused(start(disk, { corruption: 'strict' }))).toMatchObject({
      code: 'JOURNAL_CORRUPT',
      problems: expect.arrayContaining([
        expect.stringMatching(`${first}: corrupt from byte`),
        `${second} is missing`,
        expect.stringMatching(`${third} is cut at byte 1000`),
      ]) as unknown,
    });
  });

  it('starts when there is only a torn tail', async () => {
    const { disk, paths } = await backlog();
    const last = paths.at(-2) ?? '';
    const frames = framesOf(Buffer.from(disk.readFile(last)));
    disk.patchFile(last, (frames.at(-1) ?? 0) + 60, Buffer.from('torn'));
    const one = await start(disk, { corruption: 'strict' });
    expect(one.said['journal.damaged'].filter((each) => !isHarmless(each))).toEqual([]);
  });
});

describe("corruption: 'salvage'", () => {
  it('keeps every other record, and the bytes of the damaged region with the offsets in their name', async () => {
    const { disk, world, paths } = await backlog();
    const [path = ''] = paths;
    const damaged = hit(disk, path);
    const bytes = disk.readFile(path).slice(damaged.start, damaged.end);
    const process = new Process(world, { disk, journal: { acknowledge: 'journaled' } });
    const said: Damage[] = [];
    process.env.events.on('journal.damaged', (one) => said.push(one));
    await process.start();
    await process.drain();
    const length = damaged.end - damaged.start;
    const name = `0000000001-${String(damaged.start).padStart(10, '0')}-${length}.damaged`;
    const kept = `${directory}/quarantine/${name}`;
    expect(said).toEqual([{ kind: 'corrupt', ...damaged, quarantine: kept }]);
    expect(disk.readFile(kept)).toEqual(bytes);
    expect(process.env.logger.text()).toContain(`corrupt from byte ${damaged.start} to ${damaged.end}`);
    const lost = [...world.sent.keys()].filter((id) => !world.topic.includes(id));
    expect(lost).toHaveLength(10);
    expect(Buffer.from(bytes).includes(lost[0] ?? '')).toBe(true);
    await process.close();
  });

  it('copies nothing a second time, however often the start is interrupted', async () => {
    const { disk, paths } = await backlog();
    const [path = ''] = paths;
    hit(disk, path);
    hit(disk, path, 5);
    const first = disk.fork();
    await start(first);
    const kept = first.files().filter((one) => one.endsWith('.damaged'));
    expect(kept).toHaveLength(2);
    const again = first.kill();
    again.clearLog();
    await start(again);
    expect(again.files().filter((one) => one.endsWith('.damaged'))).toEqual(kept);
    expect(
      again.log.filter(({ operation, path: of }) => operation === 'write' && of.endsWith('.damaged')),
    ).toEqual([]);
  });

  it('repeats a copy at which a start was killed', async () => {
    const { disk, paths } = await backlog();
    const [path = ''] = paths;
    const { start: from, end } = hit(disk, path);
    const bytes = disk.readFile(path).slice(from, end);
    disk.faults.at({ operation: 'write', path: 'quarantine', call: 1 }, { stop: 'during' });
    await refused(start(disk));
    expect(disk.dead).toBe(true);
    const left = disk.crash({ keep: 'all' });
    await start(left);
    const [kept = ''] = left.files().filter((one) => one.endsWith('.damaged'));
    expect(left.readFile(kept)).toEqual(bytes);
  });

  it('starts even when there is no space for the copy', async () => {
    const { disk, paths } = await backlog();
    hit(disk, paths[0] ?? '');
    disk.faults.every({ path: 'quarantine' }, { error: 'ENOSPC' });
    const one = await start(disk);
    expect(one.said['journal.damaged']).toMatchObject([{ kind: 'corrupt', quarantine: undefined }]);
  });

  it('describes each kind of damage', async () => {
    const { disk, paths } = await backlog();
    const [first = '', second = '', third = ''] = paths;
    hit(disk, first);
    disk.erase(second);
    disk.truncateFile(third, 5_000);
    const one = await start(disk);
    const kinds = one.said['journal.damaged'].map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['corrupt', 'missing-segment', 'truncated']));
    for (const each of one.said['journal.damaged']) expect(describeDamage(each)).toContain(directory);
  });

  it('notices records that are missing between whole frames', async () => {
    const { disk, paths } = await backlog();
    const [path = ''] = paths;
    const bytes = Buffer.from(disk.readFile(path));
    const [, second = 0] = framesOf(bytes);
    // Somebody who can correct a CRC makes the second frame begin ten records later.
    const length = bytes.readUInt32LE(second + frame.bytes);
    const at = second + frame.first;
    bytes.writeUInt32LE(bytes.readUInt32LE(at) + 10, at);
    sealAgain(bytes, second, length);
    disk.writeFile(path, bytes);
    const one = await start(disk);
    expect(one.said['journal.damaged']).toContainEqual({
      kind: 'missing-records',
      path,
      start: second,
      records: 10,
    });
  });
});

describe('a start', () => {
  it('refuses what a later version has written, and tells what to do', async () => {
    const { disk, paths } = await backlog();
    const path = paths[1] ?? '';
    const bytes = Buffer.from(disk.readFile(path));
    bytes.writeUInt8(2, header.version);
    bytes.writeUInt32LE(crc32c(bytes, header.bytes, bytes.readUInt32LE(header.bytes)), header.crc);
    disk.writeFile(path, bytes);
    expect(await refused(start(disk))).toMatchObject({
      code: 'JOURNAL_FAILED',
      message: `'${path}' was written by a later Holdfast (format 2); run that version, and let it deliver the whole journal before you go back`,
    });
  });

  it('refuses segments of another journal', async () => {
    const { disk, paths } = await backlog();
    const other = await backlog(2);
    const bytes = Buffer.from(other.disk.readFile(other.paths[0] ?? ''));
    const path = `${directory}/0000000099.segment`;
    bytes.writeUInt32LE(99, header.number);
    bytes.writeUInt32LE(12_345, header.journalId);
    bytes.writeUInt32LE(crc32c(bytes, header.bytes, bytes.readUInt32LE(header.bytes)), header.crc);
    disk.writeFile(path, bytes);
    expect(paths).not.toContain(path);
    expect(await refused(start(disk))).toMatchObject({
      code: 'JOURNAL_FAILED',
      message:
        "'0000000099.segment' belongs to another journal than its neighbors; move it to a directory of its own",
    });
  });

  it('can be interrupted and repeated', async () => {
    const { disk, world } = await backlog();
    const abort = new AbortController();
    const process = new Process(world, { disk, journal: { acknowledge: 'journaled' } });
    process.env.events.on('journal.recovery', () => abort.abort());
    const starting = Promise.resolve(process.stage.start?.(abort.signal));
    starting.catch(() => undefined);
    await expect(process.clock.until(starting)).rejects.toMatchObject({ name: 'AbortError' });
    const next = new Process(world, { disk, journal: { acknowledge: 'journaled' } });
    await next.start();
    await next.drain();
    expect(world.topic).toHaveLength(200);
    expect(world.problems()).toEqual([]);
    await next.close();
  });

  it('reports its progress, and what it found', async () => {
    const { disk } = await backlog();
    const one = await start(disk);
    const read = one.said['journal.recovery'].map(({ readBytes }) => readBytes);
    expect(read.length).toBeGreaterThan(1);
    expect(read).toEqual(read.toSorted((a, b) => a - b));
    for (const { readBytes, totalBytes } of one.said['journal.recovery'])
      expect(readBytes).toBeLessThanOrEqual(totalBytes);
    expect(one.said['journal.recovered']).toMatchObject([{ records: 200 }]);
  });

  it('opens files only for reading in that mode, and leaves no trace', async () => {
    const { disk, paths } = await backlog();
    hit(disk, paths[0] ?? '');
    disk.readOnly = true;
    const { damage } = await recover({ disk, directory, keys: [], corruption: 'salvage', mode: 'read' });
    expect(damage).toMatchObject([{ kind: 'corrupt', quarantine: undefined }]);
    expect(disk.calls.mutations).toBe(0);
  });
});

function sealAgain(bytes: Buffer, at: number, length: number): void {
  const whole = bytes.subarray(at, at + length);
  const summed = Buffer.concat([whole.subarray(frame.body), whole.subarray(frame.bytes, frame.body)]);
  whole.writeUInt32LE(crc32c(summed), frame.crc);
}

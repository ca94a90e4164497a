import { fakeClock, simulatedDisk, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { isHarmless } from '../damage.js';
import { delivered, Harness } from '../../test/harness.fixture.js';
import type { EncryptionOptions } from '../options.js';
import { inspectJournal } from './inspect.js';
import { verifyJournal } from './verify.js';

const directory = '/outbox';
const key = { id: 'spring', key: new Uint8Array(32).fill(1) };

interface Running {
  readonly one: Harness;
  readonly disk: SimulatedDisk;
  readonly advance: (ms: number) => Promise<void>;
}

/** Makes a held journal: 100 records of which the first 60 are delivered. */
async function running(encryption?: EncryptionOptions): Promise<Running> {
  const clock = fakeClock();
  const disk = simulatedDisk();
  const journal = {
    directory,
    acknowledge: 'journaled',
    segmentBytes: 16 * 1024,
    maxBytes: 2 ** 20,
    ...(encryption && { encryption }),
  } as const;
  const one = new Harness({ disk, clock, journal });
  await clock.until(one.start());
  for (let i = 0; i < 10; i++) {
    one.send(
      Array.from({ length: 10 }, (_, n) => ({
        topic: 'orders',
        key: `k${n}`,
        value: `${i * 10 + n} ${'x'.repeat(300)}`,
      })),
    );
    await clock.advance(10);
  }
  one.answerFirst(60, delivered);
  await clock.advance(200);
  return { one, disk, advance: (ms) => clock.advance(ms) };
}

const segments = (disk: SimulatedDisk): string[] => disk.files().filter((path) => path.endsWith('.segment'));

describe('inspectJournal', () => {
  it('counts segments, frames and records, and which of them wait', async () => {
    const { one, disk } = await running();
    const report = await inspectJournal(directory, { disk });
    expect(report.damage).toEqual([]);
    expect(report.totals).toMatchObject({ live: 40, bytes: one.stat('diskBytes') });
    expect(report.totals.records).toBe(report.totals.live + report.totals.acknowledged);
    expect(report.segments.map(({ path }) => path)).toEqual(segments(disk));
    for (const segment of report.segments) {
      expect(segment.bytes).toBe(disk.readFile(segment.path).length);
      expect(segment.usedBytes).toBeLessThanOrEqual(segment.bytes);
      expect(segment.createdAt).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1));
      expect(segment.keyId).toBeUndefined();
      expect(segment.records === 0).toBe(segment.firstSequence === undefined);
    }
    const [oldest] = report.segments.filter(({ live }) => live > 0);
    expect(oldest).toMatchObject({ ended: 'sealed' });
    expect(oldest?.acknowledged).toBeGreaterThan(0);
    expect(report.segments.reduce((sum, { frames }) => sum + frames, 0)).toBe(report.totals.frames);
  });

  it('works on a held journal, and writes nothing', async () => {
    const { one, disk, advance } = await running();
    const before = disk.calls.mutations;
    await inspectJournal(directory, { disk });
    await verifyJournal(directory, { disk });
    expect(disk.calls.mutations).toBe(before);
    one.answer();
    await advance(100);
    expect((await inspectJournal(directory, { disk })).totals.live).toBe(0);
  });

  it('reports how a closed one ended', async () => {
    const { one, disk, advance } = await running();
    const closing = one.close(0);
    await advance(1_000);
    await closing;
    const { segments: all, totals } = await inspectJournal(directory, { disk });
    expect(all.at(-1)).toMatchObject({ ended: 'closed' });
    expect(totals.live).toBe(40);
  });

  it('reports which key a segment needs, and rejects without it', async () => {
    const { disk } = await running(key);
    const { segments: all, totals } = await inspectJournal(directory, { disk, keys: [key] });
    expect(new Set(all.map(({ keyId }) => keyId))).toEqual(new Set(['spring']));
    expect(totals.live).toBe(40);
    await expect(inspectJournal(directory, { disk })).rejects.toMatchObject({ code: 'JOURNAL_KEY' });
  });

  it('reports nothing for an empty directory, and rejects what is not a directory', async () => {
    const disk = simulatedDisk();
    await disk.makeDirectory(directory);
    expect(await inspectJournal(directory, { disk })).toEqual({
      directory,
      segments: [],
      totals: { bytes: 0, frames: 0, records: 0, acknowledged: 0, live: 0 },
      damage: [],
    });
    await expect(inspectJournal('/nothing', { disk })).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    expect(disk.files()).toEqual([]);
  });

  it('reports its progress, and can be interrupted', async () => {
    const { disk } = await running();
    const progress: number[] = [];
    await inspectJournal(directory, { disk, onProgress: (read, total) => progress.push(read / total) });
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    const abort = new AbortController();
    const stopped = inspectJournal(directory, {
      disk,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('rejects wrong options, all at once', async () => {
    const keys = [{ id: 'a', key: new Uint8Array(31) }];
    const wrong = { disk: simulatedDisk(), keys, extra: 1 };
    await expect(inspectJournal(directory, wrong)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      problems: [expect.stringContaining('[0] must be'), expect.stringContaining("'extra'")] as unknown,
    });
  });
});

describe('verifyJournal', () => {
  it('finds a sound journal sound after reading all of it', async () => {
    const { disk } = await running(key);
    const report = await verifyJournal(directory, { disk, keys: [key] });
    const inspected = await inspectJournal(directory, { disk, keys: [key] });
    expect(report).toEqual({
      isSound: true,
      damage: [],
      segments: inspected.segments.length,
      frames: inspected.totals.frames,
      records: inspected.totals.records,
      bytes: inspected.totals.bytes,
    });
  });

  it('returns all damage, and rejects for none', async () => {
    const { disk } = await running();
    const left = disk.kill();
    const [first = '', second = '', third = ''] = segments(left);
    left.patchFile(first, 3_000, Buffer.from('damage'));
    left.erase(second);
    left.truncateFile(third, 100);
    const report = await verifyJournal(directory, { disk: left });
    expect(report.isSound).toBe(false);
    expect(report.damage.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['corrupt', 'missing-segment', 'truncated']),
    );
    expect(report.damage).toContainEqual({ kind: 'missing-segment', path: second });
    const { damage, segments: all } = await inspectJournal(directory, { disk: left });
    expect(damage).toEqual(report.damage);
    expect(all.find(({ path }) => path === first)?.damage).toMatchObject([{ kind: 'corrupt' }]);
  });

  it('finds a torn tail harmless', async () => {
    const { disk, one, advance } = await running();
    disk.faults.at({ operation: 'write', call: 1 }, { stop: 'during' });
    one.send([{ topic: 'orders', value: 'x'.repeat(5_000) }]);
    await advance(100);
    const report = await verifyJournal(directory, { disk: disk.kill() });
    expect(report.isSound).toBe(true);
    expect(report.damage.every(isHarmless)).toBe(true);
  });

  it('does not take what the holder does meanwhile for damage', async () => {
    const { disk, one, advance } = await running();
    const reports = [];
    for (let i = 0; i < 40; i++) {
      const verifying = verifyJournal(directory, { disk });
      one.send(Array.from({ length: 30 }, () => ({ topic: 'orders', value: 'x'.repeat(300) })));
      one.answer();
      await advance(3);
      one.answer();
      reports.push(await verifying);
      await advance(60);
    }
    expect(reports.filter(({ isSound }) => !isSound)).toEqual([]);
  });
});

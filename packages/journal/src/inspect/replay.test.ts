import { createProducer } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';
import {
  fakeClock,
  memoryKafka,
  seededRandom,
  simulatedDisk,
  type FakeClock,
  type SimulatedDisk,
} from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, Harness } from '../../test/harness.fixture.js';
import { isHarmless } from '../damage.js';
import type { EncryptionOptions } from '../options.js';
import { inspectJournal } from './inspect.js';
import { replayJournal, type ReplayOptions } from './replay.js';
import type { ReplayProgress, ReplayReport } from './replay-run.js';

const directory = '/outbox';
const key = { id: 'spring', key: new Uint8Array(32).fill(1) };

interface Left {
  readonly disk: SimulatedDisk;
  readonly one: Harness;
}

/** Makes a journal with 100 records that wait. */
async function journalOf(encryption?: EncryptionOptions): Promise<Left> {
  const clock = fakeClock();
  const disk = simulatedDisk();
  const journal = {
    directory,
    acknowledge: 'journaled',
    segmentBytes: 16 * 1024,
    maxBytes: 64 * 1024,
    ...(encryption && { encryption }),
  } as const;
  const one = new Harness({ disk, clock, journal });
  await clock.until(one.start());
  one.send(
    Array.from({ length: 100 }, (_, i) => ({
      topic: 'orders',
      key: `k${i % 5}`,
      value: `${i} ${'x'.repeat(300)}`,
      headers: { n: `${i}` },
      timestamp: 1_000 + i,
    })),
  );
  await clock.advance(100);
  return { disk, one };
}

/** Takes every record, except those whose number `refuses`. */
class Target {
  readonly taken: SerializedRecord[] = [];
  open = 0;
  mostOpen = 0;

  constructor(
    private readonly clock: FakeClock,
    private readonly refuses: (number: number) => boolean = () => false,
  ) {}

  send(record: SerializedRecord): Promise<unknown> {
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    return new Promise((resolve, reject) => {
      this.clock.after(5, () => {
        this.open--;
        if (this.refuses(Number(String(record.headers['n'])))) return reject(new Error('refused'));
        this.taken.push(record);
        resolve('receipt');
      });
    });
  }

  get numbers(): number[] {
    return this.taken.map(({ headers }) => Number(String(headers['n'])));
  }
}

async function replay(
  disk: SimulatedDisk,
  options: ReplayOptions = {},
  refuses?: (number: number) => boolean,
): Promise<{ readonly report: ReplayReport; readonly target: Target; readonly clock: FakeClock }> {
  const clock = fakeClock();
  const target = new Target(clock, refuses);
  const replaying = replayJournal(directory, target, { disk, clock, ...options });
  replaying.catch(() => undefined);
  return { report: await clock.until(replaying), target, clock };
}

const numbersFrom = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

describe('replayJournal', () => {
  it('sends what waits, in order and unchanged, and leaves the journal empty', async () => {
    const { disk } = await journalOf();
    const left = disk.kill();
    const { report, target } = await replay(left);
    expect(report).toMatchObject({ live: 100, delivered: 100, failed: 0, skipped: 0, error: undefined });
    expect(report.damage.every(isHarmless)).toBe(true);
    expect(target.numbers).toEqual(numbersFrom(0, 100));
    const [first] = target.taken;
    expect([first?.key, first?.value].map(String)).toEqual(['k0', `0 ${'x'.repeat(300)}`]);
    expect(first).toMatchObject({
      topic: 'orders',
      headers: { n: '0' },
      partition: undefined,
      timestamp: 1_000,
    });
    expect((await inspectJournal(directory, { disk: left })).totals.live).toBe(0);
    expect((await replay(left.kill())).report.live).toBe(0);
    // The journal itself starts with what is left: nothing.
    const clock = fakeClock();
    const next = new Harness({ disk: left.kill(), clock, journal: { directory, corruption: 'strict' } });
    await clock.until(next.start());
    expect(next.stat('backlogRecords')).toBe(0);
  });

  it("leaves the bytes unchanged: a producer's serializers are not applied", async () => {
    const { disk } = await journalOf();
    const clock = fakeClock();
    const kafka = memoryKafka({ topics: { orders: 1 } });
    const producer = await createProducer({
      adapter: kafka.adapter(),
      serializers: { key: (id: number) => `${id}!`, value: (order: object) => JSON.stringify(order) },
      env: { clock },
    });
    const report = await clock.until(replayJournal(directory, producer, { disk: disk.kill(), clock }));
    expect(report).toMatchObject({ delivered: 100, failed: 0 });
    await clock.until(producer.close());
    const [first] = kafka.messages('orders');
    expect([first?.key, first?.value].map(String)).toEqual(['k0', `0 ${'x'.repeat(300)}`]);
  });

  it('can be repeated: what failed stays, and what follows it in its key, and nothing else is sent again', async () => {
    const { disk } = await journalOf();
    const left = disk.kill();
    const first = await replay(left, {}, (n) => n === 33);
    expect(first.report).toMatchObject({ live: 100, delivered: 86, failed: 1, heldBack: 13, skipped: 0 });
    expect(first.report.error).toEqual(new Error('refused'));
    const again = await replay(left.crash({ keep: 'none' }));
    expect(again.report).toMatchObject({ live: 14, delivered: 14, failed: 0, heldBack: 0 });
    expect(again.target.numbers).toEqual([33, 38, 43, 48, 53, 58, 63, 68, 73, 78, 83, 88, 93, 98]);
  });

  it('keeps the order of each key through any failures, replay after replay', async () => {
    const { disk } = await journalOf();
    const left = disk.kill();
    const arrived: number[] = [];
    const random = seededRandom(7);
    for (let rounds = 0; arrived.length < 100; rounds++) {
      expect(rounds).toBeLessThan(200);
      arrived.push(...(await replay(left, { maxInFlight: 40 }, () => random() < 0.1)).target.numbers);
    }
    for (let k = 0; k < 5; k++) {
      const ofKey = arrived.filter((n) => n % 5 === k);
      expect(ofKey).toEqual(numbersFrom(0, 20).map((i) => 5 * i + k));
    }
  });

  it('stops when nothing is delivered for too long, reports where, and goes on from there', async () => {
    const clock = fakeClock();
    const disk = simulatedDisk();
    const small = { segmentBytes: 16 * 1024, maxBytes: 2 ** 20 } as const;
    const one = new Harness({ disk, clock, journal: { directory, acknowledge: 'journaled', ...small } });
    await clock.until(one.start());
    // Without a key, so that none holds another back.
    one.send(
      Array.from({ length: 2_000 }, (_, n) => ({ topic: 'orders', value: 'v', headers: { n: `${n}` } })),
    );
    await clock.advance(100);
    const left = disk.kill();
    const dead = await replay(left, { maxInFlight: 10, stopAfterMs: 200 }, () => true);
    expect(dead.clock.now()).toBeLessThan(1_000);
    const { stoppedAt = 0 } = dead.report;
    expect(stoppedAt).toBeGreaterThan(100);
    expect(dead.report).toMatchObject({ live: 2_000, delivered: 0, failed: stoppedAt });
    const flaky = await replay(left, { maxInFlight: 10, stopAfterMs: 200 }, (n) => n % 20 !== 0);
    expect(flaky.report).toMatchObject({ delivered: 100, failed: 1_900, stoppedAt: undefined });
    const well = await replay(left);
    expect(well.report).toMatchObject({ live: 1_900, delivered: 1_900 });
    expect(well.target.numbers[0]).toBe(1);
  });

  it('rejects a held journal; a dry run does not, and changes nothing', async () => {
    const { disk, one } = await journalOf();
    await expect(replay(disk)).rejects.toMatchObject({ code: 'JOURNAL_LOCKED' });
    const before = disk.calls.mutations;
    const { report, target } = await replay(disk, { dryRun: true, filter: ({ sequence }) => sequence < 30 });
    expect(report).toEqual({
      live: 100,
      delivered: 0,
      failed: 0,
      heldBack: 0,
      skipped: 70,
      error: undefined,
      stoppedAt: undefined,
      damage: [],
    });
    expect(target.taken).toEqual([]);
    expect(disk.calls.mutations).toBe(before);
    one.answer(delivered);
    expect(one.handed).toHaveLength(100);
  });

  it('leaves what the filter excludes where it is', async () => {
    const { disk } = await journalOf();
    const left = disk.kill();
    const { report, target } = await replay(left, { filter: (record) => record.key === 'k2' });
    expect(report).toMatchObject({ delivered: 20, skipped: 80 });
    expect(new Set(target.taken.map(({ key: of }) => String(of)))).toEqual(new Set(['k2']));
    expect((await inspectJournal(directory, { disk: left })).totals.live).toBe(80);
  });

  it('respects rate and maxInFlight', async () => {
    const { disk } = await journalOf();
    const { clock, target } = await replay(disk.kill(), { rate: 20, maxInFlight: 3 });
    expect(clock.now()).toBeGreaterThanOrEqual(4_950);
    expect(clock.now()).toBeLessThan(5_200);
    expect(target.mostOpen).toBeLessThanOrEqual(3);
    // One of each of the five keys.
    expect((await replay((await journalOf()).disk.kill(), { maxInFlight: 7 })).target.mostOpen).toBe(5);
  });

  it('reports its progress', async () => {
    const { disk } = await journalOf();
    const progress: ReplayProgress[] = [];
    await replay(disk.kill(), { onProgress: (one) => progress.push(one) }, (n) => n === 50);
    expect(progress).toHaveLength(100);
    expect(progress.at(-1)).toEqual({ live: 100, delivered: 90, failed: 1, heldBack: 9, skipped: 0 });
  });

  it('can be interrupted: what was sent is noted, and the rest stays', async () => {
    const { disk } = await journalOf();
    const left = disk.kill();
    const abort = new AbortController();
    const onProgress = ({ delivered: count }: ReplayProgress): void => {
      if (count === 40) abort.abort();
    };
    const stopped = replay(left, { signal: abort.signal, maxInFlight: 10, onProgress });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const live = (await inspectJournal(directory, { disk: left })).totals.live;
    expect(live).toBeGreaterThanOrEqual(50);
    expect(live).toBeLessThanOrEqual(60);
    expect((await replay(left)).target.numbers).toEqual(numbersFrom(100 - live, 100));
  });

  it('is interrupted at once, however low its rate, with the given reason', async () => {
    const { disk } = await journalOf();
    const abort = new AbortController();
    const clock = fakeClock();
    const target = new Target(clock);
    const stopped = replayJournal(directory, target, {
      ...{ disk: disk.kill(), clock, rate: 0.001, signal: abort.signal },
      onProgress: () => abort.abort(new Error('enough')),
    });
    stopped.catch(() => undefined);
    await expect(clock.until(stopped)).rejects.toThrow('enough');
    expect(target.taken).toHaveLength(1);
    expect(clock.now()).toBeLessThan(1_000);
    const before = replayJournal(directory, target, { disk: disk.kill(), signal: abort.signal });
    await expect(before).rejects.toThrow('enough');
  });

  it('sends every whole frame of a damaged journal, and reports the places', async () => {
    const { disk } = await journalOf();
    for (const dryRun of [true, false]) {
      const left = disk.kill();
      const [first = ''] = left.files().filter((path) => path.endsWith('.segment'));
      left.patchFile(first, 3_000, Buffer.from('damage'));
      const { report } = await replay(left, { dryRun });
      expect(report.damage).toContainEqual(expect.objectContaining({ kind: 'corrupt', path: first }));
      expect(report.live).toBeLessThan(100);
      if (!dryRun) expect(report.delivered).toBe(report.live);
    }
  });

  it.each([true, false])('applies the filter in a dry run (%s) as in a replay', async (dryRun) => {
    const { disk } = await journalOf();
    const filter: unknown = ({ sequence }: { sequence: number }) => (sequence < 30 ? 'yes' : undefined);
    const { report } = await replay(disk.kill(), { dryRun, filter: filter as () => boolean });
    expect(report).toMatchObject({ live: 100, skipped: 70 });
  });

  it.each([true, false])(
    'rejects a filter that returns a promise (dry run: %s), and sends nothing',
    async (dryRun) => {
      const { disk } = await journalOf();
      const left = disk.kill();
      const sent: unknown[] = [];
      const target = { send: (record: unknown) => Promise.resolve(void sent.push(record)) };
      const filter: unknown = () => Promise.resolve(false);
      const options = { disk: left, dryRun, filter: filter as () => boolean };
      await expect(replayJournal(directory, target, options)).rejects.toThrow('must not return a promise');
      expect(sent).toEqual([]);
    },
  );

  it("ends when the user's function throws; what was sent is noted", async () => {
    const { disk } = await journalOf();
    const left = disk.kill();
    const onProgress = (): never => {
      throw new Error('mine');
    };
    await expect(replay(left, { maxInFlight: 1, onProgress })).rejects.toThrow('mine');
    expect((await inspectJournal(directory, { disk: left })).totals.live).toBe(99);
  });

  it('respects the rate after the target has made it wait', async () => {
    const { disk } = await journalOf();
    const clock = fakeClock();
    const at: number[] = [];
    const send = async (): Promise<void> => {
      at.push(clock.now());
      if (at.length === 1) await new Promise<void>((resolve) => void clock.after(10_000, resolve));
    };
    const options = { disk: disk.kill(), clock, rate: 10, maxInFlight: 1 };
    await clock.until(replayJournal(directory, { send }, options));
    const gaps = at.slice(2).map((ms, index) => ms - (at[index + 1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(80);
  });

  it('encrypts its notes in an encrypted journal', async () => {
    const { disk } = await journalOf(key);
    const left = disk.kill();
    await expect(replay(left)).rejects.toMatchObject({ code: 'JOURNAL_KEY' });
    await replay(left, { keys: [key] }, (n) => n >= 50);
    const { segments, totals } = await inspectJournal(directory, { disk: left, keys: [key] });
    expect(totals.live).toBe(50);
    expect(new Set(segments.map(({ keyId }) => keyId))).toEqual(new Set(['spring']));
  });

  it('works on a full journal, and on a disk that is full, and makes room', async () => {
    const { disk } = await journalOf();
    const left = disk.kill();
    left.capacityBytes = left.usedBytes;
    const { report } = await replay(left);
    expect(report.delivered).toBe(100);
    expect((await inspectJournal(directory, { disk: left })).totals.live).toBe(0);
  });

  it('rejects when it cannot note what was delivered', async () => {
    const { disk } = await journalOf();
    const left = disk.kill();
    left.faults.every({ operation: 'write' }, { error: 'EIO' });
    await expect(replay(left)).rejects.toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringContaining('100 records were delivered') as unknown,
    });
    left.faults.clear();
    // The lock is released.
    expect((await replay(left)).report.delivered).toBe(100);
  });

  it('rejects wrong options, and creates no directory', async () => {
    const disk = simulatedDisk();
    await expect(replay(disk, { rate: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(replay(disk)).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    expect(disk.files()).toEqual([]);
  });
});

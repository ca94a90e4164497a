import { checkProperty, fakeClock, type FakeClock } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SerializedRecord } from '../contract/record.js';
import { Replay, replayLimitsOf, type ReplayOptions } from './replay.js';

interface Item {
  readonly number: number;
  readonly key: string | null;
}

const recordOf = ({ number, key }: Item): SerializedRecord =>
  new SerializedRecord(
    'orders',
    key === null ? null : Buffer.from(key),
    Buffer.from(`${number}`),
    {},
    undefined,
    0,
  );

const numberOf = ({ value }: SerializedRecord): number => Number(Buffer.from(value ?? []).toString());

async function* each(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item);
}

/** Answers each record after a time of its own, and remembers what it has taken. */
class Target {
  readonly delivered: number[] = [];
  readonly underWay = new Set<number>();
  mostUnderWay = 0;

  constructor(
    private readonly clock: FakeClock,
    private readonly answerOf: (number: number) => { readonly afterMs: number; readonly fails: boolean },
  ) {}

  send(record: SerializedRecord): Promise<unknown> {
    const number = numberOf(record);
    const { afterMs, fails } = this.answerOf(number);
    this.underWay.add(number);
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay.size);
    return new Promise((resolve, reject) => {
      this.clock.after(afterMs, () => {
        this.underWay.delete(number);
        if (fails) return reject(new Error(`refused ${number}`));
        this.delivered.push(number);
        resolve('receipt');
      });
    });
  }
}

interface Heard {
  readonly noted: number[];
  readonly failed: number[];
  progress: number;
}

function replayTo(
  target: Target | undefined,
  clock: FakeClock,
  options: Partial<ReplayOptions<Item>> = {},
): { replay: Replay<Item>; heard: Heard } {
  const heard: Heard = { noted: [], failed: [], progress: 0 };
  const replay = new Replay<Item>({
    ...replayLimitsOf({}),
    target,
    recordOf,
    onDelivered: ({ number }) => heard.noted.push(number),
    onFailed: ({ number }) => heard.failed.push(number),
    onProgress: () => heard.progress++,
    clock,
    signal: new AbortController().signal,
    ...options,
  });
  return { replay, heard };
}

const someItems = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', null),
    afterMs: fc.nat({ max: 20 }),
    fails: fc.boolean(),
  }),
  { maxLength: 40 },
);

describe('Replay', () => {
  it('delivers each lane in its order up to its first failure, and everything without a lane that does not fail', async () => {
    const property = fc.asyncProperty(someItems, fc.integer({ min: 1, max: 5 }), async (all, maxInFlight) => {
      const clock = fakeClock();
      const items = all.map(({ key }, number) => ({ number, key }));
      const target = new Target(clock, (number) => all[number] ?? { afterMs: 0, fails: true });
      const { replay, heard } = replayTo(target, clock, { maxInFlight });
      await clock.until(replay.run(each(items)));

      const expected: number[] = [];
      const failed: number[] = [];
      const broken = new Set<string>();
      for (const { number, key } of items) {
        if (key !== null && broken.has(key)) continue;
        if (all[number]?.fails === true) {
          failed.push(number);
          if (key !== null) broken.add(key);
        } else expected.push(number);
      }
      const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((one, other) => one - other);
      expect(sorted(target.delivered)).toEqual(expected);
      expect(sorted(heard.noted)).toEqual(expected);
      expect(sorted(heard.failed)).toEqual(failed);
      for (const key of ['a', 'b', 'c']) {
        const ofKey = target.delivered.filter((number) => items[number]?.key === key);
        expect(ofKey).toEqual(sorted(ofKey));
      }
      expect(target.mostUnderWay).toBeLessThanOrEqual(maxInFlight);
      expect(replay.counts).toEqual({
        due: items.length,
        delivered: expected.length,
        failed: failed.length,
        heldBack: items.length - expected.length - failed.length,
      });
      expect(heard.progress).toBe(items.length);
    });
    await checkProperty(property);
  });

  it('sends nothing more once the signal is aborted, and waits for what is under way', async () => {
    const property = fc.asyncProperty(someItems, fc.nat({ max: 100 }), async (all, abortMs) => {
      const clock = fakeClock();
      const target = new Target(clock, (number) => all[number] ?? { afterMs: 0, fails: true });
      const abort = new AbortController();
      const { replay, heard } = replayTo(target, clock, { maxInFlight: 2, signal: abort.signal });
      let sentAtAbort: number[] | undefined;
      clock.after(abortMs, () => {
        sentAtAbort = [...target.underWay, ...heard.noted, ...heard.failed];
        abort.abort();
      });
      await clock.until(replay.run(each(all.map(({ key }, number) => ({ number, key })))));
      expect(target.underWay.size).toBe(0);
      expect(heard.noted).toEqual(target.delivered);
      if (sentAtAbort !== undefined)
        expect(new Set([...heard.noted, ...heard.failed])).toEqual(new Set(sentAtAbort));
    });
    await checkProperty(property);
  });

  it('sends nothing in a dry run, and counts what is due', async () => {
    const clock = fakeClock();
    const { replay, heard } = replayTo(undefined, clock);
    await replay.run(each([0, 1, 2].map((number) => ({ number, key: 'a' }))));
    expect(replay.counts).toEqual({ due: 3, delivered: 0, failed: 0, heldBack: 0 });
    expect(heard).toEqual({ noted: [], failed: [], progress: 3 });
  });

  it('stops when nothing is delivered for too long, and names the first item that was not reached', async () => {
    const clock = fakeClock();
    const target = new Target(clock, () => ({ afterMs: 100, fails: true }));
    const { replay } = replayTo(target, clock, { maxInFlight: 1, stopAfterMs: 250 });
    await clock.until(replay.run(each(Array.from({ length: 10 }, (_, number) => ({ number, key: null })))));
    expect(replay.isOver).toBe(true);
    expect(replay.stoppedAt?.number).toBe(3);
    expect(replay.counts).toEqual({ due: 4, delivered: 0, failed: 3, heldBack: 0 });
  });

  it('stops when notes can no longer be taken', async () => {
    const clock = fakeClock();
    const target = new Target(clock, () => ({ afterMs: 10, fails: false }));
    const noted: number[] = [];
    const { replay } = replayTo(target, clock, {
      maxInFlight: 1,
      onDelivered: ({ number }) => noted.push(number),
      cannotNote: () => noted.length >= 2,
    });
    await clock.until(replay.run(each(Array.from({ length: 10 }, (_, number) => ({ number, key: 'a' })))));
    expect(target.delivered).toEqual([0, 1]);
    expect(replay.stoppedAt).toBeUndefined();
  });

  it('rejects with what a callback or the reading threw, once all that was sent is settled', async () => {
    const clock = fakeClock();
    const items = Array.from({ length: 10 }, (_, number) => ({ number, key: null }));
    const target = new Target(clock, (number) => ({ afterMs: 10 + number, fails: false }));
    const { replay } = replayTo(target, clock, {
      onProgress: () => {
        throw new Error('the listener failed');
      },
    });
    await expect(clock.until(replay.run(each(items)))).rejects.toThrow('the listener failed');
    expect(target.underWay.size).toBe(0);
    const other = replayTo(target, clock).replay;
    const reading = async function* (): AsyncGenerator<Item> {
      yield* each(items);
      throw new Error('the disk failed');
    };
    await expect(clock.until(other.run(reading()))).rejects.toThrow('the disk failed');
    expect(target.underWay.size).toBe(0);
  });

  it('counts a target that throws as one that rejects', async () => {
    const clock = fakeClock();
    const thrower = {
      send: (): Promise<never> => {
        throw new Error('not a promise');
      },
    };
    const { replay, heard } = replayTo(undefined, clock, { target: thrower });
    await clock.until(replay.run(each([{ number: 0, key: 'a' }])));
    expect(heard.failed).toEqual([0]);
  });
});

import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlushTracker } from './flush-tracker.js';

/** Notes in `done` when it resolves. */
const note = (done: string[], name: string, promise: Promise<void>): void =>
  void promise.then(() => done.push(name));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('FlushTracker', () => {
  it('resolves at once when nothing is held', async () => {
    await new FlushTracker().drained(5);
  });

  it('waits for what was there, not for what came later', async () => {
    const tracker = new FlushTracker();
    const done: string[] = [];
    tracker.add(1);
    tracker.add(2);
    note(done, 'flush', tracker.drained(2));
    tracker.add(3);
    tracker.remove(2);
    await turn();
    expect(done).toEqual([]);
    tracker.remove(1);
    await turn();
    expect(done).toEqual(['flush']);
    expect(tracker.held).toBe(1);
  });

  it('counts what comes in the same millisecond together', async () => {
    const tracker = new FlushTracker();
    const done: string[] = [];
    tracker.add(1);
    note(done, 'flush', tracker.drained(1));
    tracker.add(1);
    tracker.remove(1);
    await turn();
    expect(done).toEqual([]);
    tracker.remove(1);
    await turn();
    expect(done).toEqual(['flush']);
  });

  it('keeps several waits apart, and a later one never resolves before an earlier one', async () => {
    const tracker = new FlushTracker();
    const done: string[] = [];
    tracker.add(1);
    note(done, 'first', tracker.drained(1));
    tracker.add(2);
    note(done, 'second', tracker.drained(2));
    note(done, 'third', tracker.drained(2));
    tracker.remove(2);
    await turn();
    expect(done).toEqual([]);
    tracker.remove(1);
    await turn();
    expect(done).toEqual(['first', 'second', 'third']);
  });

  it('forgets all at clear, and those who wait hear of it', async () => {
    const tracker = new FlushTracker();
    const done: string[] = [];
    tracker.add(1);
    note(done, 'flush', tracker.drained(1));
    tracker.clear();
    await turn();
    expect(done).toEqual(['flush']);
    expect(tracker.held).toBe(0);
    tracker.add(9);
    expect(tracker.held).toBe(1);
  });

  it('is not slowed down by waits that nobody hears any more', () => {
    const tracker = new FlushTracker();
    tracker.add(0);
    for (let i = 0; i < 20_000; i++) {
      tracker.add(i);
      void tracker.drained(i);
    }
    const started = process.cpuUsage();
    for (let i = 0; i < 200_000; i++) {
      tracker.add(20_000);
      tracker.remove(20_000);
    }
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_000);
  });

  it('agrees with a tracker that remembers every record', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const) }),
      fc.record({ do: fc.constant('remove' as const), which: fc.nat() }),
      fc.record({ do: fc.constant('wait' as const) }),
      fc.record({ do: fc.constant('tick' as const) }),
    );
    await checkProperty(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const tracker = new FlushTracker();
        const held: number[] = [];
        const waits: { readonly at: number; resolved: boolean }[] = [];
        let now = 0;
        for (const one of steps) {
          if (one.do === 'tick') now++;
          if (one.do === 'add') {
            held.push(now);
            tracker.add(now);
          }
          if (one.do === 'remove' && held.length > 0) {
            const [gone] = held.splice(one.which % held.length, 1);
            tracker.remove(gone ?? 0);
          }
          if (one.do === 'wait') {
            const wait = { at: now, resolved: false };
            waits.push(wait);
            void tracker.drained(now).then(() => (wait.resolved = true));
          }
          await Promise.resolve();
          await Promise.resolve();
          // One that has resolved stays so, although records of its millisecond may still come.
          for (const wait of waits) {
            if (!held.some((createdAt) => createdAt <= wait.at)) expect(wait.resolved).toBe(true);
            if (!wait.resolved) expect(held.some((createdAt) => createdAt <= wait.at)).toBe(true);
          }
          expect(tracker.held).toBe(held.length);
        }
      }),
    );
  });
});

import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { afterReading, afterSilence } from './silence.js';

describe('afterSilence', () => {
  it('judges at its time when nothing comes', async () => {
    const clock = fakeClock();
    let judgedAt: number | undefined;
    afterSilence(clock, 2_000, () => (judgedAt = clock.now()));
    await clock.advance(1_999);
    expect(judgedAt).toBeUndefined();
    await clock.advance(1);
    expect(judgedAt).toBe(2_000);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const clock = fakeClock();
    let judged = false;
    afterSilence(clock, 2_000, () => (judged = true)).cancel();
    expect(clock.pending).toBe(0);
    await clock.advance(5_000);
    expect(judged).toBe(false);
  });

  it('reads what has come before it judges: an answer that lies there when time has jumped counts', async () => {
    const clock = fakeClock();
    let judged = false;
    const silence = afterSilence(clock, 2_000, () => (judged = true));
    clock.arrive(5, () => silence.cancel());
    clock.block(3_000);
    await clock.advance(10_000);
    expect(judged).toBe(false);
  });

  it('listens again when it was held up, for as long as it was late and no longer than at first', async () => {
    const clock = fakeClock();
    const judgedAt: number[] = [];
    afterSilence(clock, 2_000, () => judgedAt.push(clock.now()));
    clock.block(3_000);
    await clock.advance(10_000);
    afterSilence(clock, 2_000, () => judgedAt.push(clock.now() - 13_000));
    clock.block(600_000);
    await clock.advance(10_000);
    expect(judgedAt).toEqual([4_000, 602_000]);
  });

  it('can be cancelled while it listens again', async () => {
    const clock = fakeClock();
    let judged = false;
    const silence = afterSilence(clock, 2_000, () => (judged = true));
    clock.block(3_000);
    await clock.advance(500);
    silence.cancel();
    expect(clock.pending).toBe(0);
    await clock.advance(5_000);
    expect(judged).toBe(false);
  });
});

describe('afterReading', () => {
  it('runs after what has arrived, and what that leads to in the same turn', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    afterReading(clock, 1, () => seen.push('judged'));
    clock.arrive(1, () => clock.soon(() => seen.push('handed up')));
    await clock.advance(1);
    expect(seen).toEqual(['handed up', 'judged']);
  });

  it('is not kept waiting by a process that was held up, and can be cancelled by what has come', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    const judged = afterReading(clock, 100, () => seen.push('judged'));
    afterReading(clock, 200, () => seen.push(`judged at ${clock.now()}`));
    clock.arrive(5, () => judged.cancel());
    clock.block(3_000);
    await clock.runAll();
    expect(seen).toEqual(['judged at 3000']);
  });
});

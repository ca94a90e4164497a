import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inTurn, onSchedule, type Time } from './waits.js';

/** Time that passes during a sleep, and on a call of `busy`. */
class ManualTime implements Time {
  at = 1_000;
  readonly now = (): number => this.at;
  readonly sleep = async (ms: number): Promise<void> => {
    await nextTurn();
    this.at += ms;
  };
  busy(ms: number): void {
    this.at += ms;
  }
}

describe('inTurn', () => {
  it('measures each send by itself', async () => {
    const time = new ManualTime();
    const send = (index: number): Promise<void> => time.sleep(index + 1);
    expect(await inTurn(3, send, time)).toEqual([1, 2, 3]);
  });

  it('lets an error through', async () => {
    await expect(inTurn(3, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });
});

describe('onSchedule', () => {
  it('sends when a record is due, and not before', async () => {
    const time = new ManualTime();
    const sent: number[] = [];
    const send = (): Promise<void> => {
      sent.push(time.at);
      return Promise.resolve();
    };
    expect(await onSchedule(4, 5, send, time)).toEqual([0, 0, 0, 0]);
    expect(sent).toEqual([1_000, 1_005, 1_010, 1_015]);
  });

  it('keeps sending while no answer comes', async () => {
    const time = new ManualTime();
    const answers: (() => void)[] = [];
    const send = (): Promise<void> => {
      const answer = new Promise<void>((resolve) => answers.push(resolve));
      if (answers.length === 3) for (const one of answers) one();
      return answer;
    };
    const waits = await onSchedule(3, 5, send, time);
    expect(waits).toHaveLength(3);
  });

  it('counts from when a record was due: a send that delays the others is charged for it', async () => {
    const time = new ManualTime();
    const send = (index: number): Promise<void> => {
      if (index === 0) time.busy(12);
      return Promise.resolve();
    };
    const waits = await onSchedule(4, 5, send, time);
    // All four are due by 1,015; the first three are sent at 1,012.
    expect(waits).toEqual([12, 7, 2, 0]);
  });

  it('lets an error through', async () => {
    const refused = (): Promise<never> => Promise.reject(new Error('refused'));
    await expect(onSchedule(3, 1, refused, new ManualTime())).rejects.toThrow('refused');
  });
});

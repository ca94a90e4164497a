import { statOf } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, fails, harness } from './harness.fixture.js';

describe('stats', () => {
  it('count further attempts, in total and by the code of the error that caused each', async () => {
    const { env, stage, send, answer } = harness();
    const all = send([{}, {}, {}]);
    answer(all.slice(0, 1), fails('__proto__'), 0);
    answer(all.slice(1), fails(), 0);
    expect(stage.stats?.()).toMatchObject({ retriedRecords: 0, retriedByCode: {} });
    await env.clock.advance(100);
    answer(all.slice(1), fails('REQUEST_TIMED_OUT'));
    await env.clock.advance(200);
    const stats = stage.stats?.();
    expect(stats).toMatchObject({ retriedRecords: 5, gaveUpRecords: 0, waitingRecords: 0 });
    expect(Object.entries(Object(statOf(stage, 'retriedByCode')) as object)).toEqual([
      ['__proto__', 1],
      ['BROKER_UNREACHABLE', 2],
      ['REQUEST_TIMED_OUT', 2],
    ]);
  });

  it('include records that wait for their delay, and for an earlier one of their lane', async () => {
    const { env, stage, send, answer } = harness();
    const nothing = { waitingRecords: 0, waitingBytes: 0, oldestWaitingMs: 0 };
    const [first, later] = send([
      { key: 'k', value: 'aa' },
      { key: 'k', value: 'bbb' },
    ]);
    if (first === undefined || later === undefined) throw new Error('two were sent');
    await env.clock.advance(5);
    answer([later], fails(), 0);
    expect(stage.stats?.()).toMatchObject({
      inFlightRecords: 1,
      waitingRecords: 1,
      waitingBytes: 4,
      oldestWaitingMs: 5,
    });
    await env.clock.advance(5);
    answer([first], fails(), 0);
    expect(stage.stats?.()).toMatchObject({
      inFlightRecords: 0,
      waitingRecords: 2,
      waitingBytes: 7,
      oldestWaitingMs: 10,
    });
    await env.clock.advance(100);
    expect(stage.stats?.()).toMatchObject({ inFlightRecords: 2, ...nothing });
    answer([first, later], delivered);
    expect(stage.stats?.()).toMatchObject({ inFlightRecords: 0, ...nothing });
  });

  it('are correct after groups of the same age were retried, expired, waited for the budget, or were given up', async () => {
    const { env, stage, send, answer, below } = harness({ budget: { ratio: 0, minPerSecond: 0.1 } });
    const settle = (): void => {
      const call = below.length - 1;
      answer([...(below[call]?.batch ?? [])], fails(), call);
    };
    for (const value of ['a', 'bb', 'ccc', 'dddd']) {
      send([{ value }], { createdAt: value === 'dddd' ? 7 : 0, deadline: value === 'ccc' ? 150 : 60_000 });
      settle();
    }
    expect(stage.stats?.()).toMatchObject({ waitingRecords: 4, waitingBytes: 10, oldestWaitingMs: 0 });
    await env.clock.advance(500);
    const { waitingRecords, waitingBytes } = Object(stage.stats?.()) as Record<string, number>;
    // One was retried, one has expired; the budget permits no more.
    expect([waitingRecords, waitingBytes, statOf(stage, 'oldestWaitingMs')]).toEqual([2, 6, 500]);
    const closing = Promise.resolve(stage.close?.(env.clock.now()));
    settle();
    await env.clock.until(closing);
    expect(stage.stats?.()).toMatchObject({ waitingRecords: 0, waitingBytes: 0, oldestWaitingMs: 0 });
  });
});

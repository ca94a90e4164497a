import type { Middleware } from '@holdfast/core';
import type { Delivery, Send, Settle } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { chainProperty } from './chain-property.js';
import { recordChain, runChain } from './run-chain.js';
import { scheduleOf, type Schedule } from './schedule.js';

const middleware = (
  name: string,
  send: (batch: Delivery[], settle: Settle, next: Send) => void,
): Middleware => ({
  name,
  bind: (next) => ({ send: (batch, settle) => send(batch, settle, next) }),
});

/** Sends `records` records of one key, one each, and closes. */
const few = (records: number, closeTimeoutMs = 1_000): Schedule => ({
  actions: Array.from({ length: records }, () => ({
    do: 'send' as const,
    via: 'promise' as const,
    record: { topic: 'orders', key: 'k', value: '' },
  })),
  closeTimeoutMs,
  scriptSeed: 1,
});

const violations = async (use: () => readonly Middleware[], schedule = few(3)): Promise<string> => {
  const { history } = await recordChain({ use, schedule, script: [], seed: 1 });
  return history
    .check()
    .map(({ invariant, message }) => `${invariant}: ${message}`)
    .join('\n');
};

describe('runChain', () => {
  it('holds for a producer without middleware, through failures and outages', async () => {
    await chainProperty({ use: () => [], runs: 40 });
  });

  it('reports what happened', async () => {
    const { summary, stats, adapter, seed } = await runChain({
      use: () => [],
      seed: 3,
      schedule: few(5),
      script: [],
    });
    expect(seed).toBe(3);
    expect(summary).toMatchObject({ sent: 5, acknowledged: 5, inTopic: 5, duplicated: 0 });
    expect(stats).toMatchObject({ sent: 5, delivered: 5, held: 0 });
    expect(adapter.calls).toHaveLength(5);
  });

  it('is the same for the same seed', async () => {
    const once = async (seed: number) => (await recordChain({ use: () => [], seed })).summary;
    expect(await once(11)).toEqual(await once(11));
    expect(scheduleOf(11)).toEqual(scheduleOf(11));
    expect(scheduleOf(11)).not.toEqual(scheduleOf(12));
  });

  it('finds what is said to be delivered and is not', async () => {
    const liar = middleware('liar', (batch, settle) => {
      for (const one of batch) {
        one.outcome = { status: 'delivered', topic: 'orders', partition: 0, offset: 0, timestamp: 0 };
      }
      settle(batch);
    });
    expect(await violations(() => [liar])).toContain(
      "I1: record 0 (topic orders, key 'k', value '0') was answered 'delivered' and is not in the topic",
    );
  });

  it('finds a middleware that changes a value', async () => {
    const mangle = middleware('mangle', (batch, settle, next) => {
      for (const one of batch) one.record.value = Buffer.from('other');
      next(batch, settle);
    });
    expect(await violations(() => [mangle])).toContain('I2: orders[');
  });

  it('finds lanes that are not kept', async () => {
    const hold: { batch: Delivery[]; settle: Settle }[] = [];
    const reverse = middleware('reverse', (batch, settle, next) => {
      hold.unshift({ batch, settle });
      if (hold.length === 3) for (const one of hold) next(one.batch, one.settle);
    });
    const found = await violations(() => [{ ...reverse, traits: { keepsLanes: true } }]);
    expect(found).toContain('I3: record 1');
    expect(found).toContain('I3: 3 calls had records of one lane in flight at once');
  });

  it('finds duplicates that nothing explains', async () => {
    const double = middleware('double', (batch, settle, next) => {
      next([...batch], () => next(batch, settle));
    });
    expect(await violations(() => [double])).toContain('I4: record 0');
  });

  it('finds a record that is forgotten, and one that is settled twice', async () => {
    const forget = middleware('forget', (batch, settle, next) => {
      if (batch[0]?.record.value?.[0] !== 0x31) next(batch, settle);
    });
    expect(await violations(() => [forget])).toMatch(/I6: the stage 'forget' never settled 1/);
    const twice = middleware('twice', (batch, settle, next) => {
      next(batch, (settled) => {
        settle([...settled]);
        settle(settled);
      });
    });
    expect(await violations(() => [twice])).toMatch(
      /I6: the stage 'twice' settled a delivery twice, or one that it was never handed/,
    );
  });

  it('finds a timer that is left, and a callback that throws', async () => {
    const late: Middleware = {
      name: 'late',
      bind: (next, { clock }) => ({
        send(batch, settle) {
          next(batch, settle);
          clock.after(90_000, () => {
            throw new Error('too late');
          });
        },
      }),
    };
    const found = await violations(() => [late], few(1));
    expect(found).toContain('I6: 1 timers are left after close');
    expect(found).toContain("I6: the stage 'late' threw in a timer");
  });

  it('checks bounds at every instant', async () => {
    const run = runChain({
      use: () => [],
      seed: 1,
      schedule: few(4),
      script: [],
      bounds: ({ held }) => [{ what: 'held', value: held, max: 3 }],
    });
    await expect(run).rejects.toThrow('I7: held: 4, and the bound is 3');
  });
});

describe('chainProperty', () => {
  it('names the seed, and cuts the schedule down', async () => {
    const liar = middleware('liar', (batch, settle) => {
      for (const one of batch) {
        one.outcome = { status: 'delivered', topic: 'orders', partition: 0, offset: 0, timestamp: 0 };
      }
      settle(batch);
    });
    const failing = chainProperty({ use: () => [liar], runs: 20, seed: 99 });
    await expect(failing).rejects.toThrow(/HOLDFAST_SEED=99 repeats it/);
    const message = await failing.then(() => '', String);
    expect(message.match(/"do"/g)).toHaveLength(1);
    expect(message).toContain('I1: record 0');
  });
});

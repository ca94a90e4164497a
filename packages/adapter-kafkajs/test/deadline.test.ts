/**
 * A delivery deadline that passes while a record is outstanding: its request waits in a queue, or
 * for a response.
 */
import { systemClock, type Clock, type Timer } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { harness, until, words } from './harness.js';

const topic = 'orders';
const soonMs = 30;

describe.each([true, false])('at its delivery deadline (idempotent: %s)', (idempotent) => {
  it('a record whose request is not answered is unknown, long before the request times out', async () => {
    const { kafka, send, env } = await harness({ idempotent });
    kafka.topic(topic, [1]);
    await send([{ topic, value: 'first' }]);
    kafka.reactions.push(() => 'write and hang');
    const outcomes = await send([{ topic, value: 'a' }], env.clock.now() + soonMs);
    expect(words(outcomes)).toEqual(['unknown REQUEST_TIMED_OUT']);
    expect(outcomes).toMatchObject([{ error: { retriable: true } }]);
    expect(kafka.values(topic)).toEqual(['first', 'a']);
  });

  it('a record whose request has not been sent fails, and is not sent later', async () => {
    const { kafka, send, env } = await harness({ idempotent, maxInFlight: 1, requestTimeoutMs: 1_000 });
    kafka.topic(topic, [1, 1]);
    await send([{ topic, value: 'first', partition: 0 }]);
    kafka.reactions.push(() => 'write and hang');
    const hangs = send([{ topic, value: 'a', partition: 0 }], env.clock.now() + 60_000);
    await until(() => kafka.requests.length === 2);
    const [queued, behind] = [
      send([{ topic, value: 'b', partition: 1 }], env.clock.now() + soonMs),
      send([{ topic, value: 'c', partition: 1 }]),
    ];
    expect(words(await queued)).toEqual(['failed REQUEST_TIMED_OUT']);
    expect(words(await behind)).toEqual(['delivered']);
    await hangs;
    expect(kafka.values(topic, 1)).toEqual(['c']);
  });

  it('ends its successors, unsent, which would overtake it when it is tried again', async () => {
    const { kafka, send, env } = await harness({ idempotent, maxRequestRecords: 1 });
    kafka.topic(topic, [1]);
    await send([{ topic, value: 'first', partition: 0 }]);
    kafka.reactions.push(() => 'write and hang');
    const outcomes = await send(
      ['a', 'b', 'c'].map((value) => ({ topic, value, partition: 0 })),
      env.clock.now() + soonMs,
    );
    expect(words(outcomes)).toEqual([
      'unknown REQUEST_TIMED_OUT',
      'failed REQUEST_TIMED_OUT',
      'failed REQUEST_TIMED_OUT',
    ]);
    expect(kafka.values(topic)).toEqual(['first', 'a']);
  });
});

it('idempotent: the partition continues once the late response, or its lack, is known', async () => {
  const { kafka, send, env } = await harness({ idempotent: true, requestTimeoutMs: 500 });
  kafka.topic(topic, [1]);
  await send([{ topic, value: 'first' }]);
  kafka.reactions.push(() => 'write and hang');
  expect(words(await send([{ topic, value: 'a' }], env.clock.now() + soonMs))).toEqual([
    'unknown REQUEST_TIMED_OUT',
  ]);
  expect(words(await send([{ topic, value: 'b' }]))).toEqual(['delivered']);
  expect(kafka.values(topic)).toEqual(['first', 'a', 'b']);
  expect(kafka.requests.at(-1)).toMatchObject([{ producerId: 1_001n, firstSequence: 0 }]);
});

it('idempotent: no timer is left when it is closed while one batch pauses and another has no response', async () => {
  const timers = new Set<Timer>();
  const after = (ms: number, run: () => void): Timer => {
    const real = systemClock.after(ms, () => {
      timers.delete(timer);
      run();
    });
    const timer: Timer = {
      cancel: () => {
        timers.delete(timer);
        real.cancel();
      },
    };
    timers.add(timer);
    return timer;
  };
  const clock: Clock = { ...systemClock, after };
  const { kafka, adapter, send } = await harness({ idempotent: true, nodes: 2, clock });
  kafka.topic(topic, [1, 2]);
  await send([0, 1].map((partition) => ({ topic, value: 'first', partition })));
  kafka.reactions.push(() => 'write and hang');
  const hangs = send([{ topic, value: 'a', partition: 0 }]);
  const before = kafka.requests.length;
  await until(() => kafka.requests.length > before);
  kafka.reactions.push(() => 'lose');
  const loses = send([{ topic, value: 'b', partition: 1 }]);
  const lost = kafka.requests.length;
  await until(() => kafka.requests.length > lost && timers.size > 1);
  await adapter.disconnect(clock.now());
  expect(words([...(await hangs), ...(await loses)])).toEqual([
    'unknown CLOSE_TIMEOUT',
    'unknown CLOSE_TIMEOUT',
  ]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(timers.size).toBe(0);
});

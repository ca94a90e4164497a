import { ProducerError } from '@holdfast/core';
import { createDelivery } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { codes, delivered, fails, harness, mayBeWritten, values } from './harness.fixture.js';
import { retry } from './retry.js';

describe('retry', () => {
  it('retries what failed and may succeed later; the rest of its batch is settled at once', async () => {
    const { env, send, answer, below, up } = harness();
    const [a, b, c] = send([{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were sent');
    answer([a], delivered);
    answer([b], fails());
    answer([c], fails('RECORD_TOO_LARGE', { retriable: false }));
    expect(values(up)).toEqual(['a', 'c']);
    expect(codes(up)).toEqual(['delivered', 'RECORD_TOO_LARGE']);
    await env.clock.advance(100);
    expect(values(below[1]?.batch)).toEqual(['b']);
    answer([b], delivered);
    expect(values(up)).toEqual(['a', 'c', 'b']);
  });

  it('retries what may have been written, unless retryUnknown is false', async () => {
    const yes = harness();
    yes.answer(yes.send([{}]), mayBeWritten());
    await yes.env.clock.advance(100);
    expect(yes.below).toHaveLength(2);
    const no = harness({ retryUnknown: false });
    no.answer(no.send([{}]), mayBeWritten());
    expect(codes(no.up)).toEqual(['REQUEST_TIMED_OUT']);
    expect(no.up[0]?.outcome?.status).toBe('unknown');
  });

  it('lets classify decide for each error', async () => {
    const { env, send, answer, below, up } = harness({
      classify: ({ error }) =>
        error.code === 'AUTHORIZATION_FAILED'
          ? 'retry'
          : error.code === 'BROKER_UNREACHABLE'
            ? 'fail'
            : undefined,
    });
    const all = send([{ value: 'a' }, { value: 'b' }]);
    answer(all.slice(0, 1), fails('AUTHORIZATION_FAILED', { retriable: false }), 0);
    answer(all.slice(1), fails(), 0);
    expect(values(up)).toEqual(['b']);
    await env.clock.advance(100);
    expect(values(below[1]?.batch)).toEqual(['a']);
  });

  it('falls back to error.retriable when classify returns a promise, even one that rejects', async () => {
    const answers = { classify: () => Promise.reject(new Error('later')) };
    const { env, send, answer, below } = harness(Object.assign({}, answers as object));
    const errors: unknown[] = [];
    env.events.on('callbackError', ({ error }) => errors.push(error));
    answer(send([{ value: 'a' }]), fails(), 0);
    await env.clock.advance(100);
    expect(values(below[1]?.batch)).toEqual(['a']);
    expect(errors).toMatchObject([{ message: expect.stringContaining('not a promise') as unknown }]);
  });

  it('falls back to error.retriable when classify throws, with an event and a log line', async () => {
    const boom = new Error('a secret');
    const { env, send, answer, below, up } = harness({
      classify: () => {
        throw boom;
      },
    });
    const errors: unknown[] = [];
    env.events.on('callbackError', ({ error }) => errors.push(error));
    const all = send([{ value: 'a' }, { value: 'b' }]);
    answer(all.slice(0, 1), fails('AUTHORIZATION_FAILED', { retriable: false }), 0);
    answer(all.slice(1), fails(), 0);
    expect(values(up)).toEqual(['a']);
    await env.clock.advance(100);
    expect(values(below[1]?.batch)).toEqual(['b']);
    expect(errors).toEqual([boom, boom]);
    expect(env.logger.text()).not.toContain('secret');
  });
});

describe('delays', () => {
  it('grow, stop growing at maxDelayMs, and are never shorter than retryAfter', async () => {
    const { env, send, answer, below } = harness({ initialDelayMs: 100, maxDelayMs: 300 });
    const [one] = send([{}]);
    if (one === undefined) throw new Error('one was sent');
    for (const outcome of [fails(), fails(), fails(), fails('CIRCUIT_OPEN', { retryAfter: 5_000 })]) {
      answer([one], outcome);
      await env.clock.advance(6_000);
    }
    expect(below.map(({ at }, i) => at - 6_000 * Math.max(0, i - 1))).toEqual([0, 100, 200, 300, 5_000]);
  });

  it('of one topic do not hold back another', async () => {
    const { env, send, answer, below } = harness();
    const [slow, quick] = send([{ topic: 'slow' }, { topic: 'quick' }]);
    if (slow === undefined || quick === undefined) throw new Error('two were sent');
    slow.outcome = fails('CIRCUIT_OPEN', { retryAfter: 10_000 });
    quick.outcome = fails();
    below[0]?.settle([slow, quick]);
    await env.clock.advance(100);
    expect(below[1]?.batch).toEqual([quick]);
    answer([quick], delivered);
    await env.clock.advance(9_900);
    expect(below[2]?.batch).toEqual([slow]);
  });

  it('need one timer, however many records wait', async () => {
    const { env, send, answer } = harness({ jitter: 'full' });
    for (let i = 0; i < 1_000; i++) {
      answer(send([{ key: `k${i}` }]), fails());
    }
    expect(env.clock.pending).toBe(1);
  });
});

describe('order within a lane', () => {
  it('a later record that failed first waits for the earlier one, and both go again in order', async () => {
    const { env, send, answer, below, up } = harness();
    const [a, b, other] = send([
      { key: 'k', value: 'a' },
      { key: 'k', value: 'b' },
      { key: 'o', value: 'other' },
    ]);
    if (a === undefined || b === undefined || other === undefined) throw new Error('three were sent');
    answer([b], fails());
    answer([other], fails());
    await env.clock.advance(150);
    expect(values(below[1]?.batch)).toEqual(['other']);
    answer([a], mayBeWritten(), 0);
    await env.clock.advance(150);
    expect(values(below[2]?.batch)).toEqual(['a', 'b']);
    expect(up).toHaveLength(0);
  });

  it('an earlier record is in flight until it is settled, although its outcome is set', async () => {
    const { env, send, answer, below } = harness();
    const [a, b] = send([
      { key: 'k', value: 'a' },
      { key: 'k', value: 'b' },
    ]);
    if (a === undefined || b === undefined) throw new Error('two were sent');
    a.outcome = fails(); // like an adapter that settles a turn later
    answer([b], fails('CIRCUIT_OPEN'));
    await env.clock.advance(150);
    expect(below).toHaveLength(1);
    answer([a], fails(), 0);
    await env.clock.advance(150);
    expect(values(below[1]?.batch)).toEqual(['a', 'b']);
  });

  it('records settled before the first failure do not hold back later ones', async () => {
    const { env, send, answer, below } = harness();
    const [a, b] = send([
      { key: 'k', value: 'a' },
      { key: 'k', value: 'b' },
      { key: 'other', value: 'never settled' },
    ]);
    if (a === undefined || b === undefined) throw new Error('two were sent');
    answer([a], delivered);
    answer([b], fails());
    await env.clock.advance(150);
    expect(values(below[1]?.batch)).toEqual(['b']);
  });

  it('a waiting record is released when the one before it succeeds', async () => {
    const { env, send, answer, below } = harness();
    const [a, b] = send([
      { key: 'k', value: 'a' },
      { key: 'k', value: 'b' },
    ]);
    if (a === undefined || b === undefined) throw new Error('two were sent');
    answer([b], fails());
    await env.clock.advance(1_000);
    expect(below).toHaveLength(1);
    answer([a], delivered, 0);
    await env.clock.advance(1_000);
    expect(values(below[1]?.batch)).toEqual(['b']);
  });
});

describe('giving up', () => {
  it('happens after maxAttempts; the error names the reason, attempts, time and last error', async () => {
    const { env, send, answer, up } = harness({ maxAttempts: 2 });
    const all = send([{}]);
    answer(all, fails('NOT_ENOUGH_REPLICAS', { kafka: { code: 19, name: 'NOT_ENOUGH_REPLICAS' } }));
    await env.clock.advance(100);
    answer(all, fails('NOT_ENOUGH_REPLICAS', { kafka: { code: 19, name: 'NOT_ENOUGH_REPLICAS' } }));
    const outcome = up[0]?.outcome;
    if (outcome?.status !== 'failed') throw new Error('it failed for certain');
    expect(outcome.error).toMatchObject({ code: 'RETRIES_EXHAUSTED', kafka: { code: 19 }, stage: 'retry' });
    expect(outcome.error.message).toMatch(/2 attempts in 100 ms.*NOT_ENOUGH_REPLICAS/);
    expect(outcome.error.cause).toMatchObject({ code: 'NOT_ENOUGH_REPLICAS' });
  });

  it('behind an open circuit names the error that opened it', async () => {
    const { env, send, answer, up } = harness();
    const all = send([{}], { deadline: 1_000 });
    const kafka = { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION' };
    const cause = new ProducerError('UNKNOWN_TOPIC', "no topic 'orders': create it", {
      retriable: true,
      kafka,
    });
    answer(all, fails('CIRCUIT_OPEN', { cause, retryAfter: 5_000 }));
    await env.clock.advance(1_000);
    const outcome = up[0]?.outcome;
    if (outcome?.status !== 'failed') throw new Error('it failed for certain');
    expect(outcome.error).toMatchObject({ code: 'DELIVERY_TIMEOUT', retriable: true, kafka, cause });
    expect(outcome.error.message).toMatch(
      /the circuit was open, and the last error was UNKNOWN_TOPIC: .*create it/,
    );
  });

  it('happens at the deadline and not before', async () => {
    const { env, send, answer, below, up } = harness({ maxDelayMs: 400 });
    const all = send([{}], { deadline: 10_000 });
    for (let call = 0; up.length === 0; call++) {
      if (below.length === call + 1) answer(all, fails());
      await env.clock.advance(env.clock.nextInMs ?? 0);
    }
    expect(env.clock.now()).toBe(10_000);
    expect(codes(up)).toEqual(['DELIVERY_TIMEOUT']);
    expect(below.length).toBeGreaterThan(20);
  });

  it('happens to each record of a group at its own deadline, and the others wait for their turn', async () => {
    const { env, stage, answer, below, up } = harness({ initialDelayMs: 100 });
    const both = [60_000, 30].map((deadline) =>
      createDelivery({ topic: 'orders', value: `until ${deadline}` }, { deadline }),
    );
    stage.send([...both], (batch) => up.push(...batch));
    answer(both, fails());
    await env.clock.advance(30);
    expect([values(up), codes(up)]).toEqual([['until 30'], ['DELIVERY_TIMEOUT']]);
    expect(below).toHaveLength(1);
    await env.clock.advance(70);
    expect(below.slice(1).map(({ at, batch }) => [at, values(batch)])).toEqual([[100, ['until 60000']]]);
  });

  it('happens at its deadline to a record that waits for an earlier one of its lane', async () => {
    const { env, stage, answer, below, up } = harness({ initialDelayMs: 100 });
    const lane = [Infinity, 500, 200].map((deadline) =>
      createDelivery({ topic: 'orders', key: 'k', value: `until ${deadline}` }, { deadline }),
    );
    stage.send([...lane], (batch) => up.push(...batch));
    answer(lane.slice(1), fails());
    await env.clock.advance(199);
    expect(up).toEqual([]);
    await env.clock.advance(1);
    expect([values(up), codes(up)]).toEqual([['until 200'], ['DELIVERY_TIMEOUT']]);
    answer(lane.slice(0, 1), fails(), 0);
    expect(env.clock.pending).toBe(1);
    await env.clock.advance(100);
    expect(below.slice(1).map(({ batch }) => values(batch))).toEqual([['until Infinity', 'until 500']]);
    answer(lane.slice(0, 2), delivered);
    expect(values(up)).toEqual(['until 200', 'until Infinity', 'until 500']);
    expect(env.clock.pending).toBe(0);
  });

  it('ends as unknown when any attempt may have written the record', async () => {
    const { env, send, answer, up } = harness({ maxAttempts: 2 });
    const all = send([{}]);
    answer(all, mayBeWritten());
    await env.clock.advance(100);
    answer(all, fails('AUTHORIZATION_FAILED', { retriable: false }));
    expect(up[0]?.outcome?.status).toBe('unknown');
    expect(codes(up)).toEqual(['AUTHORIZATION_FAILED']);
  });

  it('happens at close to what waits; a failure after close is not retried', async () => {
    const { env, send, answer, stage, up } = harness({ initialDelayMs: 1_000 });
    const waiting = send([{ value: 'waiting' }]);
    answer(waiting, mayBeWritten());
    const below = send([{ value: 'below' }]);
    await env.clock.until(Promise.resolve(stage.close?.(env.clock.now() + 500)));
    expect(codes(up)).toEqual(['CLOSED']);
    expect(up[0]?.outcome?.status).toBe('unknown');
    answer(below, fails(), 1);
    expect(codes(up)).toEqual(['CLOSED', 'CLOSED']);
    expect(env.clock.pending).toBe(0);
  });
});

describe('close', () => {
  it('gives up a failed record that waits for an earlier one of its lane', async () => {
    const { env, send, answer, stage, up, below } = harness();
    const [first, later] = send([
      { key: 'k', value: 'first' },
      { key: 'k', value: 'later' },
    ]);
    if (first === undefined || later === undefined) throw new Error('two were sent');
    answer([later], fails('CIRCUIT_OPEN', { retryAfter: 100 }));
    await env.clock.until(Promise.resolve(stage.close?.(env.clock.now() + 500)));
    expect([values(up), codes(up)]).toEqual([['later'], ['CLOSED']]);
    answer([first], mayBeWritten(), 0);
    expect([values(up), codes(up)]).toEqual([
      ['later', 'first'],
      ['CLOSED', 'CLOSED'],
    ]);
    expect([below.length, env.clock.pending]).toEqual([1, 0]);
  });
});

describe('the budget', () => {
  it('makes retries wait when all attempts fail, and gives nothing up', async () => {
    const { env, below, up, send } = harness({
      initialDelayMs: 0,
      budget: { ratio: 0, minPerSecond: 2 },
    });
    send([{}], { deadline: 60_000 });
    while (env.clock.now() < 30_000) {
      const last = below.at(-1);
      if (last?.batch[0]?.outcome === undefined && last !== undefined) {
        for (const one of last.batch) one.outcome = fails();
        last.settle([...last.batch]);
      }
      await env.clock.advance(env.clock.nextInMs ?? 0);
    }
    // 10 s worth of tokens at the start, then two per second.
    expect(below.length).toBeGreaterThan(70);
    expect(below.length).toBeLessThanOrEqual(1 + 20 + 60 + 1);
    expect(up).toHaveLength(0);
  });

  it('charges a part of a batch its share: a few failures in each batch are retried at once', async () => {
    const { env, below, answer, send } = harness({
      initialDelayMs: 0,
      budget: { ratio: 0.1, minPerSecond: 0.001 },
    });
    for (let batch = 0; batch < 50; batch++) {
      const [first, ...others] = send(Array.from({ length: 20 }, (_, i) => ({ key: `k${batch}-${i}` })));
      if (first !== undefined) answer([first], fails());
      answer(others, delivered);
      await env.clock.advance(1);
      if (first !== undefined) answer([first], delivered);
    }
    expect(below).toHaveLength(100);
  });

  it('is not charged for records that a circuit breaker refuses', async () => {
    const { env, below, answer, send } = harness({
      initialDelayMs: 0,
      budget: { ratio: 0, minPerSecond: 0.1 },
    });
    const [one] = send([{}]);
    if (one === undefined) throw new Error('nothing was sent');
    for (let refusals = 0; refusals < 20; refusals++) {
      answer([one], fails('CIRCUIT_OPEN', { retryAfter: 10 }));
      await env.clock.advance(10);
    }
    expect(below).toHaveLength(21);
  });
});

describe('a settlement inside send', () => {
  it('works, and never recurses', async () => {
    const { env, up } = harness();
    let calls = 0;
    const sync = retry({ initialDelayMs: 0, budget: false }).bind((batch, settle) => {
      calls++;
      for (const one of batch) one.outcome = calls < 20_000 ? fails() : delivered;
      settle(batch);
    }, env);
    sync.send([createDelivery({ topic: 'orders', value: 'v' })], (batch) => up.push(...batch));
    await env.clock.runAll();
    expect(codes(up)).toEqual(['delivered']);
    expect(calls).toBe(20_000);
    expect(sync.stats?.()).toMatchObject({ waitingRecords: 0, inFlightRecords: 0 });
  });
});

describe('options', () => {
  it('are refused all at once', () => {
    const wrong = {
      maxAttempts: 0,
      jitter: 'some',
      initialDelayMs: 50,
      maxDelayMs: 10,
      retries: 3,
      budget: { ratio: -1 },
    };
    expect(() => void Reflect.apply(retry, undefined, [wrong])).toThrow(
      /'maxAttempts' must.*'jitter' must.*unknown option 'retries'.*'initialDelayMs' \(50\) must not exceed 'maxDelayMs' \(10\); budget: 'ratio' must/,
    );
    for (const none of [null, 5, 'text', []]) {
      expect(() => void Reflect.apply(retry, undefined, [none])).toThrow(
        /retry: the options must be an object/,
      );
    }
    for (const budget of [true, null, 5]) {
      expect(() => void Reflect.apply(retry, undefined, [{ budget }])).toThrow(
        /'budget' must be an object, or false for no budget/,
      );
    }
  });
});

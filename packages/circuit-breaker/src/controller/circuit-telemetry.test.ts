import { statOf } from '@holdfast/testing';
import { ProducerError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { delivered, fails, harness, records } from '../harness.fixture.js';

describe('telemetry', () => {
  it('emits an event for each change, and logs the opening and the closing', async () => {
    const { breaker, env, result, send, stage } = harness({ consecutiveFailures: 2, openDurationMs: 100 });
    const events: unknown[] = [];
    for (const name of [
      'circuit.opened',
      'circuit.halfOpened',
      'circuit.closed',
      'circuit.isolated',
    ] as const) {
      env.events.on(name, (payload) => events.push([name, payload]));
    }
    result(fails());
    result(fails('REQUEST_TIMED_OUT'));
    await env.clock.advance(100);
    expect(events).toHaveLength(1); // there is no timer: the next record makes it half-open
    result(fails());
    await env.clock.advance(200);
    result(delivered);
    breaker.isolate({ topic: 'orders' });
    send(...records(7));
    const circuit = 'orders';
    expect(events).toEqual([
      ['circuit.opened', { circuit, code: 'REQUEST_TIMED_OUT', openMs: 100, reason: 'consecutive-failures' }],
      ['circuit.halfOpened', { circuit }],
      ['circuit.opened', { circuit, code: 'BROKER_UNREACHABLE', openMs: 200, reason: 'probe-failed' }],
      ['circuit.halfOpened', { circuit }],
      ['circuit.closed', { circuit, afterMs: 300 }],
      ['circuit.isolated', { circuit }],
    ]);
    expect(stage.stats?.()).toMatchObject({
      transitions: { open: 2, halfOpen: 2, closed: 1, isolated: 1 },
    });
    expect(env.logger.lines.filter(({ level }) => level !== 'debug').map(({ level }) => level)).toEqual([
      'warn',
      'warn',
      'warn',
    ]);
    expect(env.logger.lines[0]?.message).toContain(
      "circuit 'orders' is open for 100 ms: 2 failures in a row",
    );
  });

  it('reports the worst state, counts, and the circuits that are not closed', () => {
    const { stage, send, result } = harness({ consecutiveFailures: 1 });
    expect(stage.stats?.()).toMatchObject({ state: 'closed', circuits: 0, notClosed: {} });
    result(delivered);
    for (const topic of ['a', '__proto__']) result(fails(), { topic });
    send(...records(7, { topic: 'a' }));
    const stats = stage.stats?.();
    expect(stats).toMatchObject({
      state: 'open',
      circuits: 3,
      openCircuits: 2,
      halfOpenCircuits: 0,
      isolatedCircuits: 0,
      transitions: { open: 2, halfOpen: 0, closed: 0, isolated: 0 },
      rejectedRecords: 7,
    });
    expect(Object.entries(Object(statOf(stage, 'notClosed')) as object)).toEqual([
      ['a', 'open'],
      ['__proto__', 'open'],
    ]);
    for (let i = 0; i < 500; i++) result(fails(), { topic: `t${i}` });
    expect(Object.keys(Object(statOf(stage, 'notClosed')) as object)).toHaveLength(100);
  });
});

describe('classify', () => {
  it('overrides or keeps the default, and is called once for an outcome that many records share', () => {
    const classified: string[] = [];
    const { breaker, send, answer, result } = harness({
      consecutiveFailures: 1,
      classify: ({ error: { code } }) => {
        classified.push(code);
        if (code === 'BROKER_UNREACHABLE') return 'ignore';
        return code === 'RECORD_TOO_LARGE' ? 'failure' : undefined;
      },
    });
    send(...records(1_000));
    answer(fails());
    expect([breaker.state(), classified]).toEqual(['closed', ['BROKER_UNREACHABLE']]);
    result(fails('AUTHORIZATION_FAILED'));
    expect(breaker.state()).toBe('closed');
    result(fails('RECORD_TOO_LARGE'));
    expect(breaker.state()).toBe('open');
    breaker.close();
    result(fails('CONNECTION_LOST'));
    expect(breaker.state()).toBe('open');
  });

  it('falls back to the default when it throws or returns a promise, with an event and a log line', async () => {
    const boom = new Error('a secret');
    for (const classify of [
      (): never => {
        throw boom;
      },
      () => Promise.reject(boom),
      () => 'perhaps',
    ]) {
      const options = Object.assign({ consecutiveFailures: 1 }, { classify });
      const { breaker, env, result } = Reflect.apply(harness, undefined, [options]) as ReturnType<
        typeof harness
      >;
      const errors: unknown[] = [];
      env.events.on('callbackError', ({ error }) => errors.push(error));
      result(fails('RECORD_TOO_LARGE'));
      expect(breaker.state()).toBe('closed');
      result(fails());
      expect(breaker.state()).toBe('open');
      expect(errors).toHaveLength(2);
      expect(env.logger.text()).not.toContain('secret');
    }
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('a refusal', () => {
  it('never becomes the cause of the next one: that is the error from Kafka', async () => {
    const { env, result, send, up } = harness({ consecutiveFailures: 1, openDurationMs: 100 });
    result(fails());
    for (let i = 0; i < 5; i++) {
      send({});
      await env.clock.advance(50);
    }
    for (const { outcome } of up) {
      const error = outcome !== undefined && 'error' in outcome ? outcome.error : undefined;
      if (error?.code !== 'CIRCUIT_OPEN') continue;
      expect(ProducerError.is(error.cause) && error.cause.code).toBe('BROKER_UNREACHABLE');
    }
  });
});

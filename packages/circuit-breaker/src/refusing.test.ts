import { describe, expect, it } from 'vitest';
import { codes, delivered, errorIn, fails, harness, records, values } from './harness.fixture.js';

const bad = { topic: 'bad' };

describe('a record that an open circuit refuses', () => {
  it('fails at once, with one error that names the circuit, since when, why and until when', () => {
    const { env, result, send, settlements } = harness({ consecutiveFailures: 1, openDurationMs: 5_000 });
    result(fails('CONNECTION_LOST'));
    send(...records(3));
    expect(settlements).toHaveLength(2);
    const [one, two, three] = settlements[1] ?? [];
    const error = errorIn(one);
    expect([errorIn(two), errorIn(three)]).toEqual([error, error]);
    expect(errorIn(two)).toBe(error);
    expect(one?.outcome?.status).toBe('failed');
    expect(error).toMatchObject({
      code: 'CIRCUIT_OPEN',
      retriable: true,
      retryAfter: 5_000,
      stage: 'circuitBreaker',
      cause: { code: 'CONNECTION_LOST' },
    });
    expect(error.message).toContain("'orders'");
    expect(error.message).toContain('2026-01-01T00:00:00.000Z');
    expect(error.message).toContain('CONNECTION_LOST');
    expect(env.logger.text()).not.toContain('undefined');
  });

  it('may be sent again after retryAfter, to the fraction of a ms', async () => {
    const { env, result, send, up, below } = harness({ consecutiveFailures: 1, openDurationMs: 1_000 });
    await env.clock.advance(0.1 + 0.2);
    result(fails());
    await env.clock.advance(333.333);
    send({});
    const after = errorIn(up[1]).retryAfter;
    expect(after).toBe(667);
    await env.clock.advance(after ?? 0);
    send({});
    expect(below).toHaveLength(2);
  });

  it('does not touch the other topics of the batch, which go down as one, in order, before the refused come up', () => {
    const { result, send, below, settlements } = harness({ consecutiveFailures: 1 });
    result(fails(), bad);
    const order: string[] = [];
    const batch = send(
      { value: '1' },
      { ...bad, value: '2' },
      { topic: 'other', value: '3' },
      { ...bad, value: '4' },
      { value: '5' },
    );
    order.push(...values(below[1]?.batch));
    expect(order).toEqual(['1', '3', '5']);
    expect(settlements.slice(1).map(values)).toEqual([['2', '4']]);
    expect(codes(batch)).toEqual(['none', 'CIRCUIT_OPEN', 'none', 'CIRCUIT_OPEN', 'none']);
  });

  it('is settled after the rest was sent, so that nothing can overtake that', () => {
    const { stage, result, send, below } = harness({ consecutiveFailures: 1 });
    result(fails(), bad);
    const [a, refused, later] = [...send({ value: 'a' }), ...send(bad), ...send({ value: 'later' })];
    if (a === undefined || refused === undefined || later === undefined) throw new Error('three were made');
    below.length = 0;
    stage.send([a, refused], () => stage.send([later], () => undefined));
    expect(below.map(({ batch }) => values(batch))).toEqual([['a'], ['later']]);
  });

  it('is settled once per circuit, with one error', () => {
    const { result, send, settlements } = harness({ consecutiveFailures: 1 });
    result(fails('CONNECTION_LOST'), { topic: 'a' });
    result(fails('BROKER_UNREACHABLE'), { topic: 'b' });
    send({ topic: 'a' }, { topic: 'b' }, { topic: 'a' });
    expect(settlements.slice(2).map((batch) => errorIn(batch[0]).cause)).toMatchObject([
      { code: 'CONNECTION_LOST' },
      { code: 'BROKER_UNREACHABLE' },
    ]);
    expect(settlements.slice(2).map(({ length }) => length)).toEqual([2, 1]);
  });
});

describe('the way down of closed circuits', () => {
  it('is one call per batch, with the same array, whatever the topics', () => {
    const { stage, send, below } = harness();
    const one = send(...records(5));
    const several = send({}, { topic: 'other' }, {});
    below.length = 0;
    for (const batch of [one, several]) {
      stage.send(batch, () => undefined);
      expect(below.at(-1)?.array).toBe(batch);
    }
    expect(below).toHaveLength(2);
  });
});

describe('a settlement of several circuits', () => {
  it('is a failure of each circuit of which no record was delivered, and of no other', () => {
    const { breaker, send, below } = harness({ consecutiveFailures: 1 });
    const batch = send({ topic: 'a' }, { topic: 'b' }, { topic: 'a' }, { topic: 'b' });
    for (const [index, one] of batch.entries()) one.outcome = index === 3 ? delivered : fails();
    below[0]?.settle(batch);
    expect([breaker.state({ topic: 'a' }), breaker.state({ topic: 'b' })]).toEqual(['open', 'closed']);
  });
});

describe('scope', () => {
  it('topic: a bad topic does not stop another', () => {
    const { breaker, send, below, answer, up } = harness({ consecutiveFailures: 5 });
    for (let i = 0; i < 5; i++) {
      send({}, bad);
      const { batch, settle } = below.at(-1) ?? {};
      for (const one of batch ?? [])
        one.outcome = one.record.topic === 'bad' ? fails('UNKNOWN_TOPIC') : delivered;
      settle?.([...(batch ?? [])]);
    }
    expect([breaker.state(bad), breaker.state({ topic: 'orders' })]).toEqual(['open', 'closed']);
    send(...records(100, bad));
    expect(codes(up.slice(10))).toEqual(Array<string>(100).fill('CIRCUIT_OPEN'));
    send(...records(100));
    expect(below.at(-1)?.batch).toHaveLength(100);
    answer(delivered);
    expect(breaker.state()).toBe('open');
  });

  it('cluster: one circuit for all; an unknown topic does not count', () => {
    const { breaker, result } = harness({ scope: 'cluster', consecutiveFailures: 2 });
    for (let i = 0; i < 9; i++) result(fails('UNKNOWN_TOPIC'), bad);
    result(fails(), bad);
    expect(breaker.state()).toBe('closed');
    result(fails());
    expect([breaker.state(), breaker.state({ topic: 'x' }), breaker.state({})]).toEqual([
      'open',
      'open',
      'open',
    ]);
  });

  it('partition: the requested one; records that request none belong to their topic', () => {
    const { breaker, result } = harness({ scope: 'partition', consecutiveFailures: 2 });
    for (let i = 0; i < 2; i++) {
      result(fails(), { partition: 3 });
      result(delivered, { partition: 4 });
      result(delivered);
    }
    const state = (partition?: number): string =>
      breaker.state({ topic: 'orders', ...(partition === undefined ? {} : { partition }) });
    expect([state(3), state(4), state()]).toEqual(['open', 'closed', 'closed']);
    result(fails());
    result(fails());
    expect([state(3), state(4), state()]).toEqual(['open', 'closed', 'open']);
  });
});

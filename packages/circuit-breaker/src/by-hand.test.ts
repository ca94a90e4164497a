import { describe, expect, it } from 'vitest';
import { circuitBreaker } from './circuit-breaker.js';
import { codes, delivered, errorIn, fails, harness, harnessOf, records } from './harness.fixture.js';

const orders = { topic: 'orders' };
const other = { topic: 'other' };

describe('manual control', () => {
  it('open: for the open duration, then half-open', async () => {
    const { breaker, env, send, below, up, answer } = harness({ openDurationMs: 1_000 });
    breaker.open(orders);
    send({}, other);
    expect(errorIn(up[0])).toMatchObject({ code: 'CIRCUIT_OPEN', retryAfter: 1_000 });
    expect(errorIn(up[0]).cause).toBeUndefined();
    expect(below[0]?.batch).toHaveLength(1);
    await env.clock.advance(400);
    breaker.open(orders); // starts over, and does not grow
    await env.clock.advance(999);
    expect(breaker.state(orders)).toBe('open');
    await env.clock.advance(1);
    send({});
    answer(delivered);
    expect(breaker.state()).toBe('closed');
  });

  it('open without a place: all circuits, including those created meanwhile', async () => {
    const { breaker, env, send, up } = harness({ openDurationMs: 1_000 });
    send({});
    breaker.open();
    expect([breaker.state(), breaker.state(orders), breaker.state(other)]).toEqual(['open', 'open', 'open']);
    await env.clock.advance(400);
    send(other);
    expect(errorIn(up[0]).retryAfter).toBe(600);
    await env.clock.advance(600);
    expect([breaker.state(other), breaker.state({ topic: 'third' })]).toEqual(['half-open', 'closed']);
    breaker.open();
    breaker.close();
    send({ topic: 'fourth' });
    expect([breaker.state(), up.length]).toEqual(['closed', 1]);
  });

  it('isolate: until close, however much time passes and whatever is settled', async () => {
    const { breaker, env, send, answer, up, below } = harness({
      openDurationMs: 1_000,
      consecutiveFailures: 1,
    });
    send({});
    breaker.isolate(orders);
    answer(fails());
    breaker.open(orders);
    await env.clock.advance(3_600_000);
    send({});
    expect(breaker.state(orders)).toBe('isolated');
    expect(errorIn(up[1])).toMatchObject({ code: 'CIRCUIT_OPEN', retriable: true, retryAfter: 1_000 });
    expect(errorIn(up[1]).message).toContain('isolated');
    breaker.close(orders);
    send({});
    expect(below).toHaveLength(2);
  });

  it('isolate without a place: all circuits, including future ones; close may exempt one', () => {
    const { breaker, send, below, up } = harness();
    send({});
    breaker.isolate();
    send({}, other, { topic: 'third' });
    expect(codes(up)).toEqual(['CIRCUIT_OPEN', 'CIRCUIT_OPEN', 'CIRCUIT_OPEN']);
    breaker.close(other);
    send({}, other, { topic: 'fourth' });
    expect(below[1]?.batch.map(({ record }) => record.topic)).toEqual(['other']);
    expect([breaker.state(), breaker.state(other), breaker.state({ topic: 'x' })]).toEqual([
      'isolated',
      'closed',
      'isolated',
    ]);
    for (const topic of ['orders', 'third', 'fourth']) breaker.close({ topic });
    expect(breaker.state()).toBe('isolated'); // future ones still are
    breaker.close();
    expect([breaker.state(), breaker.state({ topic: 'x' })]).toEqual(['closed', 'closed']);
    send({}, other);
    expect(below[2]?.batch).toHaveLength(2);
  });

  it('close: forgets failures and growth, also of a closed circuit', () => {
    const { breaker, result, env } = harness({ consecutiveFailures: 2, openDurationMs: 1_000 });
    result(fails());
    breaker.close(orders);
    result(fails());
    expect(breaker.state()).toBe('closed');
    result(fails());
    expect(breaker.state()).toBe('open');
    breaker.close();
    expect(breaker.state()).toBe('closed');
    const times: number[] = [];
    env.events.on('circuit.opened', ({ openMs }) => times.push(openMs));
    result(fails());
    result(fails());
    expect(times).toEqual([1_000]);
  });

  it('an unused place is closed; one without the topic that the scope needs is refused', () => {
    const { breaker } = harness();
    expect(breaker.state({ topic: 'never' })).toBe('closed');
    for (const call of [breaker.state, breaker.open, breaker.close, breaker.isolate]) {
      expect(() => void call({ partition: 1 })).toThrow(/needs its topic/);
    }
  });

  it('a listener may control circuits in the middle of a change', () => {
    const { breaker, env, result, send, below } = harness({ consecutiveFailures: 1 });
    env.events.on('circuit.opened', () => breaker.close());
    result(fails());
    expect(breaker.state()).toBe('closed');
    send({});
    expect(below).toHaveLength(2);
  });
});

describe('one breaker in several producers', () => {
  it('has circuits for each, controls all, and its state is the worst of theirs', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 1, jitter: 0 });
    breaker.isolate(other); // before there is any producer
    const [one, two] = [harnessOf(breaker), harnessOf(breaker)];
    one.result(fails());
    two.result(delivered);
    expect(breaker.state(orders)).toBe('open');
    two.send(...records(2), other);
    expect(two.below[1]?.batch).toHaveLength(2);
    expect(codes(two.up)).toEqual(['delivered', 'CIRCUIT_OPEN']);
    breaker.close();
    one.send({}, other);
    expect(one.below[1]?.batch).toHaveLength(2);
    breaker.isolate();
    one.send({});
    two.send({});
    expect([codes(one.up).at(-1), codes(two.up).at(-1)]).toEqual(['CIRCUIT_OPEN', 'CIRCUIT_OPEN']);
    breaker.close();
    breaker.open(orders);
    await one.stage.close?.(0);
    expect(breaker.state()).toBe('open');
    await two.stage.close?.(0);
    expect(breaker.state()).toBe('closed');
  });
});

import { createDelivery } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import {
  codes,
  delivered,
  errorIn,
  fails,
  harness,
  records,
  settleAs,
  values,
  type Harness,
} from './harness.fixture.js';
import type { CircuitBreakerOptions } from './options.js';

/** Makes a half-open circuit: the next record is a probe. */
async function halfOpen(options: CircuitBreakerOptions = {}): Promise<Harness> {
  const made = harness({ openDurationMs: 100, ...options });
  made.breaker.open({ topic: 'orders' });
  await made.env.clock.advance(100);
  expect(made.breaker.state()).toBe('half-open');
  return made;
}

describe('a half-open circuit', () => {
  it('lets one probe through at a time, and refuses the others for a short while', async () => {
    const { breaker, send, answer, below, up } = await halfOpen();
    send({ value: 'probe' });
    send({ value: 'other' });
    expect(below).toHaveLength(1);
    expect(values(up)).toEqual(['other']);
    const { code, retriable, retryAfter } = errorIn(up[0]);
    expect([code, retriable]).toEqual(['CIRCUIT_OPEN', true]);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(100);
    answer(delivered);
    expect(breaker.state()).toBe('closed');
    send({});
    expect(below).toHaveLength(2);
  });

  it('probes with no more than the first ten records of a batch', async () => {
    const { send, below, up } = await halfOpen();
    send(...records(1_000));
    expect(values(below[0]?.batch)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(values(up)).toEqual(
      records(1_000)
        .slice(10)
        .map(({ value }) => String(value)),
    );
  });

  it('probes with the first record of each key, so that one partition does not decide for all', async () => {
    const { send, below, up } = await halfOpen();
    const keys = ['a', 'a', 'b', 'a', 'c', 'b'];
    send(...keys.map((key, index) => ({ key, value: `${key}${index}` })));
    expect(values(below[0]?.batch)).toEqual(['a0', 'b2', 'c4']);
    expect(values(up)).toEqual(['a1', 'a3', 'b5']);
  });

  it('does so among records of other topics, too', async () => {
    const { send, below, up } = await halfOpen();
    const orders = ['a', 'a', 'b'].map((key, index) => ({ key, value: `${key}${index}` }));
    send({ topic: 'events', value: 'first' }, ...orders, { topic: 'events', value: 'last' });
    expect(values(below[0]?.batch)).toEqual(['first', 'a0', 'b2', 'last']);
    expect(values(up)).toEqual(['a1']);
  });

  it('refuses the others after it has sent the probe, so that none can overtake it', async () => {
    const { stage, below } = await halfOpen();
    const batch = ['1', '2'].map((value) => createDelivery({ topic: 'orders', key: 'k', value }));
    const downBefore: number[] = [];
    stage.send(batch, () => void downBefore.push(below.length));
    expect(downBefore).toEqual([1]);
    expect(values(below[0]?.batch)).toEqual(['1']);
  });

  it('opens again at once, and for longer, when its probe fails', async () => {
    const { breaker, env, send, answer, up } = await halfOpen();
    send({});
    answer(fails('CONNECTION_LOST'));
    expect(breaker.state()).toBe('open');
    send({});
    expect(errorIn(up[1]).retryAfter).toBe(200);
    await env.clock.advance(200);
    expect(breaker.state()).toBe('half-open');
  });

  it('closes when halfOpenProbes have succeeded; a failed one opens it', async () => {
    const { breaker, env, send, answer, below, up } = await halfOpen({ halfOpenProbes: 3 });
    for (let i = 0; i < 5; i++) send({});
    expect([below.length, up.length]).toEqual([3, 2]);
    answer(delivered, 0);
    send({});
    // The place of the success stays taken: three must succeed, and three are tried.
    expect(below).toHaveLength(3);
    answer(delivered, 1);
    expect(breaker.state()).toBe('half-open');
    answer(fails(), 2);
    expect(breaker.state()).toBe('open');
    await env.clock.advance(200);
    for (let i = 0; i < 3; i++) {
      expect(breaker.state()).toBe('half-open');
      send({});
      answer(delivered);
    }
    expect(breaker.state()).toBe('closed');
  });

  it('closes when a record of its probe is delivered, whatever failed before', async () => {
    const { breaker, send, below } = await halfOpen();
    const probe = send({ key: 'a' }, { key: 'b' }, { key: 'c' });
    const { settle } = below[0] ?? {};
    if (settle === undefined) throw new Error('the probe was sent');
    settleAs(settle, probe.slice(0, 1), fails());
    expect(breaker.state()).toBe('half-open');
    settleAs(settle, probe.slice(1, 2), delivered);
    expect(breaker.state()).toBe('closed');
    settleAs(settle, probe.slice(2), fails());
    expect(breaker.state()).toBe('closed');
  });

  it('opens when all of its probe is settled and nothing was delivered', async () => {
    const { breaker, send, below } = await halfOpen();
    const probe = send({ key: 'a' }, { key: 'b' });
    const { settle } = below[0] ?? {};
    if (settle === undefined) throw new Error('the probe was sent');
    settleAs(settle, probe.slice(0, 1), fails());
    settleAs(settle, probe.slice(1), fails('RECORD_TOO_LARGE'));
    expect(breaker.state()).toBe('open');
    send({});
    expect(below).toHaveLength(1);
  });

  it('counts a probe that is settled in parts once', async () => {
    const { breaker, send, answer, below } = await halfOpen({ halfOpenProbes: 2 });
    const probe = send({}, {}, {});
    const { settle } = below[0] ?? {};
    if (settle === undefined) throw new Error('the probe was sent');
    settleAs(settle, probe.slice(0, 1), delivered);
    settleAs(settle, probe.slice(1), delivered);
    expect(breaker.state()).toBe('half-open');
    send({});
    answer(delivered);
    expect(breaker.state()).toBe('closed');
  });

  it('tries another when a probe says nothing about the cluster', async () => {
    const { breaker, send, answer, below } = await halfOpen();
    for (let i = 0; i < 20; i++) {
      send({});
      expect(below).toHaveLength(i + 1);
      answer(fails('RECORD_TOO_LARGE', { retriable: false }));
      expect(breaker.state()).toBe('half-open');
    }
    send({});
    answer(delivered);
    expect(breaker.state()).toBe('closed');
  });

  it('waits for all of a probe before it considers it as ignored', async () => {
    const { breaker, send, below, up } = await halfOpen();
    const [first, second] = send({}, {});
    const { settle } = below[0] ?? {};
    if (first === undefined || second === undefined || settle === undefined) throw new Error('two were sent');
    settleAs(settle, [first], fails('RECORD_TOO_LARGE'));
    send({});
    expect(codes(up)).toEqual(['RECORD_TOO_LARGE', 'CIRCUIT_OPEN']);
    settleAs(settle, [second], delivered);
    expect(breaker.state()).toBe('closed');
  });

  it('tries another when a probe is not answered, and still counts a late answer', async () => {
    const { breaker, env, send, answer, below } = await halfOpen({ probeTimeoutMs: 1_000 });
    send({});
    await env.clock.advance(999);
    send({});
    expect(below).toHaveLength(1);
    await env.clock.advance(1);
    send({});
    send({});
    expect(below).toHaveLength(2);
    answer(delivered, 0);
    expect(breaker.state()).toBe('closed');
    answer(fails(), 1);
    expect(breaker.state()).toBe('closed');
  });

  it('is never wedged by an adapter that never answers', async () => {
    const { env, send, below } = await halfOpen({ probeTimeoutMs: 1_000 });
    for (let i = 0; i < 600; i++) {
      send({});
      await env.clock.advance(100);
    }
    expect(below).toHaveLength(60);
  });
});

import { testEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { adapterTarget } from './adapter-boundary.js';
import { AttemptCounts } from './attempt-counts.js';
import { deliveryOf, turn } from '../contract/deliveries.fixture.js';
import type { Delivery } from '../contract/delivery.js';
import { ProducerError } from '../contract/error.js';
import type { Attempt } from '../contract/events.js';
import { delivered, HeldAdapter } from './held-adapter.fixture.js';
import { failed, unknown } from '../contract/outcome.js';

function setUp(adapter = new HeldAdapter()) {
  const env = testEnv();
  const counts = new AttemptCounts();
  const target = adapterTarget(adapter, env, env.calls, counts);
  const settled: Delivery[] = [];
  const send = (...values: string[]): unknown =>
    target.send(
      values.map((value) => deliveryOf(value)),
      (batch) => void settled.push(...batch),
    );
  return { adapter, counts, env, send, settled, target };
}

describe('adapterTarget', () => {
  it('counts attempts, and calls until their first answer', () => {
    const { adapter, env, send, settled } = setUp();
    send('a', 'b');
    send('c');
    expect(adapter.calls[0]?.batch.map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(env.calls.unanswered(Infinity)).toBe(2);
    adapter.answer();
    expect(env.calls.unanswered(Infinity)).toBe(0);
    expect(settled).toHaveLength(3);
  });

  it('reports each settlement to those who listen: records, bytes, duration, outcomes, errors', async () => {
    const { adapter, env, send, settled } = setUp(
      Object.assign(new HeldAdapter(), { servers: ['one:9092'] }),
    );
    const attempts: Attempt[] = [];
    env.events.on('attempt', (attempt) => attempts.push(attempt));
    send('a', 'bb', 'ccc', 'dddd');
    await env.clock.advance(7);
    const error = new ProducerError('LEADER_UNAVAILABLE', 'x');
    adapter.answer((delivery, index) =>
      index === 0 ? delivered(delivery) : index === 3 ? unknown(error) : failed(error),
    );
    expect(attempts).toEqual([
      {
        adapter: 'held',
        records: 4,
        bytes: 10,
        durationMs: 7,
        outcomes: { delivered: 1, failed: 2, unknown: 1 },
        errors: { LEADER_UNAVAILABLE: 3 },
        servers: ['one:9092'],
        settled,
      },
    ]);
  });

  it('counts what was tried and what came of it, by code, retriable or fatal', () => {
    const { adapter, counts, send, settled, target } = setUp();
    const timedOut = unknown(new ProducerError('REQUEST_TIMED_OUT', 'x', { retriable: true }));
    const tooLarge = failed(new ProducerError('RECORD_TOO_LARGE', 'x'));
    send('a', 'b', 'c');
    adapter.answer((delivery, index) => [delivered(delivery), timedOut, tooLarge][index] ?? timedOut);
    target.send(settled.splice(1, 1), (batch) => void settled.push(...batch));
    adapter.answer(delivered);
    expect(counts.stats()).toEqual({
      records: 4,
      retried: 1,
      delivered: 2,
      retriableErrors: { REQUEST_TIMED_OUT: 1 },
      fatalErrors: { RECORD_TOO_LARGE: 1 },
    });
  });

  it('does not count a call for ever that throws or rejects', async () => {
    const adapter = new HeldAdapter();
    const { env, send } = setUp(adapter);
    adapter.send = () => {
      throw new Error('x');
    };
    expect(() => send('a')).toThrow('x');
    // As a third party may write it.
    Object.assign(adapter, { send: () => Promise.reject(new Error('y')) });
    const result = send('b');
    expect(result).toBeInstanceOf(Promise);
    await expect(result).rejects.toThrow('y');
    await turn();
    expect(env.calls.unanswered(Infinity)).toBe(0);
  });
});

import { ProducerError, type Adapter, type Outcome } from '@holdfast/core';
import { failed, type BaseEnv } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import type { AdapterCase } from './adapter-case.js';
import { adapterCases } from './adapter-cases.js';
import { idleControl } from './idle-control.fixture.js';
import { runAdapterCase } from './run-case.js';

const nothing = (): Promise<void> => Promise.resolve();
const made: string[] = [];
const control = idleControl({ createTopic: async (name) => void made.push(name) });

/** Settles every record with `outcome`; logs `says`. */
const answering =
  (outcome: (topic: string) => Outcome, says = 'connected') =>
  (): Adapter => {
    let env: BaseEnv | undefined;
    return {
      name: 'answering',
      capabilities: { offsets: true, acks: 'all', idempotent: false },
      connect(given) {
        env = given;
        env.logger.info(says);
        return nothing();
      },
      send(batch, settle) {
        for (const delivery of batch) delivery.outcome = outcome(delivery.record.topic);
        env?.clock.soon(() => settle(batch));
      },
      flush: nothing,
      disconnect: nothing,
    };
  };

const delivered = (topic: string): Outcome => ({
  status: 'delivered',
  topic,
  partition: 0,
  offset: 0,
  timestamp: 7,
});
const refused = (): Outcome => failed(new ProducerError('AUTHORIZATION_FAILED', 'no right: hunter2'));

/** Of a secure cluster, as nothing is read back there. */
const one = (more: Partial<AdapterCase>): AdapterCase => ({
  name: 'a case',
  cluster: 'secure',
  steps: [{ records: (topic) => [{ topic: topic('t'), value: 'v' }], expected: { status: 'delivered' } }],
  ...more,
});

describe('a case that is run', () => {
  it('makes its topics under names of its own, and passes when all is as expected', async () => {
    await runAdapterCase(one({ topics: { t: {} } }), control, answering(delivered));
    await runAdapterCase(one({ topics: { t: {} } }), control, answering(delivered));
    expect(new Set(made).size).toBe(2);
    expect(made.every((name) => name.startsWith('t-'))).toBe(true);
  });

  it.each([
    [
      'another status',
      answering(refused),
      { status: 'delivered' },
      /record 0: expected .* got failed AUTHORIZATION_FAILED/,
    ],
    ['another partition', answering(delivered), { status: 'delivered', partition: 1 }, /got .*"partition":0/],
    ['another time', answering(delivered), { status: 'delivered', timestamp: 8 }, /got .*"timestamp":7/],
    [
      'another code',
      answering(refused),
      { status: 'failed', code: 'TLS_FAILED', retriable: false },
      /got failed/,
    ],
    [
      'another retriable',
      answering(refused),
      { status: 'failed', code: 'AUTHORIZATION_FAILED', retriable: true },
      /got failed/,
    ],
    [
      'no code of the broker',
      answering(refused),
      { status: 'failed', code: 'AUTHORIZATION_FAILED', retriable: false, kafka: 29 },
      /got failed/,
    ],
  ] as const)('says what came otherwise: %s', async (_, makeAdapter, expected, message) => {
    const steps = one({}).steps.map((step) => ({ ...step, expected }));
    await expect(runAdapterCase(one({ steps }), control, makeAdapter)).rejects.toThrow(message);
  });

  it('takes no final error for trouble that passes', async () => {
    const steps = one({}).steps.map((step) => ({ ...step, untilDelivered: true }));
    await expect(runAdapterCase(one({ steps }), control, answering(refused))).rejects.toThrow(
      /was called final/,
    );
  });

  it.each([
    ['an error', answering(refused)],
    ['a log line', answering(delivered, 'connecting with hunter2')],
  ])('finds a secret in %s, and does not tell it', async (_, makeAdapter) => {
    const run = runAdapterCase(one({ secrets: () => ['hunter2'] }), control, makeAdapter);
    await expect(run).rejects.toThrow(/holds the secret hun…/);
    await expect(run).rejects.not.toThrow(/hunter2/);
  });

  it('sends by a second client where a step asks for a new one, and closes both', async () => {
    const closed: number[] = [];
    let clients = 0;
    const makeAdapter = (): Adapter => {
      const number = ++clients;
      return {
        ...answering((topic) => ({ ...delivered(topic), timestamp: number }))(),
        disconnect: async () => void closed.push(number),
      };
    };
    const { records = () => [] } = one({}).steps[0] ?? {};
    const step = (timestamp: number): AdapterCase['steps'][number] => ({
      records,
      expected: { status: 'delivered', timestamp },
      newClient: timestamp === 2,
    });
    await runAdapterCase(one({ steps: [step(1), step(2), step(1), step(2)] }), control, makeAdapter);
    expect(closed.toSorted()).toEqual([1, 2]);
  });

  it('waits until all replicas are in sync after brokers were broken, for the next case', async () => {
    const isrs = [[1], [1, 2], [1, 2, 3]];
    const three = { ...control, size: 3, describeTopic: async () => [{ isr: isrs.shift() ?? [1, 2, 3] }] };
    await runAdapterCase(one({ topics: { t: {} } }), three, answering(delivered));
    expect(isrs).toHaveLength(3);
    await runAdapterCase(one({ topics: { t: {} }, needs: ['kill'] }), three, answering(delivered));
    expect(isrs).toHaveLength(0);
  });

  it('mends the cluster whatever happens', async () => {
    let mended = 0;
    const after = async (): Promise<void> => void mended++;
    const before = (): Promise<void> => Promise.reject(new Error('no such broker'));
    await expect(runAdapterCase(one({ before, after }), control, answering(delivered))).rejects.toThrow(
      'no such broker',
    );
    expect(mended).toBe(1);
  });
});

it('the cases have names of their own', () => {
  const names = adapterCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

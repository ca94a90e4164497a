import { ProducerError, type Adapter } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import type { AdapterCase } from './adapter-case.js';
import { adapterCases } from './adapter-cases.js';
import { checkAdapterCases, summaryOf, whyLeftOut } from './case-report.js';
import { idleControl } from './idle-control.fixture.js';
import type { Ability, KafkaControl } from './kafka-control.js';
import { kafkaControl } from './own-cluster.js';

const nothing = (): Promise<void> => Promise.resolve();
const control = (size: number, cannot: readonly Ability[] = []): KafkaControl =>
  idleControl({ size, cannot });

const refusing = (): Adapter => ({
  name: 'refusing',
  capabilities: { offsets: true, acks: 'all', idempotent: false },
  connect: nothing,
  send(batch, settle) {
    for (const one of batch) one.outcome = failed(new ProducerError('KAFKA_ERROR', 'no'));
    queueMicrotask(() => settle(batch));
  },
  flush: nothing,
  disconnect: nothing,
});

const leftOut = (of: KafkaControl): string[] =>
  adapterCases.filter((one) => whyLeftOut(one, of) !== undefined).map(({ name }) => name);

describe('what a control cannot do', () => {
  it('is left out, case by case, with the reason', () => {
    expect(adapterCases).toHaveLength(23);
    expect(leftOut(control(3))).toHaveLength(5); // those that need TLS
    expect(leftOut(control(1))).toHaveLength(7);
    expect(leftOut(control(3, ['pause']))).toHaveLength(6);
    expect(leftOut(control(3, ['kill']))).toHaveLength(8);
    expect(leftOut(control(1, ['kill', 'pause']))).toHaveLength(9);
    const [needsThree] = adapterCases.filter(({ brokers }) => brokers === 3);
    expect(needsThree && whyLeftOut(needsThree, control(1))).toBe('it needs 3 brokers, and there are 1');
  });

  it('is counted beside what failed', async () => {
    const plain: AdapterCase = {
      name: 'delivers',
      cluster: 'plain',
      steps: [{ records: () => [{ topic: 't', value: 'v' }], expected: { status: 'delivered' } }],
    };
    const report = await checkAdapterCases({
      control: control(1, ['kill']),
      makeAdapter: refusing,
      cases: [plain, { ...plain, name: 'idle', steps: [] }, { ...plain, name: 'kills', needs: ['kill'] }],
    });
    expect(report.passed).toEqual(['idle']);
    expect(report.failed).toMatchObject([{ name: 'delivers' }]);
    expect(report.failed[0]?.problem).toContain('got failed KAFKA_ERROR');
    expect(summaryOf(report)).toBe(
      "1 of 3 cases passed; 1 failed: 'delivers'; 1 were LEFT OUT: it kills brokers, and the control cannot (kill, start)",
    );
  });
});

describe('kafkaControl', () => {
  it('says which addresses do not answer', async () => {
    await expect(kafkaControl({ brokers: ['127.0.0.1:1'] })).rejects.toThrow(
      /no broker answers \(127\.0\.0\.1:1: .*\); check the addresses, and that they speak without TLS/,
    );
  });

  it('needs to be told how topics are made where it cannot ask', async () => {
    const users = { allowed: { username: 'a', password: 'a' }, limited: { username: 'l', password: 'l' } };
    const security = { ca: '', otherCa: '', mechanism: 'SCRAM-SHA-256', users, openPrefix: 'open-' } as const;
    await expect(kafkaControl({ brokers: ['127.0.0.1:1'], security })).rejects.toThrow(
      'give createTopic as well as security',
    );
  });
});

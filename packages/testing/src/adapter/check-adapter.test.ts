import { ProducerError, type Adapter } from '@holdfast/core';
import { failed, type Delivery, type Settle } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../env/fake-clock.js';
import { memoryKafka } from '../memory/memory-kafka.js';
import { scriptedAdapter, type ScriptedAdapterOptions } from '../scripted/scripted-adapter.js';
import type { Fault } from '../scripted/step.js';
import { adapterConformance } from '../vitest.js';
import { checkAdapter } from './check-adapter.js';
import { controlOf, wrong } from './wrong-adapter.fixture.js';

const kafka = memoryKafka({ topics: { orders: 3 }, latencyMs: 2 });

adapterConformance({
  name: 'memoryKafka',
  create: () => kafka.adapter(),
  topic: 'orders',
  partitions: 3,
  read: () => Promise.resolve(kafka.messages('orders')),
  cluster: controlOf(kafka),
});

const scripted = (options: Partial<ScriptedAdapterOptions> = {}): Promise<string[]> => {
  const clock = fakeClock();
  return checkAdapter({
    name: 'own',
    create: () => scriptedAdapter({ clock, partitions: 3, ...options }),
    topic: 'orders',
    partitions: 3,
    clock,
    timeoutMs: 5_000,
  });
};

describe('checkAdapter', () => {
  it('passes the scripted adapter on its fake clock', async () => {
    expect(await scripted()).toEqual([]);
  });

  it.each<[Fault, string]>([
    ['sync', "'own' settled a delivery inside send; an adapter settles always later: topic orders, key 'k0'"],
    ['twice', "'own' settled a delivery twice: topic orders, key 'k0'"],
    ['never', "'own' never settled a delivery: topic orders, key 'k0'"],
    ['no-outcome', "'own' settled a delivery without an outcome; set delivery.outcome before: topic orders"],
    ['throws', "'own' threw from send, which must settle instead: the scripted adapter throws"],
  ])('finds the fault %s', async (fault, message) => {
    expect((await scripted({ script: () => ({ fault }) })).join('\n')).toContain(message);
  });

  it('finds what is not delivered to a cluster that is up', async () => {
    const error = new ProducerError('KAFKA_ERROR', 'no');
    expect((await scripted({ script: () => ({ outcome: 'failed', error }) })).join('\n')).toContain(
      "'own' did not deliver a record to a cluster that is up ('failed': KAFKA_ERROR, no): topic orders",
    );
  });

  it('tries again what may be', async () => {
    const flaky = await scripted({
      script: (_, { attempt }) => (attempt === 1 ? { outcome: 'unknown' } : {}),
    });
    expect(flaky.join()).not.toContain('did not deliver');
  });

  it('finds keys in other partitions, and keyless batches that are spread', async () => {
    let turn = 0;
    const spread = await wrong((right) => ({
      send(batch, settle) {
        for (const one of batch) one.record.partition ??= turn++ % 3;
        right.send(batch, settle);
      },
    }));
    expect(spread).toContain("'own' delivered a key to another partition than Java's client does (murmur2)");
    expect(spread).toContain("'own' spread a batch without keys over 3 partitions; it sticks to one");
    expect(spread).toContain(
      "'own' changed a record (partition); it may be tried again, so hand the client a copy",
    );
  });

  it('finds wrong places, offsets and errors', async () => {
    const answer = (change: (one: Delivery) => void) => (right: Adapter) => ({
      send: (batch: Delivery[], settle: Settle) =>
        right.send(batch, (settled) => {
          for (const one of settled) change(one);
          settle(settled);
        }),
    });
    const place = await wrong(
      answer((one) => {
        if (one.outcome?.status === 'delivered') one.outcome = { ...one.outcome, offset: NaN };
      }),
    );
    expect(place).toContain("'own' settled as 'delivered' with an offset that is none (NaN)");
    const status = await wrong(answer((one) => (one.outcome = { status: 'accepted', by: 'own' })));
    expect(status).toContain(
      "'own' settled as 'accepted'; an adapter says 'delivered', 'failed' or 'unknown'",
    );
    const error = Object.assign(new Error('plain'), { code: 'X', retriable: false });
    const plain = await wrong(answer((one) => Reflect.set(one, 'outcome', { status: 'failed', error })));
    expect(plain).toContain(
      "'own' settled as 'failed' with an error that is no ProducerError of @holdfast/core",
    );
  });

  it('finds records that are lost, changed or written though they failed, when it can read back', async () => {
    const lossy = await wrong(
      (right) => ({
        send(batch, settle) {
          right.send(batch, (settled) => {
            for (const one of settled) {
              if (one.outcome?.status === 'delivered' && one.outcome.offset % 2 === 1) {
                one.outcome = failed(new ProducerError('KAFKA_ERROR', 'no'));
              }
            }
            settle(settled);
          });
        },
      }),
      { reads: true },
    );
    expect(lossy).toContain("'own' breaks I4: record");
    const liar = await wrong(
      (right) => ({
        send(batch, settle) {
          right.send([...batch].slice(1), settle);
          const [first] = batch;
          if (first === undefined) return;
          const { topic } = first.record;
          queueMicrotask(() => {
            first.outcome = {
              status: 'delivered',
              topic,
              partition: first.record.partition ?? 0,
              offset: 0,
              timestamp: 0,
            };
            settle([first]);
          });
        },
      }),
      { reads: true },
    );
    expect(liar).toMatch(/'own' breaks I1: record 0 .* was answered 'delivered' and is not in the topic/);
  });

  it('finds a flush that is early, and a disconnect that forgets', async () => {
    expect(await wrong(() => ({ flush: () => Promise.resolve() }))).toContain(
      "'own' resolved flush before a delivery that was sent before it was settled",
    );
    expect(await wrong(() => ({ disconnect: () => Promise.resolve() }))).toContain(
      "'own' has not settled a delivery at the end of disconnect",
    );
    expect(await wrong(() => ({ disconnect: () => Promise.reject(new Error('gone')) }))).toContain(
      "'own' disconnect failed: gone",
    );
  });
});

import { ProducerError, type Adapter } from '@holdfast/core';
import { brokerError } from '@holdfast/core/adapter';
import { failed, recordBytes, type BaseEnv, type Delivery, type Settle } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { createDelivery } from '../values/create-delivery.js';
import { memoryKafka } from '../memory/memory-kafka.js';
import { adapterConformanceCases } from './check-adapter.js';
import { wrong } from './wrong-adapter.fixture.js';

/** What comes back up is changed first. */
const changing =
  (change: (delivery: Delivery) => void) =>
  (right: Adapter): Partial<Adapter> => ({
    send: (batch: Delivery[], settle: Settle) =>
      right.send(batch, (settled) => {
        for (const one of settled) change(one);
        settle(settled);
      }),
  });

/** The same environment without these events. */
const deafTo = (env: BaseEnv, event: string): BaseEnv => ({
  ...env,
  events: {
    has: (name) => env.events.has(name),
    on: (name, listener) => env.events.on(name, listener),
    emit: (name, payload) => {
      if (name !== event) env.events.emit(name, payload);
    },
  },
});

describe('an adapter that is wrong fails, and is told why:', { timeout: 60_000 }, () => {
  it('nothing is wrong with the Kafka in memory itself', async () => {
    expect(await wrong(() => ({}), { reads: true })).toBe('');
  });

  it('replaces the timestamps, in what it says and in what it stores', async () => {
    const says = changing((one) => {
      if (one.outcome?.status === 'delivered') one.outcome = { ...one.outcome, timestamp: 1 };
    });
    expect(await wrong(says)).toContain(
      "'own' settled as 'delivered' with another timestamp than the record's; hand the client record.timestamp: topic orders",
    );
    expect(await wrong(says, { features: { brokerTimestamps: true } })).toBe('');
    const stores = (right: Adapter): Partial<Adapter> => ({
      send(batch, settle) {
        const own = new Map(batch.map((one) => [one, one.record.timestamp]));
        for (const { record } of batch) record.timestamp = 7;
        right.send(batch, (settled) => {
          for (const one of settled) {
            const timestamp = own.get(one) ?? 0;
            one.record.timestamp = timestamp;
            if (one.outcome?.status === 'delivered') one.outcome = { ...one.outcome, timestamp };
          }
          settle(settled);
        });
      },
    });
    expect(await wrong(stores, { reads: true })).toMatch(
      /'own' stored the timestamp 7 in place of the record's own, \d+: topic orders/,
    );
  });

  it("emits no 'connected', or no 'disconnected'", async () => {
    const silentOn =
      (event: string) =>
      (right: Adapter): Partial<Adapter> => ({
        connect: (env, signal) => right.connect(deafTo(env, event), signal),
      });
    expect(await wrong(silentOn('connected'))).toContain(
      "'own' emits no 'connected' though connect has resolved; env.events.emit('connected', { adapter: name })",
    );
    expect(await wrong(silentOn('disconnected'))).toContain(
      "'own' emits no 'disconnected' when the cluster is gone",
    );
  });

  it('resolves connect without a broker', async () => {
    const eager = (right: Adapter): Partial<Adapter> => ({
      connect: (env, signal) => right.connect(env, signal).catch(() => undefined),
    });
    expect(await wrong(eager)).toContain("'own' resolved connect though no broker answers");
  });

  it('does not connect again', async () => {
    const refuses = (batch: Delivery[], settle: Settle): void => {
      const error = new ProducerError('BROKER_UNREACHABLE', 'not connected', { retriable: true });
      queueMicrotask(() => {
        for (const one of batch) one.outcome = failed(error);
        settle(batch);
      });
    };
    const once = (right: Adapter): Partial<Adapter> => {
      let lost = false;
      return {
        connect: (env, signal) =>
          right.connect(env, signal).catch((error: unknown) => {
            lost = true;
            throw error;
          }),
        send(batch, settle) {
          if (lost) return refuses(batch, settle);
          right.send(batch, (settled) => {
            lost ||= settled.some(
              ({ outcome }) => outcome?.status === 'failed' && outcome.error.code === 'BROKER_UNREACHABLE',
            );
            settle(settled);
          });
        },
      };
    };
    const said = await wrong(once);
    for (const trouble of ['a start without a broker', 'an outage']) {
      expect(said).toContain(
        `'own' delivers nothing in 5000 ms after ${trouble} has ended; an adapter connects again by itself, for ever: topic orders`,
      );
    }
  });

  it('calls an outage final', async () => {
    const final = changing((one) => {
      if (one.outcome?.status !== 'failed' || one.outcome.error.code !== 'BROKER_UNREACHABLE') return;
      one.outcome = failed(new ProducerError('BROKER_UNREACHABLE', 'gone'));
    });
    expect(await wrong(final)).toContain("'own' calls an outage final (BROKER_UNREACHABLE)");
  });

  it("says 'failed' of what may be written", async () => {
    const harsh = changing((one) => {
      if (one.outcome?.status === 'unknown') one.outcome = failed(one.outcome.error);
    });
    expect(await wrong(harsh)).toContain(
      "'own' says 'failed' (certainly not written) of a record whose answer was lost; say 'unknown': topic orders",
    );
  });

  it('ignores deadlines', async () => {
    const patient = (right: Adapter): Partial<Adapter> => ({
      send(batch, settle) {
        const given = new Map<Delivery, Delivery>();
        const endless = batch.map((one) => {
          const twin = createDelivery(one.record);
          given.set(twin, one);
          return twin;
        });
        right.send(endless, (settled) => {
          const own = settled.map((twin) => ({ twin, one: given.get(twin) ?? twin }));
          for (const { twin, one } of own) one.outcome = twin.outcome;
          settle(own.map(({ one }) => one));
        });
      },
    });
    expect(await wrong(patient)).toContain(
      "'own' has not settled a delivery 2000 ms after its deadline; give up at delivery.deadline, as 'unknown' where it may be written: topic orders",
    );
  });

  it("does not split a partition's batch", async () => {
    const whole = (right: Adapter): Partial<Adapter> => ({
      send(batch, settle) {
        const bytes = batch.reduce((sum, { record }) => sum + recordBytes(record), 0);
        if (bytes <= 1_048_588) return right.send(batch, settle);
        queueMicrotask(() => {
          for (const one of batch) one.outcome = failed(brokerError(10, { topic: 'orders', stage: 'own' }));
          settle(batch);
        });
      },
    });
    expect(await wrong(whole)).toContain(
      "'own' did not deliver records that are too large only together (1048588 bytes are the limit of a batch); send them in several",
    );
  });
});

it('what cannot be tried is named', () => {
  const kafka = memoryKafka({ topics: { orders: 3 } });
  const subject = { name: 'own', create: () => kafka.adapter(), topic: 'orders', partitions: 3 };
  const cluster = { down: () => kafka.down(), up: () => kafka.up() };
  const notTried = (more: object): (string | undefined)[] =>
    adapterConformanceCases({ ...subject, ...more }).flatMap(({ notTried: why }) => why ?? []);
  expect(notTried({ cluster })).toEqual([
    'subject.cluster.loseAnswers is not given',
    'subject.cluster.silence is not given',
  ]);
  expect(notTried({})).toHaveLength(4);
});

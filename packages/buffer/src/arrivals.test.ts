import { ProducerError } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { createDelivery } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { Arrivals } from './arrivals.js';
import { Batch } from './batch.js';
import { Draft } from './draft.js';
import { Lanes } from './lanes.js';
import { Shares } from './shares.js';

const limits = { maxBatchRecords: 100, maxBatchBytes: 1_000_000, maxInFlightRecords: 1_000 };

it('finds the oldest by its place, whatever its outcome says', () => {
  const lanes = new Lanes(new Shares(limits));
  const arrivals = new Arrivals();
  const oldest = createDelivery({ topic: 'orders', key: 'k', value: 'v' });
  arrivals.add(oldest, lanes.push(oldest, 'orders'), lanes, lanes.length);
  oldest.outcome = failed(new ProducerError('LEADER_UNAVAILABLE', 'of an earlier attempt'));
  expect(arrivals.dropOldest((one, topic) => lanes.removeHead(one, topic))).toBe(oldest);
  expect(lanes).toHaveLength(0);
});

it('stays as short as what waits, though nothing is ever dropped and one lane is stuck', () => {
  const lanes = new Lanes(new Shares(limits));
  const arrivals = new Arrivals();
  const arrive = (key: string): void => {
    const delivery = createDelivery({ topic: 'orders', key, value: 'v' });
    arrivals.add(delivery, lanes.push(delivery, 'orders'), lanes, lanes.length);
  };
  const take = (): Draft => {
    const draft = new Draft(new Batch(0), limits);
    lanes.take(draft);
    return draft;
  };
  arrive('stuck');
  take();
  arrive('stuck');
  for (let i = 0; i < 50_000; i++) {
    arrive(`k${i}`);
    const { batch, deliveries } = take();
    for (const one of deliveries) lanes.settled(one);
    lanes.cameUp(batch, deliveries, 0);
  }
  expect(arrivals.length).toBeLessThan(2_000);
  expect(arrivals.dropOldest((one, topic) => lanes.removeHead(one, topic))?.record.key).toEqual(
    Buffer.from('stuck'),
  );
});

import { ProducerError } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { createDelivery } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { BatchBuilder } from '../batch/batch-builder.js';
import { InFlightBatch } from '../batch/in-flight-batch.js';
import { TopicQuotas } from '../batch/topic-quotas.js';
import { ArrivalOrder } from './arrival-order.js';
import { FairQueue } from './fair-queue.js';

const limits = { maxBatchRecords: 100, maxBatchBytes: 1_000_000, maxInFlightRecords: 1_000 };

it('finds the oldest by its position, whatever its outcome is', () => {
  const queue = new FairQueue(new TopicQuotas(limits));
  const arrivals = new ArrivalOrder(queue);
  const oldest = createDelivery({ topic: 'orders', key: 'k', value: 'v' });
  arrivals.add(oldest, queue.push(oldest, 'orders'));
  oldest.outcome = failed(new ProducerError('LEADER_UNAVAILABLE', 'of an earlier attempt'));
  expect(arrivals.removeOldest()).toBe(oldest);
  expect(queue).toHaveLength(0);
});

it('stays as short as the queue, although nothing is ever dropped and one lane is stuck', () => {
  const queue = new FairQueue(new TopicQuotas(limits));
  const arrivals = new ArrivalOrder(queue);
  const arrive = (key: string): void => {
    const delivery = createDelivery({ topic: 'orders', key, value: 'v' });
    arrivals.add(delivery, queue.push(delivery, 'orders'));
  };
  const take = (): BatchBuilder => {
    const builder = new BatchBuilder(new InFlightBatch(0), limits);
    queue.take(builder);
    return builder;
  };
  arrive('stuck');
  take();
  arrive('stuck');
  for (let i = 0; i < 50_000; i++) {
    arrive(`k${i}`);
    const { batch, deliveries } = take();
    for (const one of deliveries) queue.settle(one);
    queue.settleBatch(batch, deliveries, 0);
  }
  expect(arrivals.length).toBeLessThan(2_000);
  expect(arrivals.removeOldest()?.record.key).toEqual(Buffer.from('stuck'));
});

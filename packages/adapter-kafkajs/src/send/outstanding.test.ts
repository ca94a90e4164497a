import { ProducerError } from '@holdfast/core';
import { failed, type Delivery } from '@holdfast/core/stage';
import { createDelivery, fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { DeliveryGroup } from './delivery-group.js';
import { RecordBatch } from './record-batch.js';
import { Outstanding } from './outstanding.js';

const nobody = { overdue: () => undefined };
const error = new ProducerError('CLOSE_TIMEOUT', 'too late');
const deliveries = (count: number): Delivery[] =>
  Array.from({ length: count }, () => createDelivery({ topic: 't', value: 'v' }));

describe('outstanding deliveries', () => {
  it('are settled once, and in one call where they share a `settle`', () => {
    const outstanding = new Outstanding(fakeClock(), nobody);
    const up: number[] = [];
    const settle = (batch: Delivery[]): void => void up.push(batch.length);
    const other = (batch: Delivery[]): void => void up.push(-batch.length);
    const groups = [
      new DeliveryGroup(deliveries(1), settle),
      new DeliveryGroup(deliveries(2), settle),
      new DeliveryGroup(deliveries(3), other),
    ];
    for (const group of groups) outstanding.add(group);
    expect(outstanding.records).toBe(6);
    outstanding.finish(groups);
    outstanding.finish(groups);
    expect(up).toEqual([3, -3]);
    expect(outstanding.records).toBe(0);
  });

  it('are drained when all of that moment are settled, split or not, and not when newer ones are', async () => {
    const clock = fakeClock();
    const outstanding = new Outstanding(clock, nobody);
    const settle = (): void => undefined;
    const old = new DeliveryGroup(deliveries(2), settle);
    outstanding.add(old);
    let drained = false;
    void outstanding.drained(Infinity).then(() => (drained = true));
    outstanding.add(new DeliveryGroup(deliveries(1), settle));
    const parts = old.deliveries.map((delivery) => new DeliveryGroup([delivery], settle));
    outstanding.replace(old, parts);
    outstanding.finish(parts.slice(0, 1));
    await clock.runSoon();
    expect(drained).toBe(false);
    outstanding.finish(parts);
    await clock.runSoon();
    expect(drained).toBe(true);
  });

  it('are not awaited after the deadline', async () => {
    const clock = fakeClock();
    const outstanding = new Outstanding(clock, nobody);
    outstanding.add(new DeliveryGroup(deliveries(1), () => undefined));
    let drained = false;
    void outstanding.drained(100).then(() => (drained = true));
    await clock.advance(99);
    expect(drained).toBe(false);
    await clock.advance(1);
    expect(drained).toBe(true);
  });

  it('end as unknown where a request had been sent, else as failed; later results change nothing', () => {
    const outstanding = new Outstanding(fakeClock(), nobody);
    const settled: Delivery[] = [];
    const batch = (): RecordBatch =>
      new RecordBatch('t', 0, (batch) => void settled.push(...batch), deliveries(1));
    const [sent, unanswered, waiting] = [batch(), batch(), batch()];
    sent.encoded = true;
    unanswered.unresolved = error;
    for (const one of [sent, unanswered, waiting]) outstanding.add(one);
    outstanding.abandon(error);
    expect(settled.map(({ outcome }) => outcome?.status)).toEqual(['unknown', 'unknown', 'failed']);
    for (const delivery of waiting.deliveries) delivery.outcome = failed(error);
    outstanding.finish([waiting]);
    expect(settled).toHaveLength(3);
  });
});

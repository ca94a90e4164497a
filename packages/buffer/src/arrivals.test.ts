import { createDelivery } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { Arrivals } from './arrivals.js';
import { Lanes } from './lanes.js';

it('stays as short as what waits, though nothing is ever dropped and one lane is stuck', () => {
  const lanes = new Lanes();
  const arrivals = new Arrivals();
  const arrive = (key: string): void => {
    const delivery = createDelivery({ topic: 'orders', key, value: 'v' });
    lanes.push(delivery);
    arrivals.add(delivery, lanes, lanes.length);
  };
  arrive('stuck');
  lanes.take(() => true);
  arrive('stuck');
  for (let i = 0; i < 50_000; i++) {
    arrive(`k${i}`);
    for (const one of lanes.take(() => true)) lanes.settled(one);
  }
  expect(arrivals.length).toBeLessThan(2_000);
  expect(arrivals.dropOldest((one) => lanes.removeHead(one))?.record.key).toEqual(Buffer.from('stuck'));
});

import { describe, expect, it } from 'vitest';
import { deliveryOf } from './deliveries.fixture.js';
import { SerializedRecord } from './record.js';

describe('Delivery', () => {
  it('gives its record to a store, and takes it back at the next look, once', () => {
    const delivery = deliveryOf('v');
    const { record } = delivery;
    const taken: number[] = [];
    const restored = new SerializedRecord('orders', null, Buffer.from('back'), undefined, undefined, 0);
    delivery.park(
      {
        take: (ref) => {
          taken.push(ref);
          return restored;
        },
      },
      7,
    );
    expect(delivery.parked).toBe(true);
    expect(taken).toEqual([]);
    expect(delivery.record).toBe(restored);
    expect(delivery.record).toBe(restored);
    expect(taken).toEqual([7]);
    expect(delivery.parked).toBe(false);
    expect(record).not.toBe(restored);
  });

  it('lets go of a record that was parked once its caller has heard, and says so to whoever looks later', () => {
    const delivery = deliveryOf('v');
    const { record } = delivery;
    delivery.park({ take: () => record }, 0);
    expect(delivery.record).toBe(record);
    delivery.done();
    expect(() => delivery.record).toThrow('settled');
  });

  it('keeps one that was never parked', () => {
    const delivery = deliveryOf('v');
    const { record } = delivery;
    delivery.done();
    expect(delivery.record).toBe(record);
  });
});

import { describe, expect, it } from 'vitest';
import { deliveryOf } from './deliveries.fixture.js';
import { SerializedRecord } from './record.js';

describe('Delivery', () => {
  it('parks its record in a store, and takes it back at the next access, once', () => {
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

  it('releases a parked record once its caller is notified, and throws on later access', () => {
    const delivery = deliveryOf('v');
    const { record } = delivery;
    delivery.park({ take: () => record }, 0);
    expect(delivery.record).toBe(record);
    delivery.done();
    expect(() => delivery.record).toThrow('settled');
  });

  it('keeps a record that was never parked', () => {
    const delivery = deliveryOf('v');
    const { record } = delivery;
    delivery.done();
    expect(delivery.record).toBe(record);
  });
});

import { Delivery } from './delivery.js';
import { SerializedRecord } from './record.js';

/** Returns a delivery whose value is `value`, as the dispatcher creates it. */
export const deliveryOf = (value = 'v', deadline = Infinity, createdAt = 0): Delivery =>
  new Delivery(
    new SerializedRecord('orders', null, Buffer.from(value), undefined, undefined, 0),
    -1,
    createdAt,
    deadline,
    undefined,
  );

/**
 * Resolves after pending promises and their continuations have settled, without moving any clock.
 */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

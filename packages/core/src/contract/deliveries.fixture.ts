import { Delivery } from './delivery.js';
import { SerializedRecord } from './record.js';

/** A delivery whose value is `value`, as the edge makes it. */
export const deliveryOf = (value = 'v', deadline = Infinity, createdAt = 0): Delivery =>
  new Delivery(
    new SerializedRecord('orders', null, Buffer.from(value), undefined, undefined, 0),
    -1,
    createdAt,
    deadline,
    undefined,
  );

/** Lets promises and what hangs on them settle, without moving any clock. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

import { Delivery, noLane, SerializedRecord, type Send } from '@holdfast/core/stage';
import { timed, type Sample } from '../../measure/sample.js';
import type { Sink } from '../sink.js';

const key = Buffer.from('key-0001');
const value = Buffer.alloc(100, 'v');
const deliveryTimeoutMs = 120_000;

/**
 * Makes a record and its envelope for each of `records`, passes batches of `size` to `send`, and
 * has the sink settle each batch. With the sink's own `send` this is the least that any chain has
 * to do.
 */
export async function loopOver(send: Send, sink: Sink, size: number, records: number): Promise<Sample> {
  const batches = Math.ceil(records / size);
  let settled = 0;
  const settle = (batch: Delivery[]): void => {
    settled += batch.length;
  };
  const now = Math.trunc(performance.now());
  const timestamp = Date.now();
  const timing = await timed(batches * size, () => {
    for (let i = 0; i < batches; i++) {
      const batch: Delivery[] = [];
      for (let j = 0; j < size; j++) {
        const record = new SerializedRecord('orders', key, value, undefined, undefined, timestamp);
        batch.push(new Delivery(record, noLane, now, now + deliveryTimeoutMs, undefined));
      }
      send(batch, settle);
      sink.settleAll();
    }
  });
  if (settled !== batches * size) throw new Error(`${settled} of ${batches * size} records were settled`);
  return { value: timing.cpuNs, timing };
}

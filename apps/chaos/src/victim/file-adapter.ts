import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProducerError, type Adapter } from '@holdfast/core';
import { failed, type Delivery, type Settle } from '@holdfast/core/stage';

/** While this file exists, the adapter reports that its brokers are down. */
export const downMarkOf = (path: string): string => `${path}.down`;

const longestWayMs = 6;

/**
 * A file in place of Kafka: one line of JSON per record, `[key, value, headers]`, key and value in
 * base64. The answer comes shortly after the write, as a broker's does, so that a process can die
 * in between.
 */
export function fileAdapter(path: string): Adapter {
  const file = openSync(path, 'a', 0o600);
  writeSync(file, '\n'); // ends a line that a kill may have cut off
  const onTheirWay = new Set<Promise<void>>();

  const write = async (batch: Delivery[], settle: Settle): Promise<void> => {
    await sleep(Math.random() * longestWayMs);
    const isDown = existsSync(downMarkOf(path));
    if (!isDown) writeSync(file, batch.map(lineOf).join(''));
    await sleep(Math.random() * longestWayMs);
    for (const delivery of batch) delivery.outcome = isDown ? down() : delivered(delivery);
    settle(batch);
  };
  const settled = async (): Promise<void> => void (await Promise.all(onTheirWay));

  return {
    name: 'file',
    capabilities: { offsets: false, acks: 'all', idempotent: false },
    connect: () => Promise.resolve(),
    send(batch, settle) {
      const one = write(batch, settle).finally(() => onTheirWay.delete(one));
      onTheirWay.add(one);
    },
    flush: settled,
    async disconnect() {
      await settled();
      closeSync(file);
    },
  };
}

const down = () =>
  failed(new ProducerError('BROKER_UNREACHABLE', 'the file is marked as down', { retriable: true }));

const delivered = ({ record: { topic, timestamp } }: Delivery) =>
  ({ status: 'delivered', topic, partition: 0, offset: -1, timestamp }) as const;

function lineOf({ record: { key, value, headers } }: Delivery): string {
  return `${JSON.stringify([base64(key), base64(value), headers])}\n`;
}

const base64 = (data: Uint8Array | null): string | null =>
  data === null ? null : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

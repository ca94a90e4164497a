import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from '@holdfast/buffer';
import { createProducer } from '@holdfast/core';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import { collectGarbage, type Sample } from '../../measure/sample.js';
import { percentile } from '../../measure/statistics.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { adapter } from '../clients/kafkajs.js';
import { makeRecords, recordAt } from '../clients/records.js';
import { onSchedule } from '../latency/waits.js';
import { ownFolder } from './folder.js';

const valueBytes = 1024;
/**
 * Milliseconds from one record to the next: a load that leaves brokers on the same two processors
 * time to answer.
 */
const everyMs = 5;
/** No process listens there. */
const nowhere = ['127.0.0.1:1'];

/**
 * How long a caller waits for `send` when the journal accepts records by itself (`acknowledge:
 * 'journaled'`): without a reachable broker, against the same with Kafka up.
 */
export async function prepareLatency(
  percent: number,
  { brokers, topic, records: count }: CaseContext,
): Promise<Prepared> {
  const records = makeRecords(topic, count, valueBytes);
  const folder = await ownFolder();
  const directory = join(folder.path, 'outbox');
  const run = async (hosts: readonly string[]): Promise<Sample> => {
    await mkdir(directory, { mode: 0o700 });
    const producer = await createProducer({
      adapter: adapter(hosts),
      use: [journal({ directory, acknowledge: 'journaled' }), buffer(), retry()],
      requireBroker: hosts !== nowhere,
      onUndeliverable: (record, { error }) => {
        throw new Error('a record was given up', { cause: error });
      },
    });
    collectGarbage();
    const waits = await onSchedule(count, everyMs, async (index) => {
      const { status } = await producer.send(recordAt(records, index));
      if (status !== 'accepted') throw new Error(`a record was not accepted: ${status}`);
    });
    await producer.close({ timeoutMs: hosts === nowhere ? 0 : 30_000 });
    await rm(directory, { recursive: true });
    return { value: percentile(waits, percent) };
  };
  return {
    ours: () => run(nowhere),
    raw: () => run(brokers),
    details: { valueBytes, everyMs, percent },
    close: folder.remove,
  };
}

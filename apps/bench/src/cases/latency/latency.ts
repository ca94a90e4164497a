import { buffer } from '@holdfast/buffer';
import { createProducer } from '@holdfast/core';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import { collectGarbage, timed, type Sample } from '../../measure/sample.js';
import { percentile } from '../../measure/statistics.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { adapter } from '../clients/kafkajs.js';
import { openKafkajs, sendOne } from '../clients/raw-kafkajs.js';
import { makeRecords, recordAt, type BenchRecord } from '../clients/records.js';
import { BenchTopic } from '../clients/topic.js';
import { ownFolder } from '../journal/folder.js';
import { inTurn, onSchedule } from './waits.js';

const valueBytes = 1024;

export interface LatencyOptions {
  /** The time from one record to the next in ms; `undefined`: each waits for the one before. */
  readonly everyMs: number | undefined;
  readonly percent: number;
  readonly journaled: boolean;
}

/**
 * How long `producer.send` of one record takes until it is acknowledged, against kafkajs's own
 * `send` of one message.
 */
export async function prepareLatency(
  { everyMs, percent, journaled }: LatencyOptions,
  { brokers, topic, records: count }: CaseContext,
): Promise<Prepared> {
  const records = makeRecords(topic, count, valueBytes);
  const written = await BenchTopic.open(brokers, topic);
  const folder = journaled ? await ownFolder() : undefined;
  const ours = await createProducer({
    adapter: adapter(brokers),
    use: [...(folder === undefined ? [] : [journal({ directory: folder.path })]), buffer(), retry()],
    requireBroker: true,
  });
  const raw = await openKafkajs(brokers);

  const run = async (send: (record: BenchRecord) => Promise<unknown>): Promise<Sample> => {
    const sendAt = (index: number): Promise<unknown> => send(recordAt(records, index));
    collectGarbage();
    let waits: number[] = [];
    const timing = await timed(count, async () => {
      waits = await (everyMs === undefined ? inTurn(count, sendAt) : onSchedule(count, everyMs, sendAt));
    });
    return { value: percentile(waits, percent), timing };
  };
  return {
    ours: () => run((record) => ours.send(record)),
    raw: () => run((record) => sendOne(raw, record)),
    details: { valueBytes, percent, ...(everyMs !== undefined && { everyMs }) },
    close: async () => {
      await ours.close();
      await folder?.remove();
      await raw.disconnect();
      await written.remove();
    },
  };
}

import { buffer } from '@holdfast/buffer';
import { createProducer, type Producer, type ProducerRecord } from '@holdfast/core';
import { retry } from '@holdfast/retry';
import { collectGarbage, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { Sink } from '../sink.js';
import { roomy } from './roomy.js';

const fewWaiting = 10_000;

/**
 * What a record costs, in and out again through buffer and retry, when all of a million wait at once, and when the same
 * million goes through in rounds of 10,000.
 */
export function prepareCost(valueBytes: number, context: CaseContext): Promise<Prepared> {
  const rounds = Math.max(1, Math.round(context.records / fewWaiting));
  const total = rounds * fewWaiting;
  const value = Buffer.alloc(valueBytes, 'v');
  const records = Array.from(
    { length: 100_000 },
    (_, index): ProducerRecord => ({ topic: 'orders', key: `key-${index}`, value }),
  );

  const run = async (waiting: number): Promise<Sample> => {
    const sink = new Sink();
    sink.automatic = true;
    const producer = await createProducer({ client: sink, use: [buffer(roomy), retry()] });
    collectGarbage();
    const timing = await timed(total, async () => {
      for (let done = 0; done < total; done += waiting) {
        await inAndOut(producer, records, done, waiting);
      }
    });
    const { delivered } = producer.stats();
    if (delivered !== total) throw new Error(`${delivered} of ${total} records were delivered`);
    await producer.close();
    return { value: timing.cpuNs, timing };
  };

  return Promise.resolve({
    ours: () => run(total),
    raw: () => run(fewWaiting),
    details: { valueBytes, waiting: total, comparedWith: fewWaiting },
    close: () => Promise.resolve(),
  });
}

/** Nothing goes down before all are in: that takes a turn of the event loop. */
async function inAndOut(
  producer: Producer,
  records: readonly ProducerRecord[],
  from: number,
  count: number,
): Promise<void> {
  for (let i = from; i < from + count; i++) {
    const record = records[i % records.length];
    if (record !== undefined) producer.fireAndForget(record);
  }
  await producer.flush({ timeoutMs: 300_000 });
}

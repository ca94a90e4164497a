import { kafkajsAdapter } from '@holdfast/adapter-kafkajs';
import { buffer } from '@holdfast/buffer';
import { createProducer, type Adapter, type Producer, type ProducerRecord } from '@holdfast/core';
import { retry } from '@holdfast/retry';
import { logLevel } from 'kafkajs';
import { collectGarbage, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { Sink } from '../sink.js';
import { recordMaker } from './record-maker.js';
import { roomy } from './roomy.js';

const fewWaiting = 10_000;

/**
 * The cost of a record through buffer and retry, in and out again, when a million wait at once, and
 * when the same million passes in rounds of 10,000. `client`: where they go; default: nowhere,
 * which shows the buffer's own share.
 */
export function prepareCost(
  valueBytes: number,
  context: CaseContext,
  client: () => Adapter = automaticSink,
): Promise<Prepared> {
  const rounds = Math.max(1, Math.round(context.records / fewWaiting));
  const total = rounds * fewWaiting;
  const record = recordMaker(valueBytes, context.topic);

  const run = async (waiting: number): Promise<Sample> => {
    const producer = await createProducer({ adapter: client(), use: [buffer(roomy), retry()] });
    collectGarbage();
    const timing = await timed(total, async () => {
      for (let done = 0; done < total; done += waiting) {
        await inAndOut(producer, record, done, waiting);
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

export function prepareSentCost(valueBytes: number, context: CaseContext): Promise<Prepared> {
  const { brokers } = context;
  const client = (): Adapter =>
    kafkajsAdapter({ clientId: 'bench-backlog', brokers: [...brokers], logLevel: logLevel.NOTHING });
  return prepareCost(valueBytes, context, client);
}

function automaticSink(): Sink {
  const sink = new Sink();
  sink.automatic = true;
  return sink;
}

/** Sends nothing before all records are in: that takes a turn of the event loop. */
async function inAndOut(
  producer: Producer,
  record: (index: number) => ProducerRecord,
  from: number,
  count: number,
): Promise<void> {
  for (let i = from; i < from + count; i++) producer.fireAndForget(record(i));
  await producer.flush({ timeoutMs: 300_000 });
}

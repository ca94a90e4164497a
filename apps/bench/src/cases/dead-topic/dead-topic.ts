import { createProducer, type Producer } from '@holdfast/core';
import { recommended } from 'holdfast';
import { collectGarbage, rateOf, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { adapterOf } from '../clients/adapter-of.js';
import { withPromises } from '../clients/callers.js';
import { makeRecords, recordAt } from '../clients/records.js';
import { topicBeside } from '../topic-beside.js';

const valueBytes = 1024;
const callers = 2_000;
/** Records to the other topic: a tenth of them every 100 ms. */
const besidePerSecond = 1_000;
const turnMs = 100;

/**
 * Both sides send to two topics. On ours, the broker of the second one is down and its records are
 * held.
 */
export async function prepareDeadTopic(
  client: Parameters<typeof adapterOf>[0],
  { brokers, topic, records: count }: CaseContext,
): Promise<Prepared> {
  const records = makeRecords(topic, count, valueBytes);
  const beside = makeRecords('', 10_000, valueBytes);
  const open = async (): Promise<Producer> =>
    createProducer({
      adapter: await adapterOf(client, brokers),
      use: recommended(),
      requireBroker: true,
      deliveryTimeoutMs: Infinity,
    });
  const ours = await open();
  const raw = await open();

  const run = async (producer: Producer, second: string): Promise<Sample> => {
    collectGarbage();
    let sent = 0;
    const stream = setInterval(() => {
      for (let left = (besidePerSecond * turnMs) / 1_000; left > 0; left--) {
        const record = beside[sent++ % beside.length];
        if (record !== undefined) producer.fireAndForget({ ...record, topic: second });
      }
    }, turnMs);
    const timing = await timed(count, () =>
      withPromises(count, callers, (index) => producer.send(recordAt(records, index))),
    );
    clearInterval(stream);
    return { value: rateOf(timing), timing };
  };

  return {
    ours: () => run(ours, topicBeside(topic, 'down')),
    raw: () => run(raw, topicBeside(topic, 'up')),
    details: { valueBytes, callers, besidePerSecond },
    close: async () => {
      await ours.close({ timeoutMs: 0 }).catch(() => undefined);
      await raw.close();
    },
  };
}

import { join } from 'node:path';
import { createProducer, type Producer } from '@holdfast/core';
import { metrics as api } from '@opentelemetry/api';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { recommended } from 'holdfast';
import { collectGarbage, rateOf, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { adapterOf } from '../clients/adapter-of.js';
import { withCallbacks } from '../clients/callers.js';
import { makeRecords } from '../clients/records.js';
import { BenchTopic } from '../clients/topic.js';
import { ownFolder } from '../journal/folder.js';

export type ClientName = 'kafkajs' | 'confluent';
export type Chain = 'in-memory' | 'journal';

const valueBytes = 1_024;
const callers = 2_000;
/** More often than anybody scrapes. */
const exportIntervalMillis = 1_000;

/** Takes what was collected, and keeps nothing: the cost of the network is not measured. */
const nowhere: PushMetricExporter = {
  export: (_metrics, done) => done({ code: 0 }),
  selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** The same chain on both sides. Traces are off, as they have a case of their own. */
export async function prepareWithSdk(
  client: ClientName,
  chain: Chain,
  { brokers, topic, records: count }: CaseContext,
): Promise<Prepared> {
  const reader = new PeriodicExportingMetricReader({ exporter: nowhere, exportIntervalMillis });
  api.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const folder = chain === 'journal' ? await ownFolder() : undefined;
  const open = async (side: string, metrics: false | { traces: false }): Promise<Producer> => {
    const journal = folder === undefined ? false : { directory: join(folder.path, side) };
    return createProducer({
      adapter: await adapterOf(client, brokers),
      use: recommended({ metrics, journal }),
      requireBroker: true,
    });
  };
  const ours = await open('ours', { traces: false });
  const raw = await open('raw', false);
  const written = await BenchTopic.open(brokers, topic);
  const records = makeRecords(topic, count, valueBytes);
  const run = async (producer: Producer): Promise<Sample> => {
    const before = await written.written();
    collectGarbage();
    const timing = await timed(count, () =>
      withCallbacks(count, callers, (index, done) => {
        const record = records[index];
        if (record !== undefined) producer.send(record, done);
      }),
    );
    const arrived = (await written.written()) - before;
    if (arrived !== count) throw new Error(`${arrived} records are in the topic, but ${count} were sent`);
    return { value: rateOf(timing), timing };
  };
  return {
    ours: () => run(ours),
    raw: () => run(raw),
    details: { client, chain, valueBytes, callers, exportIntervalMillis },
    close: async () => {
      await ours.close();
      await raw.close();
      await reader.shutdown();
      await folder?.remove();
      await written.remove();
    },
  };
}

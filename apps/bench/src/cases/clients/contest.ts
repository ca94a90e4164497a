import { join } from 'node:path';
import { buffer } from '@holdfast/buffer';
import { createProducer, type Adapter } from '@holdfast/core';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import { collectGarbage, rateOf, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { ownFolder } from '../journal/folder.js';
import { withCallbacks, withPromises } from './callers.js';
import type { RawUse } from './raw.js';
import { makeRecords } from './records.js';
import { BenchTopic } from './topic.js';
import { fastest } from './tune.js';

/** Records that our side may have out at once, which is what its callers wait for: as the raw side, it gets what suits it. */
const callerCounts = [1_000, 2_000, 5_000];

export interface ContestOptions {
  readonly adapter: (brokers: readonly string[]) => Adapter;
  /** The raw side is the fastest of these. */
  readonly candidates: readonly RawUse[];
  readonly style: 'promises' | 'callbacks';
  readonly valueBytes: number;
  /** Of the records of our side, those that the raw side sends: what is slow need not take all day. Default all. */
  readonly rawShare?: number;
  /** A journal above the buffer. Default none. */
  readonly journaled?: boolean;
}

/** `producer.send` through (journal,) buffer and retry, a record a call, against the client alone. */
export async function prepareContest(options: ContestOptions, context: CaseContext): Promise<Prepared> {
  const { brokers, topic, log, quick } = context;
  const { adapter, candidates, style, valueBytes, rawShare = 1, journaled = false } = options;
  const oursCount = context.records;
  const rawCount = Math.max(1, Math.round(oursCount * rawShare));
  const records = makeRecords(topic, oursCount, valueBytes);
  const written = await BenchTopic.open(brokers, topic);
  const folder = journaled ? await ownFolder() : undefined;
  const outbox = folder === undefined ? [] : [journal({ directory: join(folder.path, 'outbox') })];
  const producer = await createProducer({
    client: adapter(brokers),
    use: [...outbox, buffer(), retry()],
    requireBroker: true,
  });
  const raw = await fastest(quick ? candidates.slice(0, 1) : candidates, brokers, records, rawCount, log);

  const run = async (count: number, work: () => Promise<void>): Promise<Sample> => {
    const before = await written.written();
    collectGarbage();
    const timing = await timed(count, work);
    const arrived = (await written.written()) - before;
    if (arrived !== count) throw new Error(`${arrived} records are in the topic, and ${count} were sent`);
    return { value: rateOf(timing), timing };
  };
  const record = (index: number): (typeof records)[number] => {
    const one = records[index];
    if (one === undefined) throw new RangeError(`no record ${index}`);
    return one;
  };
  const send = {
    promises: (callers: number) => withPromises(oursCount, callers, (index) => producer.send(record(index))),
    callbacks: (callers: number) =>
      withCallbacks(oursCount, callers, (index, done) => producer.send(record(index), done)),
  }[style];
  const ours = await fastest(
    (quick ? callerCounts.slice(-1) : callerCounts).map((callers) => ({
      settings: { callers },
      open: () => Promise.resolve({ send: () => send(callers), close: () => Promise.resolve() }),
    })),
    brokers,
    records,
    oursCount,
    log,
  );

  return {
    ours: () => run(oursCount, () => ours.producer.send(records, oursCount)),
    raw: () => run(rawCount, () => raw.producer.send(records, rawCount)),
    details: { ...raw.use.settings, ...ours.use.settings, rawRecords: rawCount },
    close: async () => {
      await producer.close();
      await folder?.remove();
      await raw.producer.close();
      await written.remove();
    },
  };
}

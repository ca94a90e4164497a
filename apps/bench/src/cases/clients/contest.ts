import { join } from 'node:path';
import { buffer } from '@holdfast/buffer';
import { createProducer, type Adapter, type Producer } from '@holdfast/core';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import type { Details } from '../../measure/result.js';
import { collectGarbage, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { ownFolder } from '../journal/folder.js';
import { withCallbacks, withPromises } from './callers.js';
import { inThisProcess, type RawUse } from './raw.js';
import { makeRecords, recordAt, type BenchRecord } from './records.js';
import { BenchTopic } from './topic.js';
import { fastest, type Tuned } from './tune.js';

/**
 * The most records that our side may have in flight, which is what its callers wait for. Like the
 * raw side, it gets the number that suits it.
 */
const callerCounts = [1_000, 2_000, 5_000];

export interface ContestOptions {
  /** Our side is the fastest of these. */
  readonly adapters: readonly AdapterUse[];
  /** The raw side is the fastest of these. */
  readonly candidates: readonly RawUse[];
  readonly style: 'promises' | 'callbacks';
  readonly valueBytes: number;
  /**
   * The share of our side's records that the raw side sends: a slow one need not take all day.
   * Default all.
   */
  readonly rawShare?: number;
  /** A journal above the buffer. Default none. */
  readonly journaled?: boolean;
}

/** The part that is the same over each client. */
export type Manner = Omit<ContestOptions, 'adapters' | 'candidates'>;

export interface AdapterUse {
  /** The tuned settings. */
  readonly settings: Details;
  readonly make: (brokers: readonly string[]) => Adapter;
}

/**
 * Compares `producer.send` through (journal,) buffer and retry, one record per call, with the
 * client alone.
 */
export async function prepareContest(options: ContestOptions, context: CaseContext): Promise<Prepared> {
  const { brokers, topic, log, quick } = context;
  const { candidates, valueBytes, rawShare = 1, journaled = false } = options;
  const oursCount = context.records;
  const rawCount = Math.max(1, Math.round(oursCount * rawShare));
  const records = makeRecords(topic, oursCount, valueBytes);
  const written = await BenchTopic.open(brokers, topic);
  const folder = journaled ? await ownFolder() : undefined;
  const tuned = (uses: readonly RawUse[], count: number): Promise<Tuned> =>
    fastest(quick ? uses.slice(0, 1) : uses, brokers, records, count, log);
  const raw = await tuned(candidates, rawCount);
  const ours = await tuned(ourUses(options, folder?.path), oursCount);

  const run = async ({ use, producer }: Tuned, count: number): Promise<Sample> => {
    const before = await written.written();
    collectGarbage();
    const sample = await producer.send(records, count);
    const sent = count + (use.warmUp ?? 0);
    const arrived = (await written.written()) - before;
    if (arrived !== sent) throw new Error(`${arrived} records are in the topic, and ${sent} were sent`);
    return sample;
  };
  return {
    ours: () => run(ours, oursCount),
    raw: () => run(raw, rawCount),
    details: { ...raw.use.settings, ...ours.use.settings, rawRecords: rawCount },
    close: async () => {
      await ours.producer.close();
      await folder?.remove();
      await raw.producer.close();
      await written.remove();
    },
  };
}

function ourUses({ adapters, style }: ContestOptions, folder: string | undefined): RawUse[] {
  return adapters.flatMap(({ settings, make }, client) =>
    callerCounts.map((callers) => ({
      settings: { callers, ...settings },
      open: async (brokers) => {
        const directory = folder === undefined ? undefined : join(folder, `${client}-${callers}`);
        const producer = await createProducer({
          adapter: make(brokers),
          use: [...(directory === undefined ? [] : [journal({ directory })]), buffer(), retry()],
          requireBroker: true,
        });
        return inThisProcess(sendEach(producer, style, callers), async () => void (await producer.close()));
      },
    })),
  );
}

const sendEach =
  (producer: Producer, style: ContestOptions['style'], callers: number) =>
  (records: readonly BenchRecord[], count: number): Promise<void> => {
    const record = (index: number): BenchRecord => recordAt(records, index);
    return style === 'promises'
      ? withPromises(count, callers, (index) => producer.send(record(index)))
      : withCallbacks(count, callers, (index, done) => producer.send(record(index), done));
  };

import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { readerCases } from '../reader-cases/reader-cases.js';
import type { ReaderSubject } from '../reader-cases/reader-case.js';
import { runReaderCase } from '../reader-cases/run-reader-case.js';
import type { AdapterCase, MakeAdapter } from '../adapter-cases/adapter-case.js';
import { adapterCases } from '../adapter-cases/adapter-cases.js';
import {
  checkAdapterCases,
  summaryOf,
  whyLeftOut,
  type CaseFailure,
  type CaseLeftOut,
} from '../adapter-cases/case-report.js';
import { disposeOf } from '../adapter-cases/dispose-of.js';
import type { KafkaControl } from '../adapter-cases/kafka-control.js';
import { misplacedKeys, type KeyVector } from '../adapter-cases/partition-equality.js';
import { Traffic, underTraffic } from '../adapter-cases/traffic.js';

/** A case in which brokers die and come back takes long. */
const timeoutMs = 180_000;

export interface OnKafkaSubject {
  /** Appears in the suite's title. */
  readonly name: string;
  /**
   * Called once, before the first case. If the result has `Symbol.asyncDispose`, it is disposed of
   * after the last one.
   */
  readonly control: () => Promise<KafkaControl> | KafkaControl;
  readonly makeAdapter: MakeAdapter;
  /** Default: all. */
  readonly cases?: readonly AdapterCase[];
  /** Runs the `readerCases` for a cluster of this kind. Default: none. */
  readonly reader?: ReaderSubject;
  /**
   * Keys whose partitions are compared with those of Java's client, on a cluster without TLS.
   * Default: none.
   */
  readonly vectors?: readonly KeyVector[];
}

/**
 * Defines a test per case of `adapterCases`, on a real Kafka. While brokers are killed or paused,
 * two producers send (`Traffic`), and one more test checks the results of that. Cases that the
 * control cannot run are skipped with the reason, and counted at the end on stderr.
 */
export function adapterOnKafka(subject: OnKafkaSubject): void {
  const { name, control, makeAdapter, cases = adapterCases, reader, vectors = [] } = subject;
  describe(`${name}: on a real Kafka`, () => {
    const report = { passed: [] as string[], failed: [] as CaseFailure[], leftOut: [] as CaseLeftOut[] };
    let kafka: KafkaControl | undefined;
    let traffic: readonly Traffic[] = [];
    const test = (title: string, run: (kafka: KafkaControl, context: TestContext) => Promise<void>): void =>
      it(
        title,
        async (context) => {
          if (kafka === undefined) throw new Error('there is no control: the hook before has failed');
          await run(kafka, context);
        },
        timeoutMs,
      );

    beforeAll(async () => {
      const given = (kafka = await control());
      if (!cases.some((one) => breaks(one) && whyLeftOut(one, given) === undefined)) return;
      traffic = await Promise.all(
        [true, false].map((idempotent) => Traffic.start(given, { makeAdapter, idempotent })),
      );
    }, timeoutMs);
    afterAll(async () => {
      if (report.leftOut.length > 0) process.stderr.write(`${name}: ${summaryOf(report)}\n`);
      await Promise.all(traffic.map((one) => one.close()));
      await disposeOf(kafka);
    }, timeoutMs);

    for (const one of cases) {
      test(one.name, async (kafka, context) => {
        const { passed, failed, leftOut } = await checkAdapterCases({
          control: breaks(one) ? underTraffic(kafka, traffic) : kafka,
          makeAdapter,
          cases: [one],
        });
        report.passed.push(...passed);
        report.failed.push(...failed);
        report.leftOut.push(...leftOut);
        for (const { problem } of failed) throw new Error(problem);
        for (const { reason } of leftOut) context.skip(reason);
      });
    }

    if (cases.some(breaks)) {
      test('what was sent while brokers died or froze is there, in order, and twice only if unknown', async (_, context) => {
        if (traffic.every(({ sent }) => sent === 0)) context.skip('no case has broken a broker');
        const problems = (await Promise.all(traffic.map((one) => one.end()))).flat();
        if (problems.length > 0) throw new Error(problems.join('\n'));
      });
    }

    const kinds = new Set(cases.map(({ cluster }) => cluster));
    for (const one of readerCases) {
      if (reader === undefined || !kinds.has(one.cluster)) continue;
      test(`readTopic: ${one.name}`, async (kafka, context) => {
        const reason = whyLeftOut({ ...one, steps: [] }, kafka);
        if (reason !== undefined) context.skip(reason);
        await runReaderCase(one, kafka, reader);
      });
    }

    if (vectors.length > 0) {
      test('every key lies in the partition where Java puts it', async (kafka) => {
        const misplaced = await misplacedKeys(vectors, kafka, makeAdapter);
        if (misplaced.length > 0) throw new Error(`in another partition: ${JSON.stringify(misplaced)}`);
      });
    }
  });
}

const breaks = ({ needs = [] }: AdapterCase): boolean => needs.length > 0;

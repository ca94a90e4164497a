import { afterAll, beforeAll, describe, it } from 'vitest';
import { adapterConformanceCases } from './adapter/check-adapter.js';
import type { AdapterSubject } from './adapter/adapter-subject.js';
import type { AdapterCase, MakeAdapter } from './adapter-cases/adapter-case.js';
import { adapterCases } from './adapter-cases/adapter-cases.js';
import {
  checkAdapterCases,
  summaryOf,
  type CaseFailure,
  type CaseLeftOut,
} from './adapter-cases/case-report.js';
import type { KafkaControl } from './adapter-cases/kafka-control.js';
import { runsFrom } from './runs.js';
import { middlewareCases } from './middleware/check-middleware.js';
import type { ConformanceCase } from './conformance/conformance-case.js';
import type { MiddlewareSubject } from './middleware/subject.js';

/** One case may run many generated schedules, as many more as `HOLDFAST_RUNS` says, or connect to a real cluster. */
const timeoutMs = (): number => 120_000 * Math.max(1, runsFrom(50) / 50);
/** Brokers die and come back in one. */
const onKafkaTimeoutMs = 180_000;

/** Defines the suite for a middleware, one test a property of the contract. Call it at the top of a test file. */
export function middlewareConformance(subject: MiddlewareSubject): void {
  suite(`${subject.name}: conformance of a middleware`, middlewareCases(subject));
}

/** Defines the suite for an adapter over a cluster that is up, one test a property of the contract. */
export function adapterConformance(subject: AdapterSubject): void {
  suite(`${subject.name}: conformance of an adapter`, adapterConformanceCases(subject));
}

export interface OnKafkaSubject {
  /** Stands in the title of the suite. */
  readonly name: string;
  /** Asked for once, before the first case. */
  readonly control: () => Promise<KafkaControl> | KafkaControl;
  readonly makeAdapter: MakeAdapter;
  /** Default: all. */
  readonly cases?: readonly AdapterCase[];
}

/**
 * Defines one test for each of `adapterCases`, on a real Kafka. What the control cannot do is skipped, with the reason, and
 * counted at the end, on stderr.
 */
export function adapterOnKafka({ name, control, makeAdapter, cases = adapterCases }: OnKafkaSubject): void {
  describe(`${name}: on a real Kafka`, () => {
    const report = { passed: [] as string[], failed: [] as CaseFailure[], leftOut: [] as CaseLeftOut[] };
    let kafka: KafkaControl | undefined;

    beforeAll(async () => {
      kafka = await control();
    }, onKafkaTimeoutMs);
    afterAll(() => {
      if (report.leftOut.length > 0) process.stderr.write(`${name}: ${summaryOf(report)}\n`);
    });

    for (const one of cases) {
      it(
        one.name,
        async (context) => {
          if (kafka === undefined) throw new Error('there is no control: the hook before has failed');
          const { passed, failed, leftOut } = await checkAdapterCases({
            control: kafka,
            makeAdapter,
            cases: [one],
          });
          report.passed.push(...passed);
          report.failed.push(...failed);
          report.leftOut.push(...leftOut);
          for (const { problem } of failed) throw new Error(problem);
          for (const { reason } of leftOut) context.skip(reason);
        },
        onKafkaTimeoutMs,
      );
    }
  });
}

function suite(title: string, cases: readonly ConformanceCase[]): void {
  describe(title, () => {
    for (const { title, run, notTried } of cases) {
      const define = notTried === undefined ? it : it.skip;
      define(
        notTried === undefined ? title : `${title} (not tried: ${notTried})`,
        async () => {
          const problems = await run();
          if (problems.length > 0) throw new Error(problems.join('\n'));
        },
        timeoutMs(),
      );
    }
  });
}

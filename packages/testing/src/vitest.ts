import { describe, it } from 'vitest';
import { adapterConformanceCases } from './adapter/check-adapter.js';
import type { AdapterSubject } from './adapter/adapter-subject.js';
import { runsFrom } from './property/runs.js';
import { middlewareCases } from './middleware/check-middleware.js';
import type { ConformanceCase } from './conformance/conformance-case.js';
import type { MiddlewareSubject } from './middleware/subject.js';

export { brokersDieOnKafka, type BrokersDieSubject } from './on-kafka/brokers-die.js';
export { adapterOnKafka, type OnKafkaSubject } from './on-kafka/adapter-on-kafka.js';

/**
 * A case may run many generated schedules, scaled by `HOLDFAST_RUNS`, or connect to a real cluster.
 */
const timeoutMs = (): number => 120_000 * Math.max(1, runsFrom(50) / 50);

/**
 * Defines the suite for a middleware, one test per property of the contract. Call it at the top
 * level of a test file.
 */
export function middlewareConformance(subject: MiddlewareSubject): void {
  suite(`${subject.name}: conformance of a middleware`, middlewareCases(subject));
}

/** Defines the suite for an adapter on a running cluster, one test per property of the contract. */
export function adapterConformance(subject: AdapterSubject): void {
  suite(`${subject.name}: conformance of an adapter`, adapterConformanceCases(subject));
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

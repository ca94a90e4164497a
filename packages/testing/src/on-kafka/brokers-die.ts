import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { MakeAdapter } from '../adapter-cases/adapter-case.js';
import { disposeOf } from '../adapter-cases/dispose-of.js';
import type { KafkaControl } from '../adapter-cases/kafka-control.js';
import { Traffic } from '../adapter-cases/traffic.js';

export interface BrokersDieSubject {
  /** Appears in the suite's title. */
  readonly name: string;
  /**
   * A cluster of three brokers. If it has `Symbol.asyncDispose`, it is disposed of after the last
   * test.
   */
  readonly control: () => Promise<KafkaControl> | KafkaControl;
  readonly makeAdapter: MakeAdapter;
  /** With idempotence no record may be duplicated, not even an `unknown` one. Default false. */
  readonly exactlyOnce?: boolean;
}

const lanes = 60;
/** Number of records delivered between two faults. */
const between = 300;
/** The first broker stays dead for longer than a client waits for it. */
const longDeadMs = 6_000;
const timeoutMs = 600_000;

/**
 * Defines two tests, with and without idempotence, that take minutes: many senders at full speed
 * while the brokers are killed and restarted, first one by one, then all at once.
 */
export function brokersDieOnKafka({
  name,
  control,
  makeAdapter,
  exactlyOnce = false,
}: BrokersDieSubject): void {
  describe(`${name}: brokers are killed and come back while many send`, () => {
    let kafka: KafkaControl;
    beforeAll(async () => void (kafka = await control()), timeoutMs);
    afterAll(() => disposeOf(kafka), timeoutMs);

    it.each([true, false])(
      'nothing is lost, out of order or twice without a reason (idempotent: %s)',
      async (idempotent) => {
        const traffic = await Traffic.start(kafka, { makeAdapter, idempotent, lanes });
        await traffic.during(async () => {
          for (let id = 1; id <= kafka.size; id++) {
            await traffic.more(between);
            await kafka.kill(id);
            if (id === 1) await sleep(longDeadMs);
            await traffic.more(between);
            await kafka.start(id);
          }
          await traffic.more(between);
          await kafka.killAll();
          await kafka.startAll();
        });
        const problems = await traffic.end();
        if (exactlyOnce && idempotent && traffic.duplicated > 0)
          problems.push(`${traffic.duplicated} records are there twice`);
        if (problems.length > 0) throw new Error(problems.join('\n'));
      },
      timeoutMs,
    );
  });
}

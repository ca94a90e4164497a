import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { MakeAdapter } from './adapter-case.js';
import { disposeOf } from './dispose-of.js';
import type { KafkaControl } from './kafka-control.js';
import { Traffic } from './traffic.js';

export interface BrokersDieSubject {
  /** Stands in the title of the suite. */
  readonly name: string;
  /** Of three brokers. What has `Symbol.asyncDispose` is disposed of after the last test. */
  readonly control: () => Promise<KafkaControl> | KafkaControl;
  readonly makeAdapter: MakeAdapter;
  /** With idempotence nothing is there twice, not even what was unknown once. Default false. */
  readonly exactlyOnce?: boolean;
}

const lanes = 60;
/** Records that are delivered in between. */
const between = 300;
/** The first broker stays dead for longer than a client waits for it. */
const longDeadMs = 6_000;
const timeoutMs = 600_000;

/**
 * Defines two tests of minutes, with idempotence and without: many senders at full speed while one broker after the other is
 * killed and comes back, and then all at once.
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

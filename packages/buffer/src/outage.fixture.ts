import type { Delivered } from '@holdfast/core';
import type { Delivery, Settle } from '@holdfast/core/stage';
import { createDelivery, testEnv, type FakeClock, type TestEnv } from '@holdfast/testing';
import { buffer } from './buffer.js';
import type { BufferOptions } from './options.js';

/** How the brokers of a topic behave. */
export type Health =
  /** They answer after `answerMs`. */
  | 'well'
  /** They never answer; each call is repeated after `timeoutMs`, as retry does. */
  | 'paused'
  /** They refuse at once, and retry repeats the call again and again. */
  | 'refusing';

export interface OutageOptions {
  readonly clock: FakeClock;
  /**
   * In a topic that is well, records whose key starts with `dead` go to a partition that never
   * answers.
   */
  readonly topics: Readonly<Record<string, Health>>;
  readonly buffer?: BufferOptions;
}

const answerMs = 5;
const timeoutMs = 2_000;
const backoffMs = 100;

const delivered: Delivered = { status: 'delivered', topic: '', partition: 0, offset: 0, timestamp: 0 };

type Call = ReturnType<TestEnv['calls']['started']>;

/**
 * A buffer above a stand-in for retry, an adapter and brokers together, as far as the buffer can
 * tell.
 */
export class Outage {
  readonly stage;
  readonly delivered = new Map<string, number>();
  private readonly env;
  private readonly next = new Map<Delivery, () => void>();

  constructor(private readonly options: OutageOptions) {
    this.env = testEnv({ clock: options.clock });
    this.stage = buffer(options.buffer).bind((batch, settle) => this.call(batch, settle), this.env);
  }

  /** Calls `then` when the record is settled. */
  send(topic: string, key: string | null, then: () => void = () => undefined): void {
    const now = this.options.clock.now();
    const delivery = createDelivery({ topic, key, value: 'v' }, { createdAt: now, deadline: now + 600_000 });
    this.next.set(delivery, then);
    this.stage.send([delivery], (settled) => {
      for (const one of settled) this.settled(one);
    });
  }

  private settled(one: Delivery): void {
    const then = this.next.get(one);
    this.next.delete(one);
    if (one.outcome?.status === 'delivered') {
      const { topic } = one.record;
      this.delivered.set(topic, (this.delivered.get(topic) ?? 0) + 1);
    }
    then?.();
  }

  /** One call of the adapter. Its first answer is that of the first topic to answer. */
  private call(batch: readonly Delivery[], settle: Settle): void {
    const { clock } = this.options;
    const call = this.env.calls.started();
    for (const [topic, some] of byTopic(batch)) {
      const health = this.options.topics[topic] ?? 'well';
      const dead = some.filter(({ record }) => health !== 'well' || isDead(record.key));
      const well = some.filter((one) => !dead.includes(one));
      if (well.length > 0) {
        clock.after(answerMs, () => {
          for (const one of well) one.outcome = delivered;
          settle([...well]);
          this.env.calls.answered(call);
        });
      }
      if (dead.length > 0) this.fail(call, health);
    }
  }

  /** Ends the call without delivering anything, and repeats it after a while. */
  private fail(call: Call, health: Health): void {
    const { clock } = this.options;
    clock.after(health === 'refusing' ? answerMs : timeoutMs, () => {
      this.env.calls.answered(call);
      clock.after(backoffMs, () => this.fail(this.env.calls.started(), health));
    });
  }
}

const isDead = (key: Uint8Array | null): boolean =>
  key !== null && Buffer.from(key).toString().startsWith('dead');

function byTopic(batch: readonly Delivery[]): Map<string, Delivery[]> {
  const topics = new Map<string, Delivery[]>();
  for (const one of batch) {
    const some = topics.get(one.record.topic);
    if (some === undefined) topics.set(one.record.topic, [one]);
    else some.push(one);
  }
  return topics;
}

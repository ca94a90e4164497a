import { ProducerError, type Adapter, type Outcome } from '@holdfast/core';
import {
  failed,
  FlushTracker,
  fork,
  untilDeadline,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import { memoryKafka, type MemoryKafka } from '../memory/memory-kafka.js';
import { copy, type Bind } from './stages.fixture.js';

export const secondKafka = (): MemoryKafka => memoryKafka({ topics: { orders: 3, events: 3 }, latencyMs: 2 });

/** What certainly was not written goes to a second cluster. */
export class FailoverStage implements Stage {
  private readonly tracker = new FlushTracker();
  private closed = false;

  constructor(
    private readonly next: Send,
    private readonly env: Env,
    private readonly second: Adapter,
  ) {}

  start(signal: AbortSignal): void {
    this.second.connect(this.env, signal).catch(() => undefined); // it goes on trying by itself
  }

  send(batch: Delivery[], settle: Settle): void {
    for (const { createdAt } of batch) this.tracker.add(createdAt);
    const up: Settle = (settled) => {
      for (const { createdAt } of settled) this.tracker.remove(createdAt);
      settle(settled);
    };
    this.next(batch, (settled) => {
      if (this.closed) return up(settled);
      const again = settled.filter(({ outcome }) => outcome?.status === 'failed');
      const done = settled.filter((one) => !again.includes(one));
      if (done.length > 0) up(done);
      if (again.length > 0) this.second.send(again, up);
    });
  }

  async flush(deadline: number): Promise<void> {
    await untilDeadline(this.tracker.drained(this.env.clock.now()), deadline, this.env.clock);
  }

  async close(deadline: number): Promise<void> {
    await this.flush(deadline);
    this.closed = true;
    await this.second.disconnect(deadline);
  }
}

/** A copy of each record goes to a topic of its own; nobody hears what becomes of it. */
export const mirror: Bind = (next) => ({
  send(batch, settle) {
    const copies = batch.map(({ createdAt, deadline, record }) => {
      const twin = copy(record);
      twin.topic = `mirror.${record.topic}`;
      return fork({ createdAt, deadline }, twin);
    });
    next(batch, settle);
    next(copies, () => undefined);
  },
});

/** What was delivered once, by key and value, is not sent again: its receipt is that of the first. */
export const dedup: Bind = (next) => {
  const delivered = new Map<string, Outcome>();
  const id = ({ record }: Delivery): string => `${String(record.key)} ${String(record.value)}`;
  return {
    send(batch, settle) {
      const known = batch.filter((one) => delivered.has(id(one)));
      for (const one of known) one.outcome = delivered.get(id(one));
      const fresh = batch.filter((one) => !known.includes(one));
      if (known.length > 0) settle(known);
      if (fresh.length === 0) return;
      next(fresh, (settled) => {
        for (const one of settled)
          if (one.outcome?.status === 'delivered') delivered.set(id(one), one.outcome);
        settle(settled);
      });
    },
  };
};

/** Says `delivered` of what failed, and keeps it nowhere. */
export const boast: Bind = (next) => ({
  send(batch, settle) {
    next(batch, (settled) => {
      for (const one of settled) {
        if (one.outcome?.status !== 'failed') continue;
        const { topic, timestamp } = one.record;
        one.outcome = { status: 'delivered', topic, partition: 0, offset: 0, timestamp };
      }
      settle(settled);
    });
  },
});

/** Says `failed` of a record that was delivered here, because its copy elsewhere was not. */
export const allOrNothing: Bind = (next) => ({
  send(batch, settle) {
    next(batch, (settled) => {
      for (const one of settled) {
        if (one.outcome?.status === 'delivered')
          one.outcome = failed(new ProducerError('BROKER_UNREACHABLE', 'the second cluster is down'));
      }
      settle(settled);
    });
  },
});

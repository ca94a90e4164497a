import type { Adapter, AdapterCapabilities } from '../contract/adapter.js';
import type { Delivery } from '../contract/delivery.js';
import { ProducerError } from '../contract/error.js';
import type { Settle } from '../contract/middleware.js';
import { failed, type Delivered, type Outcome } from '../contract/outcome.js';

export interface HeldCall {
  readonly batch: readonly Delivery[];
  readonly settle: Settle;
}

/** An adapter that answers only when the test says so. */
export class HeldAdapter implements Adapter {
  readonly name: string = 'held';
  readonly capabilities: AdapterCapabilities = { offsets: true, acks: 'all', idempotent: false };
  /** Every call so far. */
  readonly calls: HeldCall[] = [];
  readonly done: string[] = [];
  private open: HeldCall[] = [];

  connect(): Promise<void> {
    this.done.push('connect');
    return Promise.resolve();
  }

  send(batch: Delivery[], settle: Settle): void {
    const call = { batch: [...batch], settle };
    this.calls.push(call);
    this.open.push(call);
  }

  flush(_deadline: number): Promise<void> {
    this.done.push('flush');
    return Promise.resolve();
  }

  disconnect(_deadline: number): Promise<void> {
    this.done.push('disconnect');
    return Promise.resolve();
  }

  /** Answers all open calls. */
  answer(outcomeOf: (delivery: Delivery, index: number) => Outcome = delivered): void {
    const open = this.open;
    this.open = [];
    for (const { batch, settle } of open) {
      for (const [index, delivery] of batch.entries()) delivery.outcome = outcomeOf(delivery, index);
      settle([...batch]);
    }
  }

  /** The values of all records handed in so far, as text. */
  get values(): string[] {
    return this.calls.flatMap(({ batch }) => batch.map(textOf));
  }
}

export const textOf = ({ record }: Delivery): string =>
  record.value === null ? 'null' : Buffer.from(record.value).toString();

export const delivered = ({ record }: Delivery, index = 0): Delivered => ({
  status: 'delivered',
  topic: record.topic,
  partition: 0,
  offset: index,
  timestamp: record.timestamp,
});

export const refused = (): Outcome =>
  failed(new ProducerError('LEADER_UNAVAILABLE', 'no leader', { retriable: true }));

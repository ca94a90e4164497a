import type { EventHub } from '../chain/event-hub.js';
import type { CallBack, SendCallback } from './completion.js';
import { contain, isThenable } from '../foreign/contain.js';
import type { Delivery } from '../contract/delivery.js';
import type { FailedRecords } from './failed-records.js';
import type { Logger } from '../contract/logger.js';
import { nameOf } from '../foreign/name-of.js';
import type { DeliveryError } from '../contract/delivery-error.js';
import type { Delivered, Failed, Receipt, Unknown } from '../contract/outcome.js';
import type { GivenRecord, SerializedRecord } from '../contract/record.js';

/**
 * Called for every record that ended as `failed` or `unknown`. `original` is present when the
 * record was refused before it was serialized; `record` then has its topic alone.
 */
export type UndeliverableHandler<K, V> = (
  record: SerializedRecord,
  outcome: Failed | Unknown,
  original?: GivenRecord<K, V>,
) => void;

export interface ReportsOptions<K, V> {
  readonly events: EventHub;
  readonly logger: Logger;
  readonly failures: FailedRecords<K, V>;
  readonly onUndeliverable: UndeliverableHandler<K, V> | undefined;
  wallTime(): number;
  originalOf(record: SerializedRecord): GivenRecord<K, V> | undefined;
}

/**
 * Calls the user's callbacks and listeners. What they throw does not reach the chain, and none runs
 * inside a call of the user's own.
 */
export class Reports<K, V> {
  /** Greater than 0 while a call of the user's is on the stack: callbacks then run afterwards. */
  insideCall = 0;

  constructor(private readonly options: ReportsOptions<K, V>) {}

  /** Calls the callback of a `send`, most of the time without a closure. */
  readonly callBack: CallBack = (callback, error, receipt) => {
    if (this.insideCall > 0) return this.callUser(() => tell(callback, error, receipt));
    try {
      const result = tell(callback, error, receipt);
      if (isThenable(result)) Promise.resolve(result).catch(this.threw);
    } catch (thrown) {
      this.threw(thrown);
    }
  };

  undelivered({ record }: Delivery, outcome: Failed | Unknown): void {
    const { events, failures, onUndeliverable } = this.options;
    const given = this.options.originalOf(record);
    const original = given === undefined ? {} : { original: given };
    failures.add({ record, outcome, ...original, at: this.options.wallTime() });
    if (events.has('failed')) events.emit('failed', { record, outcome, ...original });
    if (onUndeliverable !== undefined) this.callUser(() => onUndeliverable(record, outcome, given));
  }

  settled(batch: readonly Delivery[]): void {
    const { events } = this.options;
    if (!events.has('delivered')) return;
    const outcomes = batch
      .map(({ outcome }) => outcome)
      .filter((one): one is Delivered => one?.status === 'delivered');
    if (outcomes.length > 0) events.emit('delivered', { outcomes });
  }

  /** Runs a function of the user's, after the user's own call when one is on the stack. */
  private callUser(run: () => unknown): void {
    if (this.insideCall > 0) queueMicrotask(() => contain(run, this.threw));
    else contain(run, this.threw);
  }

  private readonly threw = (error: unknown): void => {
    this.options.logger.error('a callback of the user threw', { error: nameOf(error) });
    this.options.events.emit('callbackError', { error });
  };
}

// A failure has one argument, as is usual in Node.js. An async callback returns a promise.
const tell = (callback: SendCallback, error: DeliveryError | null, receipt: Receipt | undefined): unknown =>
  receipt === undefined ? callback(error) : callback(error, receipt);

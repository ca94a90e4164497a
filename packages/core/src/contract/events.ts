import type { Delivery } from './delivery.js';
import type { ProducerError } from './error.js';
import type { Delivered, Failed, Outcome, Unknown } from './outcome.js';
import type { SerializedRecord } from './record.js';

/**
 * A record that the adapter has settled, as listeners see it. Read it during the event: a stage may
 * send the record again afterwards.
 */
export type Attempted = Pick<Delivery, 'record' | 'outcome' | 'attempts' | 'createdAt'>;

/** One settlement by the adapter, of one call or a part of it. */
export interface Attempt {
  readonly adapter: string;
  /** The brokers that the client was configured with, as `host:port`; empty when unknown. */
  readonly servers: readonly string[];
  readonly records: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly outcomes: { readonly [status in Outcome['status']]?: number };
  /** Undelivered records by error code. */
  readonly errors: { readonly [code: string]: number };
  readonly settled: readonly Attempted[];
}

/** How long the records of one batch waited in one stage before it passed them on. */
export interface Waited {
  /** The stage's name, or `'room'`: the wait queue, for room in the chain or for a serializer. */
  readonly stage: string;
  readonly records: number;
  /** The sum over all records of the batch. */
  readonly totalMs: number;
  readonly longestMs: number;
}

/**
 * Event names and payloads. A middleware's package adds its own by declaration merging:
 * `declare module '@holdfast/core' { interface ProducerEvents { 'breaker.open': … } }`.
 */
export interface ProducerEvents {
  /**
   * A record was not delivered; `producer.failed` keeps the last ones. `original` is the record as
   * the user passed it, present when it was refused before serialization; `record` is then a
   * placeholder.
   */
  failed: {
    readonly record: SerializedRecord;
    readonly outcome: Failed | Unknown;
    readonly original?: unknown;
  };
  /** Each settlement of the adapter, retries included. */
  attempt: Attempt;
  /**
   * A stage passed on a batch that it had received in an earlier call. The adapter's own time is in
   * `attempt`. Costs nothing without a listener; a record that a stage took before the listener was
   * added counts from its `send`.
   */
  waited: Waited;
  connected: { readonly adapter: string };
  disconnected: { readonly adapter: string; readonly error: ProducerError };
  /**
   * A broker reported that the client exceeds its quota. `ms` is the broker's own figure for how
   * long the client is throttled.
   */
  throttled: { readonly adapter: string; readonly ms: number };
  /**
   * A stage broke the contract: it settled a delivery twice, never, or without an outcome; or it
   * threw `error`.
   */
  violation: { readonly stage: string; readonly message: string; readonly error?: unknown };
  /** A callback or listener of the user threw. */
  callbackError: { readonly error: unknown };
  closed: { readonly failed: number; readonly unknown: number; readonly kept: number };
  /** Records were delivered; emitted per settlement. Costs nothing without a listener. */
  delivered: { readonly outcomes: readonly Delivered[] };
}

export type EventName = keyof ProducerEvents;
export type Listener<E extends EventName> = (payload: ProducerEvents[E]) => void;

/** Listeners by event name. */
export type Listeners = { readonly [E in EventName]?: Listener<E> };

export interface EventSink {
  /** Returns whether the event has a listener: build a costly payload only then. */
  has(name: EventName): boolean;
  /** Adds a listener; returns the function that removes it. */
  on<E extends EventName>(name: E, listener: Listener<E>): () => void;
  /** Calls the listeners synchronously, and publishes on `diagnostics_channel`. */
  emit<E extends EventName>(name: E, payload: ProducerEvents[E]): void;
}

import type { Delivery } from './delivery.js';
import type { ProducerError } from './error.js';
import type { Delivered, Failed, Outcome, Unknown } from './outcome.js';
import type { SerializedRecord } from './record.js';

/** What is seen of a record that the adapter has settled. Read it during the event: a stage may try the record again afterwards. */
export type Attempted = Pick<Delivery, 'record' | 'outcome' | 'attempts' | 'createdAt'>;

/** One settlement by the adapter of (a part of) one call. */
export interface Attempt {
  readonly adapter: string;
  /** `host:port` of the brokers that the client was given; empty when the adapter does not say. */
  readonly servers: readonly string[];
  readonly records: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly outcomes: { readonly [status in Outcome['status']]?: number };
  /** How often each error code came, of those that were not delivered. */
  readonly errors: { readonly [code: string]: number };
  readonly settled: readonly Attempted[];
}

/** How long the records of one batch stood in one stage before it handed them on. */
export interface Waited {
  /** The stage's name; `'room'`: the wait queue, for room in the chain or for a serializer. */
  readonly stage: string;
  readonly records: number;
  /** The sum over the records. */
  readonly totalMs: number;
  readonly longestMs: number;
}

/**
 * Event names and payloads. A middleware's package adds its own by declaration merging:
 * `declare module '@holdfast/core' { interface ProducerEvents { 'breaker.open': … } }`.
 */
export interface ProducerEvents {
  /**
   * A record ended without being delivered; `producer.failed` keeps the last ones. `original`: the record as it was given,
   * when it was refused before it became bytes; `record` has then no more than its topic.
   */
  failed: {
    readonly record: SerializedRecord;
    readonly outcome: Failed | Unknown;
    readonly original?: unknown;
  };
  /** Each settlement of the adapter, retries included. */
  attempt: Attempt;
  /**
   * A stage handed a batch on that it had not been handed in this call. The adapter's own time is in `attempt`. Costs nothing unless
   * listened to; what a stage took before that counts from `send` on.
   */
  waited: Waited;
  connected: { readonly adapter: string };
  disconnected: { readonly adapter: string; readonly error: ProducerError };
  /**
   * A broker has answered that the client is beyond its quota, and for how long that holds it back: the broker's own figure.
   */
  throttled: { readonly adapter: string; readonly ms: number };
  /** A stage broke the contract: a delivery settled twice, never, or without an outcome; or it threw `error`. */
  violation: { readonly stage: string; readonly message: string; readonly error?: unknown };
  /** A callback or listener of the user's threw. */
  callbackError: { readonly error: unknown };
  closed: { readonly failed: number; readonly unknown: number; readonly kept: number };
  /** Records were delivered, per settlement; costs nothing unless listened to. */
  delivered: { readonly outcomes: readonly Delivered[] };
}

export type EventName = keyof ProducerEvents;
export type Listener<E extends EventName> = (payload: ProducerEvents[E]) => void;

/** Listeners by the name of their event. */
export type Listeners = { readonly [E in EventName]?: Listener<E> };

export interface EventSink {
  /** True when somebody listens: build a costly payload only then. */
  has(name: EventName): boolean;
  /** Returns the function that removes the listener. */
  on<E extends EventName>(name: E, listener: Listener<E>): () => void;
  emit<E extends EventName>(name: E, payload: ProducerEvents[E]): void;
}

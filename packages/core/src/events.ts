import { channel, type Channel } from 'node:diagnostics_channel';
import type { Delivered, Failed, Outcome, Unknown } from './outcome.js';
import type { ProducerError } from './error.js';
import type { Logger } from './logger.js';
import type { SerializedRecord } from './record.js';

/** One settlement by the adapter of (a part of) one call. */
export interface Attempt {
  readonly adapter: string;
  readonly records: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly outcomes: { readonly [status in Outcome['status']]?: number };
  /** How often each error code came, of those that were not delivered. */
  readonly errors: { readonly [code: string]: number };
}

/**
 * Event names and payloads. A middleware's package adds its own by declaration merging:
 * `declare module '@holdfast/core' { interface ProducerEvents { 'breaker.open': … } }`.
 */
export interface ProducerEvents {
  /** A record ended without being delivered; `producer.failed` keeps the last ones. */
  failed: { readonly record: SerializedRecord; readonly outcome: Failed | Unknown };
  /** Each settlement of the adapter, retries included. */
  attempt: Attempt;
  connected: { readonly adapter: string };
  disconnected: { readonly adapter: string; readonly error: ProducerError };
  /** A stage broke the contract: a delivery settled twice, never, or without an outcome. */
  violation: { readonly stage: string; readonly message: string };
  /** A callback or listener of the user's threw. */
  callbackError: { readonly error: unknown };
  closed: { readonly failed: number; readonly unknown: number };
  /** Records were delivered, per settlement; costs nothing unless listened to. */
  delivered: { readonly outcomes: readonly Delivered[] };
}

export type EventName = keyof ProducerEvents;
export type Listener<E extends EventName> = (payload: ProducerEvents[E]) => void;

export interface EventSink {
  /** True when somebody listens: build a costly payload only then. */
  has(name: EventName): boolean;
  emit<E extends EventName>(name: E, payload: ProducerEvents[E]): void;
}

type AnyListener = (payload: never) => void;

/** Typed events, also published on `diagnostics_channel` as `holdfast:<name>`. A listener that throws hurts nobody else. */
export class EventHub implements EventSink {
  private readonly listeners = new Map<EventName, readonly AnyListener[]>();
  private readonly channels = new Map<EventName, Channel>();

  constructor(private readonly logger: Logger) {}

  /** Returns the function that removes the listener. */
  on<E extends EventName>(name: E, listener: Listener<E>): () => void {
    this.listeners.set(name, [...this.of(name), listener]);
    return () => this.off(name, listener);
  }

  off<E extends EventName>(name: E, listener: Listener<E>): void {
    this.listeners.set(
      name,
      this.of(name).filter((one) => one !== listener),
    );
  }

  has(name: EventName): boolean {
    return this.of(name).length > 0 || this.channel(name).hasSubscribers;
  }

  emit<E extends EventName>(name: E, payload: ProducerEvents[E]): void {
    for (const listener of this.of(name)) this.call(name, listener, payload);
    const channel = this.channel(name);
    if (channel.hasSubscribers) channel.publish(payload);
  }

  private of(name: EventName): readonly AnyListener[] {
    return this.listeners.get(name) ?? [];
  }

  // `on` has paired name and listener; a map cannot say so to the type checker.
  private call(name: EventName, listener: AnyListener, payload: unknown): void {
    try {
      Reflect.apply(listener, undefined, [payload]);
    } catch (error) {
      this.logger.error(`a listener of '${name}' threw`, {
        error: error instanceof Error ? error.name : typeof error,
      });
      if (name !== 'callbackError') this.emit('callbackError', { error });
    }
  }

  private channel(name: EventName): Channel {
    let found = this.channels.get(name);
    if (found === undefined) this.channels.set(name, (found = channel(`holdfast:${name}`)));
    return found;
  }
}

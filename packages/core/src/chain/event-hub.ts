import { ConfigurationError } from '../contract/configuration-error.js';
import { channel, type Channel } from 'node:diagnostics_channel';
import type { EventName, EventSink, Listener, Listeners, ProducerEvents } from '../contract/events.js';
import type { Logger } from '../contract/logger.js';
import { contain } from '../foreign/contain.js';
import { nameOf } from '../foreign/name-of.js';

type AnyListener = (payload: never) => unknown;

interface Heard {
  readonly listeners: readonly AnyListener[];
  readonly channel: Channel;
}

/**
 * Typed events, also published on `diagnostics_channel` as `holdfast:<name>`. A listener that
 * throws hurts nobody else.
 */
export class EventHub implements EventSink {
  private readonly heard = new Map<string, Heard>();

  constructor(private readonly logger: Logger) {}

  on<E extends EventName>(name: E, listener: Listener<E>): () => void {
    if (typeof listener !== 'function') {
      const problem = `the listener of '${name}' must be a function`;
      throw new ConfigurationError('INVALID_OPTIONS', problem, { field: 'listener', problems: [problem] });
    }
    this.listen(name, [...this.of(name).listeners, listener]);
    return () => this.off(name, listener);
  }

  onAll(listeners: Listeners): void {
    for (const [name, listener] of Object.entries(listeners)) {
      if (listener !== undefined) this.listen(name, [...this.of(name).listeners, listener]);
    }
  }

  /** Removes one registration of the listener. */
  off<E extends EventName>(name: E, listener: Listener<E>): void {
    const { listeners } = this.of(name);
    const index = listeners.findIndex((one) => one === listener);
    if (index >= 0) this.listen(name, listeners.toSpliced(index, 1));
  }

  has(name: EventName): boolean {
    const { listeners, channel } = this.of(name);
    return listeners.length > 0 || channel.hasSubscribers;
  }

  emit<E extends EventName>(name: E, payload: ProducerEvents[E]): void {
    const { listeners, channel } = this.of(name);
    for (const listener of listeners) this.call(name, listener, payload);
    if (channel.hasSubscribers) channel.publish(payload);
  }

  private of(name: string): Heard {
    return this.heard.get(name) ?? this.listen(name, []);
  }

  private listen(name: string, listeners: readonly AnyListener[]): Heard {
    const heard = { listeners, channel: this.heard.get(name)?.channel ?? channel(`holdfast:${name}`) };
    this.heard.set(name, heard);
    return heard;
  }

  // `on` has paired name and listener; a map cannot say so to the type checker.
  private call(name: EventName, listener: AnyListener, payload: unknown): void {
    contain(
      () => Reflect.apply(listener, undefined, [payload]),
      (error) => {
        this.logger.error(`a listener of '${name}' threw`, { error: nameOf(error) });
        if (name !== 'callbackError') this.emit('callbackError', { error });
      },
    );
  }
}

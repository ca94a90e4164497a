import type { ProducerError } from '@holdfast/core';
import type { Clock } from '@holdfast/core/stage';
import { connectError } from '../errors.js';
import type { Broker } from '../cluster/broker.js';
import type { ProduceRequest } from './produce-request.js';

export interface RequestQueueOptions {
  readonly clock: Clock;
  readonly maxInFlight: number;
  /** Sends one request; resolves when it has been results. */
  readonly send: (broker: Broker, request: ProduceRequest) => Promise<void>;
  /** Its broker cannot be reached; nothing was written. Called later, never inside `push`. */
  readonly refuse: (requests: readonly ProduceRequest[], error: ProducerError) => void;
}

/** Requests to one broker, first in, first out; only so many are on their way. */
export class RequestQueue {
  private waiting: ProduceRequest[] = [];
  private inFlight = 0;
  /** On their way and not encoded yet. */
  private readonly encoding = new Set<ProduceRequest>();
  private connecting = false;
  private scheduled = false;

  constructor(
    readonly broker: Broker,
    private readonly options: RequestQueueOptions,
  ) {}

  push(request: ProduceRequest): void {
    this.waiting.push(request);
    this.pump();
  }

  /** Those that have not been sent, out of the queue, as the partitions they are for may have a new leader. */
  takeWaiting(): ProduceRequest[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  private readonly pump = (): void => {
    this.scheduled = false;
    const [request] = this.waiting;
    if (request === undefined || this.inFlight >= this.options.maxInFlight) return;
    if (!this.broker.connected) return this.connectFirst();
    // Until then what waits can still be given up as certainly not written.
    if (this.broker.congested) return this.broker.onDrain(this.pump);
    // Codecs may work in threads of their own: of two requests the smaller one would be written first.
    for (const one of this.encoding) if (one.sharesPartition(request)) return;
    this.waiting.shift();
    this.inFlight++;
    this.encoding.add(request);
    request.whenEncoded = () => {
      this.encoding.delete(request);
      this.pumpSoon();
    };
    void this.options.send(this.broker, request).finally(() => {
      this.encoding.delete(request);
      this.inFlight--;
      this.pump();
    });
    // Encoding a request of a MiB takes milliseconds: the event loop has a turn before the next.
    this.pumpSoon();
  };

  private pumpSoon(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    this.options.clock.soon(this.pump);
  }

  private connectFirst(): void {
    if (this.connecting) return;
    this.connecting = true;
    void this.connected().then((error) => {
      this.connecting = false;
      if (error === undefined) return this.pump();
      const refused = this.takeWaiting();
      if (refused.length > 0) this.options.refuse(refused, error);
    });
  }

  private async connected(): Promise<ProducerError | undefined> {
    const { broker } = this;
    try {
      if (broker.retryAt > this.options.clock.now() && broker.lastError !== undefined)
        return broker.lastError;
      await broker.connect();
      return undefined;
    } catch (error) {
      return connectError(error, broker.address, true);
    }
  }
}

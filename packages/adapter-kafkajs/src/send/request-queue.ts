import type { ProducerError } from '@holdfast/core';
import type { Clock } from '@holdfast/core/stage';
import { connectError } from '../errors.js';
import type { Link } from '../cluster/broker.js';
import type { Request } from './produce-request.js';

export interface RequestQueueOptions {
  readonly clock: Clock;
  readonly maxInFlight: number;
  /** Sends one request; resolves when it has been judged. */
  readonly send: (link: Link, request: Request) => Promise<void>;
  /** Its broker cannot be reached; nothing was written. Called later, never inside `push`. */
  readonly refuse: (requests: readonly Request[], error: ProducerError) => void;
}

/** Requests to one broker, first in, first out; only so many are on their way. */
export class RequestQueue {
  private waiting: Request[] = [];
  private inFlight = 0;
  /** On their way and not encoded yet. */
  private readonly encoding = new Set<Request>();
  private connecting = false;
  private scheduled = false;

  constructor(
    readonly link: Link,
    private readonly options: RequestQueueOptions,
  ) {}

  push(request: Request): void {
    this.waiting.push(request);
    this.pump();
  }

  /** Those that have not been sent, out of the queue, as the partitions they are for may have a new leader. */
  takeWaiting(): Request[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  private readonly pump = (): void => {
    this.scheduled = false;
    const [request] = this.waiting;
    if (request === undefined || this.inFlight >= this.options.maxInFlight) return;
    if (!this.link.connected) return this.connectFirst();
    // Until then what waits can still be given up as certainly not written.
    if (this.link.congested) return this.link.onDrain(this.pump);
    // Codecs may work in threads of their own: of two requests the smaller one would be written first.
    for (const one of this.encoding) if (one.sharesPartition(request)) return;
    this.waiting.shift();
    this.inFlight++;
    this.encoding.add(request);
    request.whenEncoded = () => {
      this.encoding.delete(request);
      this.pumpSoon();
    };
    void this.options.send(this.link, request).finally(() => {
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
    const { link } = this;
    try {
      if (link.retryAt > this.options.clock.now() && link.lastError !== undefined) return link.lastError;
      await link.connect();
      return undefined;
    } catch (error) {
      return connectError(error, link.address, true);
    }
  }
}

import type { ProducerError } from '@holdfast/core';
import { DeferredTask, RingQueue } from '@holdfast/core/internal';
import type { Clock } from '@holdfast/core/stage';
import { connectError } from '../client/kafkajs-errors.js';
import type { Broker } from '../cluster/broker.js';
import type { ProduceRequest } from './produce-request.js';

export interface RequestQueueListener {
  /**
   * The turn of `request` has come: sends it. Resolves when its results are known and handled;
   * never rejects.
   */
  send(request: ProduceRequest, broker: Broker): Promise<void>;
  /** The broker cannot be reached, and nothing was written. Called later, never inside `push`. */
  unreachable(requests: readonly ProduceRequest[], error: ProducerError): void;
}

export interface RequestQueueOptions {
  readonly clock: Clock;
  readonly maxInFlight: number;
  readonly listener: RequestQueueListener;
}

/** Requests to one broker, first in, first out. At most `maxInFlight` are in flight. */
export class RequestQueue {
  private readonly waiting = new RingQueue<ProduceRequest>();
  private inFlight = 0;
  /** In flight and not encoded yet. */
  private readonly encoding = new Set<ProduceRequest>();
  private connecting = false;
  private readonly deferredPump: DeferredTask;

  constructor(
    readonly broker: Broker,
    private readonly options: RequestQueueOptions,
  ) {
    this.deferredPump = new DeferredTask(options.clock, this.pump);
  }

  push(request: ProduceRequest): void {
    this.waiting.push(request);
    this.pump();
  }

  /**
   * Removes and returns the requests that have not been sent. Their partitions may have another
   * leader.
   */
  takeWaiting(): ProduceRequest[] {
    return this.waiting.takeAll();
  }

  private readonly pump = (): void => {
    const { broker, options } = this;
    const request = this.waiting.first;
    if (request === undefined || this.inFlight >= options.maxInFlight) return;
    if (!broker.connected) return this.connectFirst();
    // What waits here can still be given up as certainly not written.
    if (broker.congested) return broker.onDrain(this.pump);
    // Codecs may work in threads of their own: of two requests the smaller one would be written
    // first.
    for (const one of this.encoding) if (one.sharesPartition(request)) return;
    this.waiting.shift();
    this.inFlight++;
    this.encoding.add(request);
    request.whenEncoded = () => {
      this.encoding.delete(request);
      this.pumpSoon();
    };
    void options.listener.send(request, broker).finally(() => {
      this.encoding.delete(request);
      this.inFlight--;
      this.pump();
    });
    // Encoding a request of a MiB takes milliseconds: the event loop has a turn before the next
    // one.
    this.pumpSoon();
  };

  private pumpSoon(): void {
    if (this.waiting.length > 0) this.deferredPump.schedule();
  }

  private connectFirst(): void {
    if (this.connecting) return;
    this.connecting = true;
    void this.connected().then((error) => {
      this.connecting = false;
      if (error === undefined) return this.pump();
      const refused = this.takeWaiting();
      if (refused.length > 0) this.options.listener.unreachable(refused, error);
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

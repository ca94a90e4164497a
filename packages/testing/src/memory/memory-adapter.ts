import { defaultPartitioner, ProducerError, type Adapter, type Outcome } from '@holdfast/core';
import { brokerError, type AdapterCapabilities } from '@holdfast/core/adapter';
import {
  failed,
  recordBytes,
  systemClock,
  unknown,
  type BaseEnv,
  type Clock,
  type Delivery,
  type EventSink,
  type Settle,
  type Timer,
} from '@holdfast/core/stage';
import { InFlight } from './in-flight.js';
import type { ClusterClient, MemoryCluster } from './memory-cluster.js';

/** A batch on its way to the cluster. */
interface Request {
  readonly settle: Settle;
  /** Not settled. */
  flights: readonly Flight[];
  timer: Timer | undefined;
  /** Received by a cluster that does not respond. */
  unanswered: boolean;
  /** The cluster went down before it arrived. */
  lost: boolean;
}

interface Flight {
  readonly delivery: Delivery;
  readonly settle: Settle;
  /** The partition, or why there is none; decided before it is sent. */
  readonly place: number | ProducerError;
}

const stage = 'memory';

/** The adapter of `memoryKafka`, which settles records as the real adapters do. */
export class MemoryAdapter implements Adapter, ClusterClient {
  readonly name = stage;
  readonly capabilities: AdapterCapabilities = { offsets: true, acks: 'all', idempotent: false };
  private readonly requests = new Set<Request>();
  private clock: Clock = systemClock;
  private inFlight = new InFlight<Flight>(systemClock);
  private events: EventSink | undefined;
  private closed = false;

  constructor(private readonly cluster: MemoryCluster) {}

  connect({ clock, events }: BaseEnv): Promise<void> {
    this.clock = clock;
    this.inFlight = new InFlight(clock);
    this.events = events;
    this.cluster.join(this);
    if (!this.cluster.isUp) return Promise.reject(unreachable());
    this.connectionBack();
    return Promise.resolve();
  }

  send(batch: Delivery[], settle: Settle): void {
    const place = this.placer();
    const flights = batch.map((delivery): Flight => ({ delivery, settle, place: place(delivery) }));
    if (flights.length === 0) return;
    for (const flight of flights) this.inFlight.add(flight);
    const request: Request = { settle, flights, timer: undefined, unanswered: false, lost: false };
    this.requests.add(request);
    const { isUp, latencyMs } = this.cluster;
    const arrive =
      isUp && !this.closed
        ? (): void => this.arrive(request)
        : (): void => this.answer(request, () => this.refusal());
    if (latencyMs === 0) this.clock.soon(arrive);
    else this.wait(request, this.clock.now() + latencyMs, arrive);
  }

  flush(deadline: number): Promise<void> {
    return this.inFlight.drained(deadline);
  }

  async disconnect(deadline: number): Promise<void> {
    await this.inFlight.drained(deadline);
    const late = new ProducerError('CLOSE_TIMEOUT', 'disconnected before the answer came', { stage });
    for (const request of [...this.requests]) this.answer(request, () => unknown(late));
    this.closed = true;
    this.cluster.leave(this);
  }

  connectionLost(writesInFlight: boolean): void {
    const error = new ProducerError('CONNECTION_LOST', 'the connection broke; the record may be written', {
      retriable: true,
      stage,
    });
    this.events?.emit('disconnected', { adapter: stage, error });
    for (const request of [...this.requests]) {
      request.lost = true;
      if (writesInFlight) for (const flight of request.flights) this.write(flight);
      // down() is not called by the event loop, and nothing may settle inside the call.
      this.clock.soon(() => this.answer(request, () => unknown(error)));
      request.timer?.cancel();
    }
  }

  answersAgain(): void {
    for (const request of [...this.requests]) {
      if (!request.unanswered) continue;
      request.timer?.cancel();
      this.clock.soon(() => this.arrive(request));
    }
  }

  connectionBack(): void {
    this.events?.emit('connected', { adapter: stage });
  }

  stats(): { readonly inFlight: number } {
    return { inFlight: this.inFlight.size };
  }

  private arrive(request: Request): void {
    if (request.lost) return;
    request.unanswered = this.cluster.isSilent;
    if (request.unanswered) this.wait(request, Infinity, () => undefined);
    else this.answer(request, (flight) => this.write(flight));
  }

  /**
   * Delivers the request at `at` (monotonic ms). Until then, each record ends at its own deadline.
   */
  private wait(request: Request, at: number, arrive: () => void): void {
    const now = this.clock.now();
    const leftMs = this.msLeft(request);
    if (at - now < leftMs) request.timer = this.clock.after(at - now, arrive);
    else if (leftMs < Infinity) {
      request.timer = this.clock.after(leftMs, () => {
        this.giveUpLate(request);
        if (this.requests.has(request)) this.wait(request, at, arrive);
      });
    }
  }

  private giveUpLate(request: Request): void {
    const isLate = ({ delivery }: Flight): boolean => delivery.deadline <= this.clock.now();
    const late = request.flights.filter(isLate);
    request.flights = request.flights.filter((flight) => !isLate(flight));
    if (request.flights.length === 0) this.requests.delete(request);
    const error = new ProducerError('DELIVERY_TIMEOUT', 'no answer came before the delivery deadline', {
      stage,
    });
    this.settle(request, late, () => unknown(error));
  }

  private msLeft({ flights }: Request): number {
    const first = flights.reduce((least, { delivery }) => Math.min(least, delivery.deadline), Infinity);
    return Math.max(0, first - this.clock.now());
  }

  private answer(request: Request, outcome: (flight: Flight) => Outcome): void {
    if (!this.requests.delete(request)) return;
    request.timer?.cancel();
    this.settle(request, request.flights, outcome);
  }

  private settle(
    { settle }: Request,
    flights: readonly Flight[],
    outcome: (flight: Flight) => Outcome,
  ): void {
    for (const flight of flights) {
      flight.delivery.outcome = outcome(flight);
      this.inFlight.remove(flight);
    }
    settle(flights.map(({ delivery }) => delivery));
  }

  private write({ delivery: { record }, place }: Flight): Outcome {
    if (typeof place !== 'number') return failed(place);
    if (recordBytes(record) > this.cluster.maxMessageBytes) {
      return failed(brokerError(10, { topic: record.topic, partition: place, stage }));
    }
    const { topic, partition, offset, timestamp } = this.cluster.log.append(record, place);
    return { status: 'delivered', topic, partition, offset, timestamp };
  }

  private refusal(): Outcome {
    if (!this.closed) return failed(unreachable());
    return failed(new ProducerError('CLOSED', 'the adapter is disconnected', { stage }));
  }

  private placer(): (delivery: Delivery) => number | ProducerError {
    const choose = defaultPartitioner(this.cluster.random);
    return ({ record }) => {
      const { topic, partition } = record;
      const count = this.cluster.partitionsOf(topic);
      if (count === undefined) return brokerError(3, { topic, stage });
      if (partition === undefined) {
        return choose(record, {
          topic,
          count,
          available: Array.from({ length: count }, (_, index) => index),
        });
      }
      if (partition < count) return partition;
      return new ProducerError(
        'UNKNOWN_PARTITION',
        `topic '${topic}' has no partition ${partition} (the record asks for it): it has ${count}, from 0`,
        { field: 'partition', stage },
      );
    };
  }
}

const unreachable = (): ProducerError =>
  new ProducerError('BROKER_UNREACHABLE', 'the Kafka in memory is down; call up()', {
    retriable: true,
    stage,
  });

import { defaultPartitioner, ProducerError, type Adapter, type Outcome } from '@holdfast/core';
import type { AdapterCapabilities } from '@holdfast/core/adapter';
import {
  failed,
  unknown,
  type BaseEnv,
  type Clock,
  type Delivery,
  type Settle,
  type Timer,
} from '@holdfast/core/stage';
import { InFlight } from '../memory/in-flight.js';
import { seededRandom } from '../property/seed.js';
import { TopicLog, type LoggedRecord } from '../memory/topic-log.js';
import { LaneGauge } from './lane-gauge.js';
import { stepFunction, type Script, type Step } from './step.js';

export interface ScriptedAdapterOptions {
  readonly clock: Clock;
  /** Default: delivers each record in the next turn. */
  readonly script?: Script;
  /** Partitions of all topics, or by topic; other topics have 3. Default 3. */
  readonly partitions?: number | { readonly [topic: string]: number };
  /** Seed for the partition that keyless records stick to per batch. Default 1. */
  readonly seed?: number;
  /** Default `'scripted'`. */
  readonly name?: string;
  /** Default: offsets per record, acks from all replicas, not idempotent. */
  readonly capabilities?: Partial<AdapterCapabilities>;
  /** Replaces `connect`. Default: resolves at once. */
  readonly connect?: () => Promise<void>;
}

/** One record of one call, and its result. */
export interface ScriptedAttempt {
  readonly delivery: Delivery;
  readonly partition: number;
  /** The record in the log, once it is written. */
  written: LoggedRecord | undefined;
  outcome: Outcome | undefined;
  /** Monotonic ms. */
  settledAt: number | undefined;
}

export interface ScriptedCall {
  /** Monotonic ms. */
  readonly at: number;
  /** In the order of the batch. */
  readonly attempts: readonly ScriptedAttempt[];
}

export interface ScriptedAdapter extends Adapter {
  /** The records that were in fact written. */
  readonly log: TopicLog;
  /** All calls of `send`, oldest first. */
  readonly calls: readonly ScriptedCall[];
  /** Number of records that are not settled. */
  readonly inFlight: number;
  /**
   * Number of pending writes of requests that were given up. They happen even after `disconnect`.
   */
  readonly lateWrites: number;
  /** The highest number of unsettled records so far. */
  readonly maxInFlight: number;
  /** The highest number of concurrent calls with a record of the same lane: 1 if lanes are kept. */
  readonly maxInFlightPerLane: number;
  /** Returns the same for one lane, see `Delivery.lane`. */
  maxInFlightOfLane(lane: number): number;
  connected: boolean;
  /** Applies from the next call on. */
  script: Script;
}

interface Flight extends ScriptedAttempt {
  readonly settle: Settle;
  readonly step: Step;
  readonly leaveLane: (delivery: Delivery) => void;
}

/** Returns an adapter that follows a script, record by record, on the given clock. */
export function scriptedAdapter(options: ScriptedAdapterOptions): ScriptedAdapter {
  return new Scripted(options);
}

class Scripted implements ScriptedAdapter {
  readonly name: string;
  readonly capabilities: AdapterCapabilities;
  readonly log = new TopicLog();
  readonly calls: ScriptedCall[] = [];
  connected = false;
  maxInFlight = 0;
  lateWrites = 0;
  script: Script;
  private readonly clock: Clock;
  private readonly flights: InFlight<Flight>;
  private readonly lanes = new LaneGauge();
  private readonly attempts = new WeakMap<Delivery, number>();
  private readonly random: () => number;
  private readonly answers = new Set<Timer>();
  private closed = false;

  constructor(private readonly options: ScriptedAdapterOptions) {
    this.name = options.name ?? 'scripted';
    this.capabilities = { offsets: true, acks: 'all', idempotent: false, ...options.capabilities };
    this.script = options.script ?? [];
    this.clock = options.clock;
    this.flights = new InFlight(options.clock);
    this.random = seededRandom(options.seed ?? 1);
  }

  get inFlight(): number {
    return this.flights.size;
  }

  get maxInFlightPerLane(): number {
    return this.lanes.max;
  }

  maxInFlightOfLane(lane: number): number {
    return this.lanes.maxOfLane(lane);
  }

  async connect({ events }: BaseEnv): Promise<void> {
    await this.options.connect?.();
    this.connected = true;
    events.emit('connected', { adapter: this.name });
  }

  send(batch: Delivery[], settle: Settle): void {
    const attempts: Flight[] = [];
    const call = this.calls.push({ at: this.clock.now(), attempts }) - 1;
    const partition = this.partitioner();
    const leaveLane = this.lanes.enter(batch);
    const script = stepFunction(this.script);
    try {
      for (const [index, delivery] of batch.entries()) {
        const attempt = (this.attempts.get(delivery) ?? 0) + 1;
        this.attempts.set(delivery, attempt);
        const context = {
          call,
          index,
          batchSize: batch.length,
          attempt,
          partition: partition(delivery),
          now: this.clock.now(),
        };
        const step = this.refusal(delivery, context.partition) ?? script(delivery, context);
        if (step.fault === 'throws') throw step.error ?? new Error('the scripted adapter throws');
        attempts.push(this.take({ delivery, settle, step, leaveLane, partition: context.partition }));
      }
    } finally {
      for (const rest of batch.slice(attempts.length)) leaveLane(rest);
      this.schedule(attempts);
    }
  }

  flush(deadline: number): Promise<void> {
    return this.flights.drained(deadline);
  }

  async disconnect(deadline: number): Promise<void> {
    await this.flights.drained(deadline);
    const error = new ProducerError(
      'CLOSE_TIMEOUT',
      `'${this.name}' was disconnected before Kafka answered`,
      {
        stage: this.name,
      },
    );
    for (const flight of this.flights.all()) {
      if (flight.step.fault === 'never') continue;
      flight.outcome = unknown(error);
      this.settle([flight]);
    }
    for (const timer of this.answers) timer.cancel();
    this.answers.clear();
    this.connected = false;
    this.closed = true;
  }

  stats(): { readonly [name: string]: number } {
    return { calls: this.calls.length, inFlight: this.inFlight };
  }

  private take(given: Pick<Flight, 'delivery' | 'settle' | 'step' | 'leaveLane' | 'partition'>): Flight {
    const flight: Flight = { ...given, written: undefined, outcome: undefined, settledAt: undefined };
    this.flights.add(flight);
    this.maxInFlight = Math.max(this.maxInFlight, this.flights.size);
    const { outcome = 'delivered', written = outcome === 'delivered', writeAfterMs = 0 } = given.step;
    if (written && writeAfterMs === 0) this.write(flight);
    else if (written) this.writeLater(flight, writeAfterMs);
    if (given.step.early) given.delivery.outcome = this.outcomeOf(flight);
    return flight;
  }

  private writeLater(flight: Flight, ms: number): void {
    this.lateWrites++;
    this.clock.after(ms, () => {
      this.lateWrites--;
      this.write(flight);
    });
  }

  private write(flight: Flight): LoggedRecord {
    return (flight.written ??= this.log.append(flight.delivery.record, flight.partition));
  }

  private schedule(flights: readonly Flight[]): void {
    const groups = new Map<string, Flight[]>();
    for (const flight of [...flights].sort((a, b) => (a.step.part ?? 0) - (b.step.part ?? 0))) {
      const { fault, delayMs = 0, part = 0 } = flight.step;
      if (fault === 'hangs' || fault === 'never') continue;
      const key = `${fault === 'sync' ? 'sync' : delayMs}/${part}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [flight]);
      else group.push(flight);
    }
    for (const group of groups.values()) {
      const { fault, delayMs = 0 } = group[0]?.step ?? {};
      if (fault === 'sync') this.answer(group);
      else if (delayMs === 0) this.clock.soon(() => this.answer(group));
      else this.answerAfter(delayMs, group);
    }
  }

  private answerAfter(ms: number, flights: readonly Flight[]): void {
    const timer = this.clock.after(ms, () => {
      this.answers.delete(timer);
      this.answer(flights);
    });
    this.answers.add(timer);
  }

  private answer(flights: readonly Flight[]): void {
    const open = flights.filter((flight) => this.flights.has(flight));
    for (const flight of open)
      flight.outcome = flight.step.fault === 'no-outcome' ? undefined : this.outcomeOf(flight);
    this.settle(open);
    const again = open.filter(({ step }) => step.fault === 'twice');
    for (const { settle, delivery } of again) this.clock.soon(() => settle([delivery]));
  }

  private settle(flights: readonly Flight[]): void {
    const bySettle = new Map<Settle, Delivery[]>();
    for (const flight of flights) {
      flight.settledAt = this.clock.now();
      flight.delivery.outcome = flight.outcome;
      flight.leaveLane(flight.delivery);
      this.flights.remove(flight);
      const batch = bySettle.get(flight.settle);
      if (batch === undefined) bySettle.set(flight.settle, [flight.delivery]);
      else batch.push(flight.delivery);
    }
    for (const [settle, batch] of bySettle) settle(batch);
  }

  private outcomeOf(flight: Flight): Outcome {
    const { outcome = 'delivered', error } = flight.step;
    if (outcome === 'failed') return failed(error ?? leaderUnavailable());
    if (outcome === 'unknown') return unknown(error ?? timedOut());
    const { topic, partition, offset, timestamp } = this.write(flight);
    return { status: 'delivered', topic, partition, offset, timestamp };
  }

  /** Fills in the defaults of a step. */
  private refusal({ record }: Delivery, partition: number): Step | undefined {
    if (this.closed) {
      return {
        outcome: 'failed',
        error: new ProducerError('CLOSED', 'the adapter is disconnected', { stage: this.name }),
      };
    }
    const count = this.partitionsOf(record.topic);
    if (partition < count) return undefined;
    const message = `topic '${record.topic}' has no partition ${partition}: it has ${count}, from 0`;
    return {
      outcome: 'failed',
      error: new ProducerError('UNKNOWN_PARTITION', message, { field: 'partition', stage: this.name }),
    };
  }

  private partitionsOf(topic: string): number {
    const { partitions = 3 } = this.options;
    return typeof partitions === 'number' ? partitions : (partitions[topic] ?? 3);
  }

  private partitioner(): (delivery: Delivery) => number {
    const choose = defaultPartitioner(this.random);
    return ({ record }) => {
      if (record.partition !== undefined) return record.partition;
      const count = this.partitionsOf(record.topic);
      const available = Array.from({ length: count }, (_, partition) => partition);
      return choose(record, { topic: record.topic, count, available });
    };
  }
}

const leaderUnavailable = (): ProducerError =>
  new ProducerError('LEADER_UNAVAILABLE', 'the scripted leader is not there', { retriable: true });

const timedOut = (): ProducerError =>
  new ProducerError('REQUEST_TIMED_OUT', 'the scripted request timed out', { retriable: true });

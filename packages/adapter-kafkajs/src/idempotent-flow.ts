/**
 * Idempotent producing, done here because kafkajs's own loses records: it takes the sequence number of a request that got
 * no answer back and gives it to the next one, which the broker then takes for a repetition of the first and acknowledges
 * without writing it.
 *
 * Invariants
 * - A partition has at most one lot on its way. Its sequence is `next` when it goes first, and never changes.
 * - A lot whose request had no answer, or an answer that leaves open whether it was written, is sent again as it is, under
 *   the same id and sequence, until a broker says that it has it or a delivery in it has come to its deadline. Only so can
 *   the broker tell.
 * - `next` moves on when a lot is delivered, and stays when it certainly was not written.
 * - A lot that is given up unanswered, or a broker that has lost track, ends the partition's use of that producer id. The
 *   next lot waits for a new id and starts at 0.
 * - Nothing is ever sent without an id.
 */
import { failed, ProducerError, unknown, type Clock, type Timer } from '@holdfast/core';
import { connectError, stage } from './errors.js';
import {
  endAtDeadline,
  pastDeadline,
  splitIfRefused,
  stopFollowers,
  stopsItsLine,
  type Flow,
  type FlowOptions,
} from './flow.js';
import type { ProducerId } from './kafkajs-internals.js';
import type { Lot } from './lot.js';
import { applyVerdict, type Judged, type Verdict } from './request.js';

const largestSequence = 2 ** 31 - 1;
/** Before an unanswered lot goes again: Java's `retry.backoff.ms` and `retry.backoff.max.ms`. */
const shortestWaitMs = 100;
const longestWaitMs = 1_000;

/**
 * The broker has lost track of the id (its log was truncated or is empty), or refuses it: OUT_OF_ORDER_SEQUENCE_NUMBER,
 * DUPLICATE_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, UNKNOWN_PRODUCER_ID, PRODUCER_FENCED.
 */
const lostTrack: readonly (number | undefined)[] = [45, 46, 47, 49, 59, 90];

interface PartitionState {
  waiting: Lot[];
  sending: boolean;
  id: ProducerId | undefined;
  next: number;
}

export interface IdempotentFlowOptions extends FlowOptions {
  readonly clock: Clock;
  readonly producerId: () => Promise<ProducerId>;
}

export class IdempotentFlow implements Flow {
  private readonly partitions = new Map<string, PartitionState>();
  /** The newest id. Partitions that were sent to under an older one stay with it. */
  private id: ProducerId | undefined;
  private asking = false;
  /** Of lots that will be sent again. */
  private readonly again = new Set<Timer>();

  constructor(private readonly options: IdempotentFlowOptions) {}

  submit(lots: readonly Lot[]): void {
    for (const lot of lots) this.stateOf(lot).waiting.push(lot);
    this.release(lots.map((lot) => this.stateOf(lot)));
  }

  judged(judged: readonly Judged[]): void {
    const ended: Lot[] = [];
    for (const { lot, verdict } of judged) {
      const state = this.stateOf(lot);
      if (verdict.status === 'unknown') lot.unanswered ??= verdict.error;
      lot.encoded = false;
      if (!lot.settled && this.mayGoAgain(lot, verdict)) this.sendAgain(lot);
      else ended.push(...this.end(lot, verdict, state));
    }
    this.options.outstanding.finish(ended);
    this.release(judged.map(({ lot }) => this.stateOf(lot)));
  }

  /** Its partition stays taken until its verdict comes: only that says what the next sequence is. */
  expire(lot: Lot): void {
    this.options.outstanding.finish(endAtDeadline(lot));
    this.release([this.stateOf(lot)]);
  }

  /**
   * A partition that began anew under the id it had would repeat its sequence numbers, and a broker
   * would take new records for old ones: the next one to begin gets a new id.
   */
  forget(topics: ReadonlySet<string>): void {
    for (const [name, { sending, waiting }] of this.partitions) {
      if (sending || waiting.length > 0 || !topics.has(name.slice(0, name.lastIndexOf('/')))) continue;
      this.partitions.delete(name);
      this.id = undefined;
    }
  }

  stop(): void {
    for (const timer of this.again) timer.cancel();
    this.again.clear();
  }

  /** Nothing but the same bytes under the same sequence can tell whether it was written. */
  private mayGoAgain(lot: Lot, verdict: Verdict): boolean {
    if (verdict.status === 'delivered' || lot.unanswered === undefined || !verdict.error.retriable)
      return false;
    return this.options.clock.now() + waitMs(lot) < lot.deadline;
  }

  private sendAgain(lot: Lot): void {
    const wait = waitMs(lot);
    lot.attempts++;
    const timer = this.options.clock.after(wait, () => {
      this.again.delete(timer);
      if (!lot.settled) this.options.dispatch([lot]);
      else this.judged([{ lot, verdict: pastDeadline(lot) }]);
    });
    this.again.add(timer);
  }

  /** The partition is free for its next lot. Answers with those that have their outcome now. */
  private end(lot: Lot, verdict: Verdict, state: PartitionState): Lot[] {
    state.sending = false;
    if (verdict.status === 'delivered') {
      state.next = lot.firstSequence + lot.deliveries.length;
      applyVerdict(lot, verdict);
      return [lot];
    }
    const split = splitIfRefused(lot, verdict, this.options);
    if (split !== undefined) {
      state.waiting.unshift(...split.again);
      return [...split.ended];
    }
    const hasLostTrack = lostTrack.includes(verdict.error.kafka?.code);
    if (lot.unanswered !== undefined || lot.hungUp || lot.settled || hasLostTrack) this.endId(state);
    const outcome =
      lot.unanswered !== undefined && !lot.hungUp
        ? unknown(lot.unanswered)
        : hasLostTrack
          ? failed(underANewId(verdict.error))
          : verdict;
    applyVerdict(lot, outcome);
    if (!stopsItsLine(outcome)) return [lot];
    const followers = stopFollowers(lot, outcome);
    state.waiting = state.waiting.filter((one) => !followers.includes(one));
    return [lot, ...followers];
  }

  private endId(state: PartitionState): void {
    if (this.id === state.id) this.id = undefined;
    state.id = undefined;
  }

  private release(states: Iterable<PartitionState>): void {
    const lots: Lot[] = [];
    for (const state of new Set(states)) {
      if (state.waiting[0]?.settled) state.waiting = state.waiting.filter(({ settled }) => !settled);
      const lot = state.sending ? undefined : state.waiting[0];
      if (lot === undefined) continue;
      if (state.id !== undefined && state.next + lot.deliveries.length > largestSequence) this.endId(state);
      if (state.id === undefined && !this.giveId(state)) continue;
      state.waiting.shift();
      state.sending = true;
      lot.producer = state.id;
      lot.firstSequence = state.next;
      lots.push(lot);
    }
    if (lots.length > 0) this.options.dispatch(lots);
  }

  private giveId(state: PartitionState): boolean {
    if (this.id === undefined) {
      this.askForId();
      return false;
    }
    state.id = this.id;
    state.next = 0;
    return true;
  }

  private askForId(): void {
    if (this.asking) return;
    this.asking = true;
    this.options.producerId().then(
      (id) => {
        this.asking = false;
        this.id = { producerId: id.producerId, producerEpoch: id.producerEpoch };
        this.release(this.withoutId());
      },
      (thrown: unknown) => {
        this.asking = false;
        this.failWaiting(connectError(thrown, 'the cluster', true));
      },
    );
  }

  private failWaiting(error: ProducerError): void {
    const lots = this.withoutId().flatMap((state) => state.waiting.splice(0));
    for (const lot of lots) applyVerdict(lot, failed(error));
    this.options.outstanding.finish(lots);
  }

  private withoutId(): PartitionState[] {
    return [...this.partitions.values()].filter(({ id, sending }) => id === undefined && !sending);
  }

  private stateOf({ topic, partition }: Lot): PartitionState {
    const name = `${topic}/${partition}`; // no topic has a slash in its name
    let state = this.partitions.get(name);
    if (state === undefined) {
      state = { waiting: [], sending: false, id: undefined, next: 0 };
      this.partitions.set(name, state);
    }
    return state;
  }
}

const waitMs = ({ attempts }: Lot): number =>
  Math.min(longestWaitMs, shortestWaitMs * 2 ** Math.min(attempts, 10));

/** Refused for its id alone: it can be sent under a new one. */
const underANewId = ({ code, message, kafka }: ProducerError): ProducerError =>
  new ProducerError(code, message, { kafka, stage, retriable: true });

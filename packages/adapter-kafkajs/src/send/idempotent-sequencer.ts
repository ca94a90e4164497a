/**
 * Idempotent producing, done here because kafkajs's own loses records: it takes the sequence number of a request that got
 * no answer back and gives it to the next one, which the broker then takes for a repetition of the first and acknowledges
 * without writing it.
 *
 * Invariants, beside those of {@link Window}, which has a partition's sequence numbers
 * - A lot whose request had no answer, or an answer that leaves open whether it was written, is sent again as it is, under
 *   the same id and sequence, until a broker says that it has it or a delivery in it has come to its deadline. Only so can
 *   the broker tell.
 * - What a broker refuses behind another lot that was not written is certainly not written. It fails with that one when
 *   that one may be tried again, so that it does not overtake it; else it waits, as if it had not been sent.
 * - A lot that is given up unanswered, or a broker that has lost track, ends the partition's use of that producer id. What was
 *   sent under it is resolved under it; then the next lot waits for a new id and starts at 0.
 * - Nothing is sent without an id, unless the cluster refuses ids and `plain` is there to go on without.
 */
import type { ProducerId } from '../wire/encode-batch.js';
import type { Failed, ProducerError, Unknown } from '@holdfast/core';
import { failed, unknown, type Clock, type Timer } from '@holdfast/core/stage';
import { connectError, refusesIds } from '../errors.js';
import {
  endAtDeadline,
  notWritten,
  splitIfRefused,
  stopFollowers,
  stopsItsLine,
  type Flow,
  type FlowOptions,
} from './sequencer.js';
import type { Lot } from './record-batch.js';
import { applyVerdict, type Judged, type Verdict } from './produce-request.js';
import { mostUnresolved, underANewId, Window } from './sequence-window.js';

/** Before an unanswered lot goes again: Java's `retry.backoff.ms` and `retry.backoff.max.ms`. */
const shortestWaitMs = 100;
const longestWaitMs = 1_000;

const outOfOrder = 45;

/**
 * The broker has lost track of the id (its log was truncated or is empty), or refuses it: DUPLICATE_SEQUENCE_NUMBER,
 * INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, UNKNOWN_PRODUCER_ID, PRODUCER_FENCED.
 */
const lostTrack: readonly (number | undefined)[] = [46, 47, 49, 59, 90];

export interface IdempotentFlowOptions extends FlowOptions {
  readonly clock: Clock;
  /** Requests on their way to one broker; of one partition no more than five, whatever this says. */
  readonly maxInFlight: number;
  readonly producerId: () => Promise<ProducerId>;
  /** How to go on when the cluster refuses producer ids; without it, records fail then. */
  readonly without?: { readonly plain: Flow; readonly refused: (error: ProducerError) => void } | undefined;
}

export class IdempotentFlow implements Flow {
  private readonly topics = new Map<string, Map<number, Window>>();
  private readonly most: number;
  /** The newest id. Partitions that were sent to under an older one stay with it. */
  private id: ProducerId | undefined;
  private asking = false;
  /** Takes what begins anew, once the cluster has refused an id. */
  private plain: Flow | undefined;
  /** Until what has no answer goes again. */
  private readonly pauses = new Map<Window, Timer>();

  constructor(private readonly options: IdempotentFlowOptions) {
    this.most = Math.min(options.maxInFlight, mostUnresolved);
  }

  get idempotent(): boolean {
    return this.plain === undefined;
  }

  submit(lots: readonly Lot[]): void {
    for (const lot of lots) this.windowOf(lot).push(lot);
    this.release(this.windowsOf(lots));
  }

  judged(judged: readonly Judged[]): void {
    const own = judged.filter(({ lot }) => lot.producer !== undefined);
    if (own.length < judged.length)
      this.plain?.judged(judged.filter(({ lot }) => lot.producer === undefined));
    const ended: Lot[] = [];
    for (const { lot, verdict } of own) {
      if (verdict.status === 'unknown') lot.unanswered ??= verdict.error;
      lot.encoded = false;
      ended.push(...this.settle(lot, verdict, this.windowOf(lot)));
    }
    this.goOn(this.windowsOf(own.map(({ lot }) => lot)), ended);
  }

  mayGo(lot: Lot, connection: object): boolean {
    return lot.producer === undefined || this.windowOf(lot).mayGo(lot, connection);
  }

  takenBack(lots: readonly Lot[]): void {
    this.goOn(this.windowsOf(lots), []);
  }

  /** Its sequence stays in use until its verdict comes: only that says what the next one is. */
  expire(lot: Lot): void {
    this.options.outstanding.finish(endAtDeadline(lot));
    this.goOn([this.windowOf(lot)], []);
  }

  /**
   * A partition that began anew under the id it had would repeat its sequence numbers, and a broker
   * would take new records for old ones: the next one to begin gets a new id.
   */
  forget(topics: ReadonlySet<string>): void {
    for (const topic of topics) {
      const windows = this.topics.get(topic);
      for (const [partition, window] of windows ?? []) {
        if (!window.isIdle) continue;
        windows?.delete(partition);
        this.id = undefined;
      }
      if (windows?.size === 0) this.topics.delete(topic);
    }
  }

  stop(): void {
    for (const timer of this.pauses.values()) timer.cancel();
    this.pauses.clear();
  }

  /** Answers with the lots that have their outcome now. */
  private settle(lot: Lot, verdict: Verdict, window: Window): readonly Lot[] {
    if (verdict.status === 'delivered') {
      window.written(lot);
      applyVerdict(lot, verdict);
      return [lot];
    }
    const { error } = verdict;
    const isOpen = lot.unanswered !== undefined;
    if (isOpen && this.mayGoAgain(lot, error)) {
      window.goesAgain(lot);
      if (verdict.status === 'failed') return failWaiting(window, notWritten(error));
    } else if (!isOpen && error.kafka?.code === outOfOrder) window.outOfOrder(lot, error);
    else if (!isOpen && !lot.settled && this.goesWithout(error)) window.refusedForItsId(lot);
    else return this.conclude(lot, verdict, window);
    return [];
  }

  private conclude(lot: Lot, verdict: Failed | Unknown, window: Window): readonly Lot[] {
    const split = splitIfRefused(lot, verdict, this.options);
    if (split !== undefined) {
      window.refused(lot, split.again);
      return split.ended;
    }
    const { error } = verdict;
    const hasLostTrack = lostTrack.includes(error.kafka?.code);
    let outcome = hasLostTrack ? failed(underANewId(error)) : verdict;
    if (lot.unanswered !== undefined && !lot.hungUp) outcome = unknown(lot.unanswered);
    const stops = !lot.settled && stopsItsLine(outcome) ? outcome : undefined;
    if (lot.unanswered !== undefined || lot.hungUp || hasLostTrack) window.givenUp(lot, stops);
    else window.refused(lot, [], stops);
    return end(lot, outcome);
  }

  /** Nothing but the same bytes under the same sequence can tell whether it was written. */
  private mayGoAgain(lot: Lot, { retriable }: ProducerError): boolean {
    return retriable && !lot.settled && this.options.clock.now() + waitMs(lot) < lot.deadline;
  }

  /** There is news in `windows`, and `ended` have their outcome. */
  private goOn(windows: readonly Window[], ended: Lot[]): void {
    for (const window of windows) {
      if (!window.mustDrain) continue;
      for (const { lot, outcome } of window.drain()) ended.push(...end(lot, outcome));
      this.pause(window);
    }
    this.options.outstanding.finish(ended);
    this.release(windows);
  }

  /** Before what has no answer goes again. */
  private pause(window: Window): void {
    const lot = window.firstOpen;
    if (lot === undefined || this.pauses.has(window)) return;
    const timer = this.options.clock.after(waitMs(lot), () => {
      this.pauses.delete(window);
      this.goOn([window], []);
    });
    lot.attempts++;
    this.pauses.set(window, timer);
  }

  private release(windows: readonly Window[]): void {
    const taken = windows.map((window) => this.take(window));
    const next: Lot[] = [];
    // The first of each partition together: a request takes one lot of each.
    for (let rank = 0; rank < this.most; rank++) {
      for (const { [rank]: lot } of taken) if (lot !== undefined) next.push(lot);
    }
    if (next.length > 0) this.options.dispatch(next);
  }

  private take(window: Window): readonly Lot[] {
    if (this.pauses.has(window)) return [];
    const lots = window.take(this.most);
    if (window.ends && this.id === window.id) this.id = undefined;
    return window.needsId && this.begin(window) ? window.take(this.most) : lots;
  }

  /** False while it has no id to begin under. */
  private begin(window: Window): boolean {
    if (this.plain !== undefined) this.plain.submit(headed(window.takeWaiting()));
    else if (this.id === undefined) this.askForId();
    else window.begin(this.id);
    return !window.needsId;
  }

  private askForId(): void {
    if (this.asking) return;
    this.asking = true;
    this.options.producerId().then(
      ({ producerId, producerEpoch }) => {
        this.asking = false;
        this.id = { producerId, producerEpoch };
        this.release(this.all());
      },
      (thrown: unknown) => {
        this.asking = false;
        const error = connectError(thrown, 'the cluster', true);
        if (this.goesWithout(error)) this.release(this.all());
        else this.noId(error);
      },
    );
  }

  private goesWithout(error: ProducerError): boolean {
    const { without } = this.options;
    if (without === undefined || !refusesIds(error)) return false;
    if (this.plain === undefined) without.refused(error);
    this.plain = without.plain;
    return true;
  }

  private noId(error: ProducerError): void {
    const windows = this.all().filter(({ needsId }) => needsId);
    this.options.outstanding.finish(windows.flatMap((window) => failWaiting(window, failed(error))));
  }

  private all(): Window[] {
    return [...this.topics.values()].flatMap((windows) => [...windows.values()]);
  }

  private windowsOf(lots: readonly Lot[]): Window[] {
    return [...new Set(lots.map((lot) => this.windowOf(lot)))];
  }

  private windowOf({ topic, partition }: Lot): Window {
    let windows = this.topics.get(topic);
    if (windows === undefined) this.topics.set(topic, (windows = new Map<number, Window>()));
    let window = windows.get(partition);
    if (window === undefined) windows.set(partition, (window = new Window()));
    return window;
  }
}

const waitMs = ({ attempts }: Lot): number =>
  Math.min(longestWaitMs, shortestWaitMs * 2 ** Math.min(attempts, 10));

/** What waits was not sent. Whoever sent it hears why it cannot go: a breaker above would else know of no outage. */
function failWaiting(window: Window, outcome: Failed): Lot[] {
  const lots = window.takeWaiting();
  for (const lot of lots) applyVerdict(lot, outcome);
  return lots;
}

/** Gives a lot its outcome; answers with all that ends with it. */
function end(lot: Lot, outcome: Failed | Unknown): Lot[] {
  applyVerdict(lot, outcome);
  return stopsItsLine(outcome) ? [lot, ...stopFollowers(lot, outcome)] : [lot];
}

/** What is left of a line has a new first one. */
function headed(lots: readonly Lot[]): readonly Lot[] {
  const followers = new Set(lots.map(({ next }) => next));
  for (const lot of lots) lot.follows = followers.has(lot);
  return lots;
}

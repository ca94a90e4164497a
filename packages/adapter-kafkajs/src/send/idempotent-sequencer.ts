/**
 * Idempotent producing, done here because kafkajs's own loses records: it takes the sequence number of a request that got
 * no answer back and gives it to the next one, which the broker then takes for a repetition of the first and acknowledges
 * without writing it.
 *
 * Invariants, beside those of {@link SequenceWindow}, which has a partition's sequence numbers
 * - A batch whose request had no answer, or an answer that leaves open whether it was written, is sent again as it is, under
 *   the same id and sequence, until a broker says that it has it or a delivery in it has come to its deadline. Only so can
 *   the broker tell.
 * - What a broker refuses behind another batch that was not written is certainly not written. It fails with that one when
 *   that one may be tried again, so that it does not overtake it; else it waits, as if it had not been sent.
 * - A batch that is given up unanswered, or a broker that has lost track, ends the partition's use of that producer id. What was
 *   sent under it is resolved under it; then the next batch waits for a new id and starts at 0.
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
  failSuccessors,
  blocksSuccessors,
  type Sequencer,
  type SequencerOptions,
} from './sequencer.js';
import type { RecordBatch } from './record-batch.js';
import { applyResult, type BatchResult, type ProduceResult } from './produce-request.js';
import { mostUnresolved, underANewId, SequenceWindow } from './sequence-window.js';

/** Before an unanswered batch goes again: Java's `retry.backoff.ms` and `retry.backoff.max.ms`. */
const shortestWaitMs = 100;
const longestWaitMs = 1_000;

const outOfOrder = 45;

/**
 * The broker has lost track of the id (its log was truncated or is empty), or refuses it: DUPLICATE_SEQUENCE_NUMBER,
 * INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, UNKNOWN_PRODUCER_ID, PRODUCER_FENCED.
 */
const lostTrack: readonly (number | undefined)[] = [46, 47, 49, 59, 90];

export interface IdempotentSequencerOptions extends SequencerOptions {
  readonly clock: Clock;
  /** Requests on their way to one broker; of one partition no more than five, whatever this says. */
  readonly maxInFlight: number;
  readonly producerId: () => Promise<ProducerId>;
  /** How to go on when the cluster refuses producer ids; without it, records fail then. */
  readonly without?:
    | { readonly plain: Sequencer; readonly refused: (error: ProducerError) => void }
    | undefined;
}

export class IdempotentSequencer implements Sequencer {
  private readonly topics = new Map<string, Map<number, SequenceWindow>>();
  private readonly most: number;
  /** The newest id. Partitions that were sent to under an older one stay with it. */
  private id: ProducerId | undefined;
  private asking = false;
  /** Takes what begins anew, once the cluster has refused an id. */
  private plain: Sequencer | undefined;
  /** Until what has no answer goes again. */
  private readonly pauses = new Map<SequenceWindow, Timer>();

  constructor(private readonly options: IdempotentSequencerOptions) {
    this.most = Math.min(options.maxInFlight, mostUnresolved);
  }

  get idempotent(): boolean {
    return this.plain === undefined;
  }

  submit(batches: readonly RecordBatch[]): void {
    for (const batch of batches) this.windowOf(batch).push(batch);
    this.release(this.windowsOf(batches));
  }

  complete(results: readonly BatchResult[]): void {
    const own = results.filter(({ batch }) => batch.producer !== undefined);
    if (own.length < results.length)
      this.plain?.complete(results.filter(({ batch }) => batch.producer === undefined));
    const ended: RecordBatch[] = [];
    for (const { batch, result } of own) {
      if (result.status === 'unknown') batch.unresolved ??= result.error;
      batch.encoded = false;
      ended.push(...this.settle(batch, result, this.windowOf(batch)));
    }
    this.goOn(this.windowsOf(own.map(({ batch }) => batch)), ended);
  }

  mayGo(batch: RecordBatch, connection: object): boolean {
    return batch.producer === undefined || this.windowOf(batch).mayGo(batch, connection);
  }

  takenBack(batches: readonly RecordBatch[]): void {
    this.goOn(this.windowsOf(batches), []);
  }

  /** Its sequence stays in use until its result comes: only that says what the next one is. */
  expire(batch: RecordBatch): void {
    this.options.outstanding.finish(endAtDeadline(batch));
    this.goOn([this.windowOf(batch)], []);
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

  /** Answers with the batches that have their outcome now. */
  private settle(batch: RecordBatch, result: ProduceResult, window: SequenceWindow): readonly RecordBatch[] {
    if (result.status === 'delivered') {
      window.written(batch);
      applyResult(batch, result);
      return [batch];
    }
    const { error } = result;
    const isOpen = batch.unresolved !== undefined;
    if (isOpen && this.mayGoAgain(batch, error)) {
      window.goesAgain(batch);
      if (result.status === 'failed') return failWaiting(window, notWritten(error));
    } else if (!isOpen && error.kafka?.code === outOfOrder) window.outOfOrder(batch, error);
    else if (!isOpen && !batch.settled && this.goesWithout(error)) window.refusedForItsId(batch);
    else return this.conclude(batch, result, window);
    return [];
  }

  private conclude(
    batch: RecordBatch,
    result: Failed | Unknown,
    window: SequenceWindow,
  ): readonly RecordBatch[] {
    const split = splitIfRefused(batch, result, this.options);
    if (split !== undefined) {
      window.refused(batch, split.again);
      return split.ended;
    }
    const { error } = result;
    const hasLostTrack = lostTrack.includes(error.kafka?.code);
    let outcome = hasLostTrack ? failed(underANewId(error)) : result;
    if (batch.unresolved !== undefined && !batch.presumedTooLarge) outcome = unknown(batch.unresolved);
    const stopReason = !batch.settled && blocksSuccessors(outcome) ? outcome : undefined;
    if (batch.unresolved !== undefined || batch.presumedTooLarge || hasLostTrack)
      window.abandoned(batch, stopReason);
    else window.refused(batch, [], stopReason);
    return end(batch, outcome);
  }

  /** Nothing but the same bytes under the same sequence can tell whether it was written. */
  private mayGoAgain(batch: RecordBatch, { retriable }: ProducerError): boolean {
    return retriable && !batch.settled && this.options.clock.now() + waitMs(batch) < batch.deadline;
  }

  /** There is news in `windows`, and `ended` have their outcome. */
  private goOn(windows: readonly SequenceWindow[], ended: RecordBatch[]): void {
    for (const window of windows) {
      if (!window.mustDrain) continue;
      for (const { batch, outcome } of window.drain()) ended.push(...end(batch, outcome));
      this.pause(window);
    }
    this.options.outstanding.finish(ended);
    this.release(windows);
  }

  /** Before what has no answer goes again. */
  private pause(window: SequenceWindow): void {
    const batch = window.firstOpen;
    if (batch === undefined || this.pauses.has(window)) return;
    const timer = this.options.clock.after(waitMs(batch), () => {
      this.pauses.delete(window);
      this.goOn([window], []);
    });
    batch.attempts++;
    this.pauses.set(window, timer);
  }

  private release(windows: readonly SequenceWindow[]): void {
    const taken = windows.map((window) => this.take(window));
    const next: RecordBatch[] = [];
    // The first of each partition together: a request takes one batch of each.
    for (let rank = 0; rank < this.most; rank++) {
      for (const { [rank]: batch } of taken) if (batch !== undefined) next.push(batch);
    }
    if (next.length > 0) this.options.dispatch(next);
  }

  private take(window: SequenceWindow): readonly RecordBatch[] {
    if (this.pauses.has(window)) return [];
    const batches = window.take(this.most);
    if (window.ends && this.id === window.id) this.id = undefined;
    return window.needsId && this.begin(window) ? window.take(this.most) : batches;
  }

  /** False while it has no id to begin under. */
  private begin(window: SequenceWindow): boolean {
    if (this.plain !== undefined) this.plain.submit(relinked(window.takeWaiting()));
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

  private all(): SequenceWindow[] {
    return [...this.topics.values()].flatMap((windows) => [...windows.values()]);
  }

  private windowsOf(batches: readonly RecordBatch[]): SequenceWindow[] {
    return [...new Set(batches.map((batch) => this.windowOf(batch)))];
  }

  private windowOf({ topic, partition }: RecordBatch): SequenceWindow {
    let windows = this.topics.get(topic);
    if (windows === undefined) this.topics.set(topic, (windows = new Map<number, SequenceWindow>()));
    let window = windows.get(partition);
    if (window === undefined) windows.set(partition, (window = new SequenceWindow()));
    return window;
  }
}

const waitMs = ({ attempts }: RecordBatch): number =>
  Math.min(longestWaitMs, shortestWaitMs * 2 ** Math.min(attempts, 10));

/** What waits was not sent. Whoever sent it hears why it cannot go: a breaker above would else know of no outage. */
function failWaiting(window: SequenceWindow, outcome: Failed): RecordBatch[] {
  const batches = window.takeWaiting();
  for (const batch of batches) applyResult(batch, outcome);
  return batches;
}

/** Gives a batch its outcome; answers with all that ends with it. */
function end(batch: RecordBatch, outcome: Failed | Unknown): RecordBatch[] {
  applyResult(batch, outcome);
  return blocksSuccessors(outcome) ? [batch, ...failSuccessors(batch, outcome)] : [batch];
}

/** What is left of a line has a new first one. */
function relinked(batches: readonly RecordBatch[]): readonly RecordBatch[] {
  const successors = new Set(batches.map(({ next }) => next));
  for (const batch of batches) batch.isSuccessor = successors.has(batch);
  return batches;
}

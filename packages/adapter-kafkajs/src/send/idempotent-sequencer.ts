/**
 * Idempotent producing, done here because kafkajs's own loses records: it takes the sequence number
 * of a request that got no response back and gives it to the next one, which the broker then takes
 * for a repetition of the first and acknowledges without writing it.
 *
 * Invariants, beside those of {@link SequenceWindow}, which holds the sequence numbers of one
 * partition
 * - A batch whose request had no response, or one that leaves open whether it was written, is sent
 *   again as it is, under the same id and sequence, until a broker confirms that it has it or a
 *   delivery in it reaches its deadline. The broker cannot tell otherwise.
 * - A batch that a broker refuses behind another that was not written is certainly not written. It
 *   fails with that one when that one may be tried again, so that it does not overtake it; else it
 *   waits, as if it had not been sent.
 * - A batch that is abandoned without a response, or a broker that has lost track, ends the
 *   partition's use of that producer id. What was sent under it is resolved under it; then the next
 *   batch waits for a new id and starts at 0.
 * - Nothing is sent without an id, unless the cluster refuses ids and `mayGoWithout` allows it.
 */
import type { Failed, Logger, ProducerError, Unknown } from '@holdfast/core';
import { failed, unknown, type Clock } from '@holdfast/core/stage';
import { refusesProducerIds, retriableUnderNewId, stage } from '../errors.js';
import type { ProducerId } from '../wire/encode-batch.js';
import { PlainSequencer } from './plain-sequencer.js';
import { applyResult, type BatchResult, type ProduceResult } from './produce-result.js';
import type { RecordBatch } from './record-batch.js';
import { mostUnresolved, SequenceWindow } from './sequence-window.js';
import type { Sequencer } from './sequencer.js';
import { splitIfRefused, type SplitContext } from './split-batch.js';
import { blocksSuccessors, endAtDeadline, endBatch, notWritten } from './successors.js';

/**
 * Before a batch without a response goes again: Java's `retry.backoff.ms` and
 * `retry.backoff.max.ms`.
 */
const shortestPauseMs = 100;
const longestPauseMs = 1_000;

const outOfOrder = 45;

/**
 * The broker has lost track of the id (its log was truncated or is empty), or refuses it:
 * DUPLICATE_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING,
 * UNKNOWN_PRODUCER_ID, PRODUCER_FENCED.
 */
const lostTrackCodes: readonly (number | undefined)[] = [46, 47, 49, 59, 90];

export interface IdempotentSequencerOptions extends SplitContext {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Requests in flight to one broker. For one partition there are never more than five. */
  readonly maxInFlight: number;
  /** Where the cluster refuses producer ids, records go without one; else they fail. */
  readonly mayGoWithout: boolean;
}

export class IdempotentSequencer implements Sequencer {
  private readonly topics = new Map<string, Map<number, SequenceWindow>>();
  /** {@link take} has something to look at in them. */
  private readonly changed = new Set<SequenceWindow>();
  /** When the batches without a response go again, monotonic ms. */
  private readonly pauses = new Map<SequenceWindow, number>();
  private readonly most: number;
  /** The newest id. Partitions that were sent to under an older one stay with it. */
  private id: ProducerId | undefined;
  private isIdNeeded = false;
  /** Takes what begins anew, once the cluster has refused an id. */
  private plain: PlainSequencer | undefined;

  constructor(private readonly options: IdempotentSequencerOptions) {
    this.most = Math.min(options.maxInFlight, mostUnresolved);
  }

  get idempotent(): boolean {
    return this.plain === undefined;
  }

  get needsProducerId(): boolean {
    return this.isIdNeeded;
  }

  get resumeAt(): number {
    let earliest = Infinity;
    if (this.pauses.size > 0) for (const at of this.pauses.values()) earliest = Math.min(earliest, at);
    return earliest;
  }

  submit(batches: readonly RecordBatch[]): void {
    for (const batch of batches) {
      const window = this.windowOf(batch);
      window.push(batch);
      this.changed.add(window);
    }
  }

  take(): RecordBatch[] {
    const taken: (readonly RecordBatch[])[] = [];
    for (const window of this.changed) taken.push(this.takeFrom(window));
    this.changed.clear();
    const next = this.plain?.take() ?? [];
    // The first of each partition together: a request takes one batch of each.
    for (let rank = 0; rank < this.most; rank++) {
      for (const { [rank]: batch } of taken) if (batch !== undefined) next.push(batch);
    }
    return next;
  }

  complete(results: readonly BatchResult[]): RecordBatch[] {
    const ended: RecordBatch[] = [];
    const windows = new Set<SequenceWindow>();
    const withoutId: BatchResult[] = [];
    for (const one of results) {
      const { batch, result } = one;
      if (batch.producer === undefined) {
        withoutId.push(one);
        continue;
      }
      const window = this.windowOf(batch);
      windows.add(window);
      if (result.status === 'unknown') batch.unresolved ??= result.error;
      batch.encoded = false;
      ended.push(...this.heed(batch, result, window));
    }
    if (this.plain !== undefined && withoutId.length > 0) ended.push(...this.plain.complete(withoutId));
    return this.drain(windows, ended);
  }

  mayGo(batch: RecordBatch, connection: object): boolean {
    return batch.producer === undefined || this.windowOf(batch).mayGo(batch, connection);
  }

  takeBack(batches: readonly RecordBatch[]): RecordBatch[] {
    return this.drain(new Set(batches.map((batch) => this.windowOf(batch))), []);
  }

  /** Its sequence stays in use until its result comes: only that shows what the next one is. */
  expire(batch: RecordBatch): RecordBatch[] {
    return this.drain([this.windowOf(batch)], endAtDeadline(batch));
  }

  resume(now: number): RecordBatch[] {
    const due = [...this.pauses].filter(([, at]) => at <= now).map(([window]) => window);
    for (const window of due) this.pauses.delete(window);
    return this.drain(due, []);
  }

  useProducerId({ producerId, producerEpoch }: ProducerId): void {
    this.isIdNeeded = false;
    this.id = { producerId, producerEpoch };
    this.changeAll();
  }

  producerIdFailed(error: ProducerError): RecordBatch[] {
    this.isIdNeeded = false;
    if (this.goesWithout(error)) {
      this.changeAll();
      return [];
    }
    const windows = this.windows().filter(({ needsId }) => needsId);
    return windows.flatMap((window) => failWaiting(window, failed(error)));
  }

  /**
   * A partition that began anew under the id it had would repeat its sequence numbers, and a broker
   * would take new records for old ones. So the next one to begin gets a new id.
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

  /** Returns the batches that have their outcome now. */
  private heed(batch: RecordBatch, result: ProduceResult, window: SequenceWindow): readonly RecordBatch[] {
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
    else if (!isOpen && !batch.ended && this.goesWithout(error)) window.refusedForItsId(batch);
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
    const hasLostTrack = lostTrackCodes.includes(error.kafka?.code);
    let outcome = hasLostTrack ? failed(retriableUnderNewId(error)) : result;
    if (batch.unresolved !== undefined && !batch.presumedTooLarge) outcome = unknown(batch.unresolved);
    const blocker = !batch.ended && blocksSuccessors(outcome) ? outcome : undefined;
    if (batch.unresolved !== undefined || batch.presumedTooLarge || hasLostTrack)
      window.abandoned(batch, blocker);
    else window.refused(batch, [], blocker);
    return endBatch(batch, outcome);
  }

  /** Only the same bytes under the same sequence can show whether it was written. */
  private mayGoAgain(batch: RecordBatch, { retriable }: ProducerError): boolean {
    return retriable && !batch.ended && this.options.clock.now() + pauseMs(batch) < batch.deadline;
  }

  /**
   * Looks at `windows`, in which something has changed. Adds to `ended` what ends with it, and
   * returns that.
   */
  private drain(windows: Iterable<SequenceWindow>, ended: RecordBatch[]): RecordBatch[] {
    for (const window of windows) {
      this.changed.add(window);
      if (!window.mustDrain) continue;
      for (const { batch, outcome } of window.drain()) ended.push(...endBatch(batch, outcome));
      this.pause(window);
    }
    return ended;
  }

  /** Before the batches without a response go again. */
  private pause(window: SequenceWindow): void {
    const batch = window.firstOpen;
    if (batch === undefined || this.pauses.has(window)) return;
    this.pauses.set(window, this.options.clock.now() + pauseMs(batch));
    batch.attempts++;
  }

  private takeFrom(window: SequenceWindow): readonly RecordBatch[] {
    if (this.pauses.has(window)) return [];
    const batches = window.take(this.most);
    if (window.ends && this.id === window.id) this.id = undefined;
    return window.needsId && this.begin(window) ? window.take(this.most) : batches;
  }

  /** Returns false while there is no id to begin under. */
  private begin(window: SequenceWindow): boolean {
    if (this.plain !== undefined) this.plain.submit(relinked(window.takeWaiting()));
    else if (this.id === undefined) this.isIdNeeded = true;
    else window.begin(this.id);
    return !window.needsId;
  }

  private goesWithout(error: ProducerError): boolean {
    const { mayGoWithout, logger } = this.options;
    if (!mayGoWithout || !refusesProducerIds(error)) return false;
    if (this.plain !== undefined) return true;
    this.plain = new PlainSequencer(this.options);
    logger.warn(
      `${stage}: the cluster gives no producer id (${error.message}), so records go on without idempotence: one whose answer is lost is sent again, and may be in its topic twice; grant IdempotentWrite on the cluster (from Kafka 2.8 on, Write on a topic is enough), or set idempotent: false`,
    );
    return true;
  }

  private changeAll(): void {
    for (const window of this.windows()) this.changed.add(window);
  }

  private windows(): SequenceWindow[] {
    return [...this.topics.values()].flatMap((windows) => [...windows.values()]);
  }

  private windowOf({ topic, partition }: RecordBatch): SequenceWindow {
    let windows = this.topics.get(topic);
    if (windows === undefined) this.topics.set(topic, (windows = new Map<number, SequenceWindow>()));
    let window = windows.get(partition);
    if (window === undefined) windows.set(partition, (window = new SequenceWindow()));
    return window;
  }
}

const pauseMs = ({ attempts }: RecordBatch): number =>
  Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(attempts, 10));

/**
 * Ends the batches that wait, which were not sent. Their outcome is the reason why they cannot go:
 * else a breaker above would not notice the outage.
 */
function failWaiting(window: SequenceWindow, outcome: Failed): RecordBatch[] {
  const batches = window.takeWaiting();
  for (const batch of batches) applyResult(batch, outcome);
  return batches;
}

/** Without their predecessors, some batches have none any more. */
function relinked(batches: readonly RecordBatch[]): readonly RecordBatch[] {
  const successors = new Set(batches.map(({ next }) => next));
  for (const batch of batches) batch.isSuccessor = successors.has(batch);
  return batches;
}

/**
 * One partition under one producer id: the batches that wait, and those whose sequence numbers are
 * in use.
 *
 * Invariants
 * - Sequence numbers are assigned in the order of sending. A batch keeps its own until its result
 *   is certain.
 * - The batches from the oldest unresolved one on are never more than a broker remembers of a
 *   partition and an id.
 * - Two batches are in flight together over one connection only, the one over which an earlier
 *   batch was confirmed. A broker that knows nothing of an id takes any sequence number, so that it
 *   could refuse the first and write the second.
 * - Any result but a written batch disrupts the window. Nothing new goes until every batch in
 *   flight has its result. Then those that are still open go again, unchanged and in order, the
 *   first one alone.
 * - A sequence number is used anew only when every batch from it on was refused, or was never sent.
 *   One without a response may still be on its way to a broker, and would be written in the place
 *   of the new one: the id ends for this partition.
 */
import type { Failed, ProducerError, Unknown } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { retriableUnderNewId } from '../errors.js';
import type { ProducerId } from '../wire/encode-batch.js';
import { mayExceedBrokerLimit } from './large-record-disconnects.js';
import type { RecordBatch } from './record-batch.js';
import { notWritten } from './successors.js';

/**
 * How many batches of each partition a broker remembers of an id:
 * `ProducerStateEntry.NUM_BATCHES_TO_RETAIN` in Kafka.
 */
export const mostUnresolved = 5;
const largestSequence = 2 ** 31 - 1;

/** The state of a batch that was assigned a sequence number. */
type BatchState =
  | { readonly kind: 'sent' | 'written' }
  /** No response has shown whether it was written: it goes again. */
  | { readonly kind: 'open' }
  /** It came back without having been sent. */
  | { readonly kind: 'unsent' }
  /** OUT_OF_ORDER_SEQUENCE_NUMBER: its meaning depends on the batches before it. */
  | { readonly kind: 'out of order'; readonly error: ProducerError }
  /** Certainly not written. `parts` are sent in its place. */
  | { readonly kind: 'refused'; readonly parts: readonly RecordBatch[]; readonly blocker: Blocker }
  /** It has its outcome, and it is not known whether it was written. */
  | { readonly kind: 'abandoned'; readonly blocker: Blocker };

/** The outcome of a batch that may be tried again, so that nothing must be written behind it. */
type Blocker = Failed | Unknown | undefined;

interface Entry {
  readonly batch: RecordBatch;
  state: BatchState;
  /** The connection that it was sent over last. */
  via: object | undefined;
}

export interface EndedBatch {
  readonly batch: RecordBatch;
  readonly outcome: Failed | Unknown;
}

export class SequenceWindow {
  id: ProducerId | undefined;
  /** Nothing new goes under its id any more. */
  ends = false;
  private waiting: RecordBatch[] = [];
  private entries: Entry[] = [];
  private next = 0;
  /** The connection over which several batches may be in flight. */
  private confirmed: object | undefined;
  private disrupted = false;

  get isIdle(): boolean {
    return this.entries.length === 0 && this.waiting.length === 0;
  }

  /** Batches wait, and no sequence number under the last id is in use. */
  get needsId(): boolean {
    return this.entries.length === 0 && this.waiting.length > 0 && (this.ends || this.id === undefined);
  }

  /** The oldest of the batches that go again. */
  get firstOpen(): RecordBatch | undefined {
    return this.entries.find(({ state }) => state.kind === 'open')?.batch;
  }

  /** Every batch that was in flight has its result, and not all were written. */
  get mustDrain(): boolean {
    if (this.entries.some(({ state }) => state.kind === 'sent')) return false;
    return this.disrupted || this.entries.some(({ state, batch }) => state.kind === 'open' && batch.ended);
  }

  push(batch: RecordBatch): void {
    this.waiting.push(batch);
  }

  begin(id: ProducerId): void {
    this.id = id;
    this.ends = false;
    this.next = 0;
    this.confirmed = undefined;
  }

  /** Removes and returns the batches that wait. */
  takeWaiting(): RecordBatch[] {
    const batches = this.waiting;
    this.waiting = [];
    return batches.filter(({ ended }) => !ended);
  }

  /** Returns the batches to send now, in this order. `most`: how many may be unresolved. */
  take(most: number): RecordBatch[] {
    const batches: RecordBatch[] = [];
    for (const entry of this.entries) {
      if (entry.state.kind !== 'open') continue;
      if (!this.hasRoomFor(entry.batch)) return batches;
      entry.state = { kind: 'sent' };
      batches.push(entry.batch);
    }
    while (this.entries.length < most) {
      const batch = this.takeNext();
      if (batch === undefined) break;
      batches.push(batch);
    }
    return batches;
  }

  /**
   * Called right before `batch` is sent over `connection`. False: it stays here, unsent, until the
   * others have their results.
   */
  mayGo(batch: RecordBatch, connection: object): boolean {
    const oldest = this.entries.find(({ state }) => state.kind === 'sent' || state.kind === 'open');
    const entry = this.entryOf(batch);
    if (entry !== undefined && (entry === oldest || this.confirmed === connection)) {
      entry.via = connection;
      return true;
    }
    this.disrupt(batch, { kind: batch.unresolved === undefined ? 'unsent' : 'open' });
    return false;
  }

  written(batch: RecordBatch): void {
    const entry = this.entryOf(batch);
    if (entry === undefined) return;
    entry.state = { kind: 'written' };
    if (!this.disrupted) this.confirmed = entry.via;
    while (this.entries[0]?.state.kind === 'written') this.entries.shift();
  }

  goesAgain(batch: RecordBatch): void {
    this.disrupt(batch, { kind: 'open' });
  }

  outOfOrder(batch: RecordBatch, error: ProducerError): void {
    this.disrupt(batch, { kind: 'out of order', error });
  }

  refused(batch: RecordBatch, parts: readonly RecordBatch[], blocker?: Blocker): void {
    this.disrupt(batch, { kind: 'refused', parts, blocker });
  }

  /** It goes again, without this id. */
  refusedForItsId(batch: RecordBatch): void {
    this.ends = true;
    this.refused(batch, [batch]);
  }

  abandoned(batch: RecordBatch, blocker?: Blocker): void {
    this.disrupt(batch, { kind: 'abandoned', blocker });
  }

  /**
   * Called when all batches have their results. One that was not written gives its sequence number
   * back, and either waits again or, behind one that may be tried again, ends with it. Returns
   * those that end.
   */
  drain(): EndedBatch[] {
    const ended: EndedBatch[] = [];
    const again: RecordBatch[] = [];
    const kept: Entry[] = [];
    let gap: RecordBatch | undefined;
    let blocker: Blocker;
    for (const entry of this.entries) {
      const { batch } = entry;
      const state = effectiveState(entry);
      if (state.kind === 'open' || state.kind === 'written') {
        // It may be in the topic, and then the broker does not take the numbers before it any more.
        if (gap !== undefined) this.ends = true;
        if (state.kind === 'open' || kept.length > 0) kept.push(entry);
        continue;
      }
      const isNext = gap === undefined && kept.length === 0;
      gap ??= batch;
      if (state.kind === 'out of order' && isNext) {
        this.ends = true;
        blocker = failed(retriableUnderNewId(state.error));
        ended.push({ batch, outcome: blocker });
        continue;
      }
      if (state.kind === 'abandoned') this.ends = true;
      if (state.kind === 'abandoned' || state.kind === 'refused') blocker ??= state.blocker;
      for (const part of partsOf(batch, state)) {
        part.producer = undefined;
        if (blocker === undefined) again.push(part);
        else ended.push({ batch: part, outcome: notWritten(blocker.error) });
      }
    }
    if (gap !== undefined && !this.ends) this.next = gap.firstSequence;
    this.entries = kept;
    this.waiting = [...again, ...this.waiting];
    this.disrupted = false;
    return ended;
  }

  private takeNext(): RecordBatch | undefined {
    if (this.waiting[0]?.ended) this.waiting = this.waiting.filter(({ ended }) => !ended);
    const [batch] = this.waiting;
    if (batch === undefined || this.ends || this.id === undefined) return undefined;
    if (!this.hasRoomFor(batch) || (batch.isSuccessor && this.entries.length > 0)) return undefined;
    if (this.next + batch.deliveries.length > largestSequence) {
      this.ends = true;
      return undefined;
    }
    this.waiting.shift();
    batch.producer = this.id;
    batch.firstSequence = this.next;
    this.next += batch.deliveries.length;
    this.entries.push({ batch, state: { kind: 'sent' }, via: undefined });
    return batch;
  }

  /**
   * Returns whether `batch` may be in flight beside those that are. Not where one of these may end
   * their connection, or has reached its deadline.
   */
  private hasRoomFor(batch: RecordBatch): boolean {
    const sent = this.entries.filter(({ state }) => state.kind === 'sent');
    if (sent.length === 0) return true;
    if (this.confirmed === undefined || mayExceedBrokerLimit(batch)) return false;
    return !sent.some((one) => one.batch.ended || mayExceedBrokerLimit(one.batch));
  }

  private disrupt(batch: RecordBatch, state: BatchState): void {
    this.disrupted = true;
    this.confirmed = undefined;
    const entry = this.entryOf(batch);
    if (entry !== undefined) entry.state = state;
  }

  private entryOf(batch: RecordBatch): Entry | undefined {
    return this.entries.find((entry) => entry.batch === batch);
  }
}

/** A batch that reached its delivery deadline while it waited to go again has its outcome. */
const effectiveState = ({ batch, state }: Entry): BatchState =>
  state.kind === 'open' && batch.ended ? { kind: 'abandoned', blocker: undefined } : state;

function partsOf(batch: RecordBatch, state: BatchState): readonly RecordBatch[] {
  if (state.kind === 'refused') return state.parts;
  return state.kind === 'abandoned' ? [] : [batch];
}

/**
 * One partition under one producer id: the batches that wait, and those whose sequence numbers are in use.
 *
 * Invariants
 * - Sequence numbers are given in the order of sending. A batch keeps its own until it is known what became of it.
 * - The batches from the oldest unresolved one on are never more than a broker remembers of a partition and an id.
 * - Two batches are on their way together over one connection only, the one that an earlier batch was confirmed over: a broker that
 *   knows nothing of an id takes any sequence number, so that it could refuse the first and write the second.
 * - Whatever happens to a batch but that it is written is trouble. Nothing new goes until all that was on its way has its result.
 *   Then what is still open goes again, as it is and in order, the first one alone.
 * - A sequence number is used anew only when every batch from it on was refused, or was never sent. One that had no answer may
 *   still lie before a broker, and would be written in the place of the new one: the id ends for this partition.
 */
import type { ProducerId } from '../wire/encode-batch.js';
import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { stage } from '../errors.js';
import { notWritten } from './sequencer.js';
import { mayExceedBrokerLimit } from './large-record-disconnects.js';
import type { RecordBatch } from './record-batch.js';

/** Of an id, a broker remembers the last five batches of each partition: `ProducerStateEntry.NUM_BATCHES_TO_RETAIN` in Kafka. */
export const mostUnresolved = 5;
const largestSequence = 2 ** 31 - 1;

/** What is known of a batch that was given a sequence number. */
type BatchState =
  | { readonly kind: 'sent' | 'written' }
  /** No answer has said whether it was written: it goes again. */
  | { readonly kind: 'open' }
  /** It came back without having been sent. */
  | { readonly kind: 'unsent' }
  /** OUT_OF_ORDER_SEQUENCE_NUMBER: what that means depends on those before it. */
  | { readonly kind: 'out of order'; readonly error: ProducerError }
  /** Certainly not written. `parts` are sent in its place; behind what may be tried again, `stopReason`, nothing must be written. */
  | { readonly kind: 'refused'; readonly parts: readonly RecordBatch[]; readonly stopReason: StopReason }
  /** It has its outcome, and nobody knows whether it was written. */
  | { readonly kind: 'abandoned'; readonly stopReason: StopReason };

type StopReason = Failed | Unknown | undefined;

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
  /** The connection over which several may be on their way. */
  private confirmed: object | undefined;
  private disrupted = false;

  get isIdle(): boolean {
    return this.entries.length === 0 && this.waiting.length === 0;
  }

  /** Something waits, and no sequence number under the last id is in use. */
  get needsId(): boolean {
    return this.entries.length === 0 && this.waiting.length > 0 && (this.ends || this.id === undefined);
  }

  /** The oldest of those that go again. */
  get firstOpen(): RecordBatch | undefined {
    return this.entries.find(({ state }) => state.kind === 'open')?.batch;
  }

  /** All that was on its way has its result, and not all was written. */
  get mustDrain(): boolean {
    if (this.entries.some(({ state }) => state.kind === 'sent')) return false;
    return this.disrupted || this.entries.some(({ state, batch }) => state.kind === 'open' && batch.settled);
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

  /** Those that wait, which do so no more. */
  takeWaiting(): RecordBatch[] {
    const batches = this.waiting;
    this.waiting = [];
    return batches.filter(({ settled }) => !settled);
  }

  /** Those that are to be sent now, in this order; `most`: how many may be unresolved. */
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

  /** It is about to be sent over `connection`. False: it stays here, unsent, until the others have their results. */
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

  refused(batch: RecordBatch, parts: readonly RecordBatch[], stopReason?: StopReason): void {
    this.disrupt(batch, { kind: 'refused', parts, stopReason });
  }

  /** It goes again, without this id. */
  refusedForItsId(batch: RecordBatch): void {
    this.ends = true;
    this.refused(batch, [batch]);
  }

  abandoned(batch: RecordBatch, stopReason?: StopReason): void {
    this.disrupt(batch, { kind: 'abandoned', stopReason });
  }

  /**
   * All have their results. What was not written gives its sequence number back, and either waits again or, behind one that
   * may be tried again, ends with it. Answers with those that end.
   */
  drain(): EndedBatch[] {
    const ended: EndedBatch[] = [];
    const again: RecordBatch[] = [];
    const kept: Entry[] = [];
    let gap: RecordBatch | undefined;
    let stopReason: StopReason;
    for (const entry of this.entries) {
      const { batch } = entry;
      const state = effectiveState(entry);
      if (state.kind === 'open' || state.kind === 'written') {
        // It can be in the topic, and then the broker takes the numbers before it no more.
        if (gap !== undefined) this.ends = true;
        if (state.kind === 'open' || kept.length > 0) kept.push(entry);
        continue;
      }
      const isNext = gap === undefined && kept.length === 0;
      gap ??= batch;
      if (state.kind === 'out of order' && isNext) {
        this.ends = true;
        stopReason = failed(underANewId(state.error));
        ended.push({ batch, outcome: stopReason });
        continue;
      }
      if (state.kind === 'abandoned') this.ends = true;
      if (state.kind === 'abandoned' || state.kind === 'refused') stopReason ??= state.stopReason;
      for (const part of partsOf(batch, state)) {
        part.producer = undefined;
        if (stopReason === undefined) again.push(part);
        else ended.push({ batch: part, outcome: notWritten(stopReason.error) });
      }
    }
    if (gap !== undefined && !this.ends) this.next = gap.firstSequence;
    this.entries = kept;
    this.waiting = [...again, ...this.waiting];
    this.disrupted = false;
    return ended;
  }

  private takeNext(): RecordBatch | undefined {
    if (this.waiting[0]?.settled) this.waiting = this.waiting.filter(({ settled }) => !settled);
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

  /** Beside those on their way. Not where that may end in vain: over their connection, or as their time is over. */
  private hasRoomFor(batch: RecordBatch): boolean {
    const sent = this.entries.filter(({ state }) => state.kind === 'sent');
    if (sent.length === 0) return true;
    if (this.confirmed === undefined || mayExceedBrokerLimit(batch)) return false;
    return !sent.some((one) => one.batch.settled || mayExceedBrokerLimit(one.batch));
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

/** What is given up at its delivery deadline while it waits to go again has its outcome. */
const effectiveState = ({ batch, state }: Entry): BatchState =>
  state.kind === 'open' && batch.settled ? { kind: 'abandoned', stopReason: undefined } : state;

function partsOf(batch: RecordBatch, state: BatchState): readonly RecordBatch[] {
  if (state.kind === 'refused') return state.parts;
  return state.kind === 'abandoned' ? [] : [batch];
}

/** Refused for its id alone: it can be sent under a new one. */
export const underANewId = ({ code, message, kafka }: ProducerError): ProducerError =>
  new ProducerError(code, message, { kafka, stage, retriable: true });

/**
 * One partition under one producer id: the lots that wait, and those whose sequence numbers are in use.
 *
 * Invariants
 * - Sequence numbers are given in the order of sending. A lot keeps its own until it is known what became of it.
 * - The lots from the oldest unresolved one on are never more than a broker remembers of a partition and an id.
 * - Two lots are on their way together over one connection only, the one that an earlier lot was confirmed over: a broker that
 *   knows nothing of an id takes any sequence number, so that it could refuse the first and write the second.
 * - Whatever happens to a lot but that it is written is trouble. Nothing new goes until all that was on its way has its verdict.
 *   Then what is still open goes again, as it is and in order, the first one alone.
 * - A sequence number is used anew only when every lot from it on was refused, or was never sent. One that had no answer may
 *   still lie before a broker, and would be written in the place of the new one: the id ends for this partition.
 */
import type { ProducerId } from '../wire/encode-batch.js';
import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { stage } from '../errors.js';
import { notWritten } from './sequencer.js';
import { mayBeHungUpOn } from './large-records.js';
import type { Lot } from './record-batch.js';

/** Of an id, a broker remembers the last five batches of each partition: `ProducerStateEntry.NUM_BATCHES_TO_RETAIN` in Kafka. */
export const mostUnresolved = 5;
const largestSequence = 2 ** 31 - 1;

/** What is known of a lot that was given a sequence number. */
type Fate =
  | { readonly is: 'sent' | 'written' }
  /** No answer has said whether it was written: it goes again. */
  | { readonly is: 'open' }
  /** It came back without having been sent. */
  | { readonly is: 'unsent' }
  /** OUT_OF_ORDER_SEQUENCE_NUMBER: what that means depends on those before it. */
  | { readonly is: 'out of order'; readonly error: ProducerError }
  /** Certainly not written. `parts` are sent in its place; behind what may be tried again, `stops`, nothing must be written. */
  | { readonly is: 'refused'; readonly parts: readonly Lot[]; readonly stops: Stops }
  /** It has its outcome, and nobody knows whether it was written. */
  | { readonly is: 'given up'; readonly stops: Stops };

type Stops = Failed | Unknown | undefined;

interface Entry {
  readonly lot: Lot;
  fate: Fate;
  /** The connection that it was sent over last. */
  via: object | undefined;
}

export interface Ending {
  readonly lot: Lot;
  readonly outcome: Failed | Unknown;
}

export class Window {
  id: ProducerId | undefined;
  /** Nothing new goes under its id any more. */
  ends = false;
  private waiting: Lot[] = [];
  private entries: Entry[] = [];
  private next = 0;
  /** The connection over which several may be on their way. */
  private confirmed: object | undefined;
  private troubled = false;

  get isIdle(): boolean {
    return this.entries.length === 0 && this.waiting.length === 0;
  }

  /** Something waits, and no sequence number under the last id is in use. */
  get needsId(): boolean {
    return this.entries.length === 0 && this.waiting.length > 0 && (this.ends || this.id === undefined);
  }

  /** The oldest of those that go again. */
  get firstOpen(): Lot | undefined {
    return this.entries.find(({ fate }) => fate.is === 'open')?.lot;
  }

  /** All that was on its way has its verdict, and not all was written. */
  get mustDrain(): boolean {
    if (this.entries.some(({ fate }) => fate.is === 'sent')) return false;
    return this.troubled || this.entries.some(({ fate, lot }) => fate.is === 'open' && lot.settled);
  }

  push(lot: Lot): void {
    this.waiting.push(lot);
  }

  begin(id: ProducerId): void {
    this.id = id;
    this.ends = false;
    this.next = 0;
    this.confirmed = undefined;
  }

  /** Those that wait, which do so no more. */
  takeWaiting(): Lot[] {
    const lots = this.waiting;
    this.waiting = [];
    return lots.filter(({ settled }) => !settled);
  }

  /** Those that are to be sent now, in this order; `most`: how many may be unresolved. */
  take(most: number): Lot[] {
    const lots: Lot[] = [];
    for (const entry of this.entries) {
      if (entry.fate.is !== 'open') continue;
      if (!this.hasRoomFor(entry.lot)) return lots;
      entry.fate = { is: 'sent' };
      lots.push(entry.lot);
    }
    while (this.entries.length < most) {
      const lot = this.takeNext();
      if (lot === undefined) break;
      lots.push(lot);
    }
    return lots;
  }

  /** It is about to be sent over `connection`. False: it stays here, unsent, until the others have their verdicts. */
  mayGo(lot: Lot, connection: object): boolean {
    const oldest = this.entries.find(({ fate }) => fate.is === 'sent' || fate.is === 'open');
    const entry = this.entryOf(lot);
    if (entry !== undefined && (entry === oldest || this.confirmed === connection)) {
      entry.via = connection;
      return true;
    }
    this.trouble(lot, { is: lot.unanswered === undefined ? 'unsent' : 'open' });
    return false;
  }

  written(lot: Lot): void {
    const entry = this.entryOf(lot);
    if (entry === undefined) return;
    entry.fate = { is: 'written' };
    if (!this.troubled) this.confirmed = entry.via;
    while (this.entries[0]?.fate.is === 'written') this.entries.shift();
  }

  goesAgain(lot: Lot): void {
    this.trouble(lot, { is: 'open' });
  }

  outOfOrder(lot: Lot, error: ProducerError): void {
    this.trouble(lot, { is: 'out of order', error });
  }

  refused(lot: Lot, parts: readonly Lot[], stops?: Stops): void {
    this.trouble(lot, { is: 'refused', parts, stops });
  }

  /** It goes again, without this id. */
  refusedForItsId(lot: Lot): void {
    this.ends = true;
    this.refused(lot, [lot]);
  }

  givenUp(lot: Lot, stops?: Stops): void {
    this.trouble(lot, { is: 'given up', stops });
  }

  /**
   * All have their verdicts. What was not written gives its sequence number back, and either waits again or, behind one that
   * may be tried again, ends with it. Answers with those that end.
   */
  drain(): Ending[] {
    const endings: Ending[] = [];
    const again: Lot[] = [];
    const kept: Entry[] = [];
    let gap: Lot | undefined;
    let stops: Stops;
    for (const entry of this.entries) {
      const { lot } = entry;
      const fate = settledFate(entry);
      if (fate.is === 'open' || fate.is === 'written') {
        // It can be in the topic, and then the broker takes the numbers before it no more.
        if (gap !== undefined) this.ends = true;
        if (fate.is === 'open' || kept.length > 0) kept.push(entry);
        continue;
      }
      const isNext = gap === undefined && kept.length === 0;
      gap ??= lot;
      if (fate.is === 'out of order' && isNext) {
        this.ends = true;
        stops = failed(underANewId(fate.error));
        endings.push({ lot, outcome: stops });
        continue;
      }
      if (fate.is === 'given up') this.ends = true;
      if (fate.is === 'given up' || fate.is === 'refused') stops ??= fate.stops;
      for (const part of partsOf(lot, fate)) {
        part.producer = undefined;
        if (stops === undefined) again.push(part);
        else endings.push({ lot: part, outcome: notWritten(stops.error) });
      }
    }
    if (gap !== undefined && !this.ends) this.next = gap.firstSequence;
    this.entries = kept;
    this.waiting = [...again, ...this.waiting];
    this.troubled = false;
    return endings;
  }

  private takeNext(): Lot | undefined {
    if (this.waiting[0]?.settled) this.waiting = this.waiting.filter(({ settled }) => !settled);
    const [lot] = this.waiting;
    if (lot === undefined || this.ends || this.id === undefined) return undefined;
    if (!this.hasRoomFor(lot) || (lot.follows && this.entries.length > 0)) return undefined;
    if (this.next + lot.deliveries.length > largestSequence) {
      this.ends = true;
      return undefined;
    }
    this.waiting.shift();
    lot.producer = this.id;
    lot.firstSequence = this.next;
    this.next += lot.deliveries.length;
    this.entries.push({ lot, fate: { is: 'sent' }, via: undefined });
    return lot;
  }

  /** Beside those on their way. Not where that may end in vain: over their connection, or as their time is over. */
  private hasRoomFor(lot: Lot): boolean {
    const sent = this.entries.filter(({ fate }) => fate.is === 'sent');
    if (sent.length === 0) return true;
    if (this.confirmed === undefined || mayBeHungUpOn(lot)) return false;
    return !sent.some((one) => one.lot.settled || mayBeHungUpOn(one.lot));
  }

  private trouble(lot: Lot, fate: Fate): void {
    this.troubled = true;
    this.confirmed = undefined;
    const entry = this.entryOf(lot);
    if (entry !== undefined) entry.fate = fate;
  }

  private entryOf(lot: Lot): Entry | undefined {
    return this.entries.find((entry) => entry.lot === lot);
  }
}

/** What is given up at its delivery deadline while it waits to go again has its outcome. */
const settledFate = ({ lot, fate }: Entry): Fate =>
  fate.is === 'open' && lot.settled ? { is: 'given up', stops: undefined } : fate;

function partsOf(lot: Lot, fate: Fate): readonly Lot[] {
  if (fate.is === 'refused') return fate.parts;
  return fate.is === 'given up' ? [] : [lot];
}

/** Refused for its id alone: it can be sent under a new one. */
export const underANewId = ({ code, message, kafka }: ProducerError): ProducerError =>
  new ProducerError(code, message, { kafka, stage, retriable: true });

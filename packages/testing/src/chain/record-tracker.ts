import type { Delivered, Outcome } from '@holdfast/core';
import type { Delivery, SerializedRecord } from '@holdfast/core/stage';
import { bytesKey, idOfBytes, placeOf } from '../history/identity.js';
import type { FoundRecord } from '../history/history-types.js';
import type { ScriptedCall } from '../scripted/scripted-adapter.js';

/**
 * Maps each delivery to the record that was sent. A delivery stays one object from the dispatcher
 * to the adapter, so it is identified even after a middleware has changed its bytes. A fork is
 * identified by its bytes alone.
 */
export class RecordTracker {
  private readonly ids = new WeakMap<Delivery, string>();
  private readonly records = new WeakMap<SerializedRecord, string>();
  private readonly found = new WeakMap<object, string>();
  /** When the adapter settled a record last, monotonic ms; `Infinity`: it has not yet. */
  private readonly answers = new Map<string, number>();
  /** Each record with each place where the adapter has delivered it. */
  private readonly places = new Set<string>();
  /** Accepted forks that match no record and were reported as undeliverable. */
  private unknownForksUndelivered = 0;

  /** On its way down, before a middleware has seen it. */
  entered(delivery: Delivery): void {
    this.ids.set(delivery, idOfBytes(delivery.record));
  }

  /** On its way up to the caller. Returns `undefined` if it never went down. */
  left(delivery: Delivery): string | undefined {
    const id = this.ids.get(delivery);
    if (id !== undefined) this.records.set(delivery.record, id);
    return id;
  }

  /** The adapter has it. */
  taken(delivery: Delivery): void {
    this.answers.set(this.idAtAdapter(delivery), Infinity);
  }

  /** The adapter has settled it. */
  answered(delivery: Delivery, now: number): string {
    const id = this.idAtAdapter(delivery);
    this.answers.set(id, now);
    if (delivery.outcome?.status === 'delivered') this.places.add(atPlace(id, delivery.outcome));
    return id;
  }

  /** When the adapter settled it last, monotonic ms; 0: it was never there, `Infinity`: it is now. */
  answeredAt(delivery: Delivery): number {
    return this.answers.get(this.idAtAdapter(delivery)) ?? 0;
  }

  /** Whether the adapter has delivered this record at that place. */
  wasDelivered(id: string, outcome: Delivered): boolean {
    return this.places.has(atPlace(id, outcome));
  }

  /** Returns the id of a record that was reported as undeliverable. */
  idOfRecord(record: SerializedRecord): string {
    return this.records.get(record) ?? idOfBytes(record);
  }

  /** Counts an undeliverable fork whose bytes nobody sent. */
  unknownForkUndelivered(): void {
    this.unknownForksUndelivered++;
  }

  /** For `HistoryChecker`, after {@link identify}. */
  readonly idOf = (record: Pick<FoundRecord, 'topic' | 'key' | 'value'>): string =>
    this.found.get(record) ?? idOfBytes(record);

  /**
   * Identifies the written records even where their bytes have changed. A fork with changed bytes
   * belongs to the record whose receipt names its place. Returns the number of forks left over;
   * each can stand for one accepted record.
   */
  identify(
    calls: readonly ScriptedCall[],
    outcomes: ReadonlyMap<string, Outcome>,
    knows: (id: string) => boolean,
  ): number {
    const claimed = new Map<string, string>();
    for (const [id, outcome] of outcomes) {
      if (outcome.status === 'delivered') claimed.set(placeOf(outcome), id);
    }
    const unknownForks = new Set<Delivery>();
    for (const { delivery, written } of calls.flatMap(({ attempts }) => attempts)) {
      if (written === undefined) continue;
      const own = this.ids.get(delivery) ?? idOfBytes(written);
      const id = knows(own) ? own : claimed.get(placeOf(written));
      if (id === undefined) unknownForks.add(delivery);
      else this.found.set(written, id);
    }
    return unknownForks.size + this.unknownForksUndelivered;
  }

  private idAtAdapter(delivery: Delivery): string {
    return this.ids.get(delivery) ?? idOfBytes(delivery.record);
  }
}

/** Without the topic, which a middleware may rename on the way up. */
const atPlace = (id: string, { partition, offset }: Delivered): string =>
  `${bytesKey(id)} ${partition} ${offset}`;

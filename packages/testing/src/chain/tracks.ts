import type { Delivered, Outcome } from '@holdfast/core';
import type { Delivery, SerializedRecord } from '@holdfast/core/stage';
import { bytesKey, idOfBytes, placeOf } from '../history/identity.js';
import type { FoundRecord } from '../history/history-types.js';
import type { ScriptedCall } from '../scripted/scripted-adapter.js';

/**
 * Tells which of the records that were sent a delivery carries. A delivery is one object from the edge to the adapter, so it
 * is known by that, whatever a middleware has made of its bytes; a fork is known by its bytes alone.
 */
export class Tracks {
  private readonly ids = new WeakMap<Delivery, string>();
  private readonly records = new WeakMap<SerializedRecord, string>();
  private readonly found = new WeakMap<object, string>();
  /** Each record with each place where the adapter has delivered it. */
  private readonly places = new Set<string>();
  /** Accepted forks that are known by nothing, and were reported as undeliverable. */
  private strangersUndelivered = 0;

  /** On its way down, before a middleware has seen it. */
  entered(delivery: Delivery): void {
    this.ids.set(delivery, idOfBytes(delivery.record));
  }

  /** On its way up to the caller. `undefined`: it never went down. */
  left(delivery: Delivery): string | undefined {
    const id = this.ids.get(delivery);
    if (id !== undefined) this.records.set(delivery.record, id);
    return id;
  }

  /** The adapter has answered. */
  answered(delivery: Delivery): string {
    const id = this.idBelow(delivery);
    if (delivery.outcome?.status === 'delivered') this.places.add(atPlace(id, delivery.outcome));
    return id;
  }

  /** The adapter has delivered this record there. */
  wasDelivered(id: string, outcome: Delivered): boolean {
    return this.places.has(atPlace(id, outcome));
  }

  /** Of a record that was told of as undeliverable. */
  idOfRecord(record: SerializedRecord): string {
    return this.records.get(record) ?? idOfBytes(record);
  }

  /** Such a record is a fork of bytes that nobody sent. */
  strangerUndelivered(): void {
    this.strangersUndelivered++;
  }

  /** For `HistoryChecker`, after {@link identify}. */
  readonly idOf = (record: Pick<FoundRecord, 'topic' | 'key' | 'value'>): string =>
    this.found.get(record) ?? idOfBytes(record);

  /**
   * Finds out which record lies where, although its bytes have been changed. A fork of changed bytes belongs to the record that
   * was answered with its place. Answers with how many forks are left: each can stand for one record that was accepted.
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
    const strangers = new Set<Delivery>();
    for (const { delivery, written } of calls.flatMap(({ attempts }) => attempts)) {
      if (written === undefined) continue;
      const own = this.ids.get(delivery) ?? idOfBytes(written);
      const id = knows(own) ? own : claimed.get(placeOf(written));
      if (id === undefined) strangers.add(delivery);
      else this.found.set(written, id);
    }
    return strangers.size + this.strangersUndelivered;
  }

  private idBelow(delivery: Delivery): string {
    return this.ids.get(delivery) ?? idOfBytes(delivery.record);
  }
}

/** A middleware may call the topic by another name on the way up. */
const atPlace = (id: string, { partition, offset }: Delivered): string =>
  `${bytesKey(id)} ${partition} ${offset}`;

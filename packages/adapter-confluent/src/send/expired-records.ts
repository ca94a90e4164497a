import type { Delivered, Failed, Outcome } from '@holdfast/core';
import { noLane, type Delivery, type SerializedRecord } from '@holdfast/core/stage';
import { overtaken } from '../errors.js';
import type { InFlightBatch, InFlightRecord } from './in-flight-batch.js';

interface Expired {
  readonly record: InFlightRecord;
  // What the client was given: a middleware may change the record before the next attempt.
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** What the client reported when nobody was waiting any more. */
  result: Delivered | Failed | undefined;
}

/**
 * An earlier attempt that stands for the next one. `result`: `undefined` while the client's report
 * is still to come.
 */
export interface EarlierAttempt {
  readonly result: Delivered | Failed | undefined;
}

/**
 * Records that the client may still write although their outcome was `unknown`. When they are sent
 * again, they are not produced again: that would be a duplicate, and out of order. Their first
 * attempt stands for the new one.
 */
export class ExpiredRecords {
  /** Weak, as a delivery that was given up never comes again. */
  private readonly byDelivery = new WeakMap<Delivery, Expired>();
  /**
   * Rejected with their request, perhaps because of another record: they may go again unless a
   * later one of their lane is written.
   */
  private readonly rejected = new Map<Expired, Failed>();

  add(record: InFlightRecord): void {
    record.expire();
    if (record.partition !== undefined) record.partition.expired++;
    const { key, value } = record.delivery.record;
    this.byDelivery.set(record.delivery, { record, key, value, result: undefined });
  }

  /** The broker rejected its request; `reported` follows. */
  rejectedTogether(record: InFlightRecord, failure: Failed): void {
    const expired = this.byDelivery.get(record.delivery);
    if (expired?.record !== record || record.delivery.lane === noLane) return;
    this.rejected.set(expired, failure);
  }

  /**
   * A record is written, or may be: an earlier one of its lane that was rejected would come behind
   * it if it were sent again.
   */
  written({ delivery: { lane }, partition }: InFlightRecord): void {
    for (const [expired, failure] of this.rejected) {
      const { record } = expired;
      if (record.delivery.lane !== lane || record.partition !== partition) continue;
      this.rejected.delete(expired);
      expired.result = overtaken(failure);
    }
  }

  /** The client of the session is gone, and with it the order of what it had. */
  sessionEnded(): void {
    this.rejected.clear();
  }

  /** The client's report came while nobody waited for it. */
  reported(record: InFlightRecord, outcome: Outcome): void {
    if (record.partition !== undefined) record.partition.expired--;
    const expired = this.byDelivery.get(record.delivery);
    if (expired?.record !== record) return;
    if (outcome.status === 'delivered') expired.result = outcome;
    else if (!this.rejected.has(expired)) this.byDelivery.delete(record.delivery);
  }

  /**
   * Returns the attempt that stands for a new one of this delivery; `undefined` when the record has
   * to be produced.
   */
  takeOver(delivery: Delivery, batch: InFlightBatch, session: number): EarlierAttempt | undefined {
    const expired = this.byDelivery.get(delivery);
    if (expired === undefined) return undefined;
    const { record } = expired;
    // It may not go behind records that are still expired: a later attempt takes over.
    if (this.rejected.has(expired) && record.session === session && (record.partition?.expired ?? 0) > 0)
      return undefined;
    this.rejected.delete(expired);
    this.byDelivery.delete(delivery);
    if (!isUnchanged(expired, delivery.record)) return undefined;
    if (expired.result !== undefined) return expired;
    if (record.isDone || record.session !== session) return undefined;
    if (record.partition !== undefined) record.partition.expired--;
    record.resume(batch);
    return expired;
  }
}

/** Returns whether the client has what the delivery is to send. */
function isUnchanged({ record: { partition }, key, value }: Expired, record: SerializedRecord): boolean {
  return (
    record.key === key &&
    record.value === value &&
    record.topic === partition?.topic &&
    (record.partition === undefined || record.partition === partition.index)
  );
}

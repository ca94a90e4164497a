import type { Failed } from '@holdfast/core';
import { noLane } from '@holdfast/core/stage';
import type { InFlightRecord } from './in-flight-batch.js';

/**
 * So many records are given to the client within microseconds, long before its linger time is over.
 */
const burst = 64;

/** A record that was rejected with its request, and why. */
export interface Rejection {
  readonly record: InFlightRecord;
  readonly failure: Failed;
}

/**
 * Bisects records of one partition that the broker rejected together because of one of them: they
 * go again in halves, until the invalid one is alone. The client cuts what it is given into
 * requests where it likes, and a later record of a lane in the next request would be written
 * although the earlier one was rejected. So several records of a lane go together only where they
 * go in one request.
 */
export class Bisection {
  /** How many the client may have at once. */
  private maxInFlight = Infinity;
  private readonly unsettled = new Set<InFlightRecord>();
  /** Lanes of the records that the client was given since it last had none. */
  private readonly lanes = new Set<number>();
  /** How many the client may have when another of their lanes joins them. */
  private readonly maxOfLane: number;
  /** None of the records that the client was given has come back. */
  private isWhole = true;
  /** Records rejected since the partition was last idle. */
  private rejectedCount = 0;
  /** The same, by lane. */
  private readonly rejected = new Map<number, Rejection[]>();

  /** `lingers`: the client waits for at least 1 ms before it makes a request. */
  constructor(lingers: boolean) {
    this.maxOfLane = lingers ? burst : 0;
  }

  get isEmpty(): boolean {
    return this.unsettled.size === 0;
  }

  reject(record: InFlightRecord, failure: Failed): void {
    this.unsettled.add(record);
    this.rejectedCount++;
    const { lane } = record.delivery;
    if (lane === noLane) return;
    const others = this.rejected.get(lane);
    if (others === undefined) this.rejected.set(lane, [{ record, failure }]);
    else others.push({ record, failure });
  }

  /**
   * The client has no record of the partition any more: rejected ones go again, half as many at
   * once; else twice as many.
   */
  idle(): void {
    this.maxInFlight = this.rejectedCount > 0 ? Math.max(1, this.rejectedCount >> 1) : this.maxInFlight * 2;
    this.rejectedCount = 0;
    this.rejected.clear();
    this.lanes.clear();
    this.isWhole = true;
  }

  /** The invalid record was alone: the others go together again. */
  foundInvalid(): void {
    this.maxInFlight = Infinity;
  }

  /**
   * A later record of the lane was written. Returns the rejected ones that must not be written
   * behind it.
   */
  overtakenBy({ delivery: { lane } }: InFlightRecord): readonly Rejection[] {
    const rejected = this.rejected.get(lane) ?? [];
    this.rejected.delete(lane);
    return rejected;
  }

  /**
   * Returns why it was rejected, while the client may still have later records of its lane; else
   * `undefined`.
   */
  failureOf(record: InFlightRecord): Failed | undefined {
    return this.rejected.get(record.delivery.lane)?.find((one) => one.record === record)?.failure;
  }

  /** Returns whether the record may join so many that the client has. */
  mayJoin({ delivery: { lane } }: InFlightRecord, inFlight: number): boolean {
    if (!this.isWhole || inFlight >= this.maxInFlight) return false;
    return inFlight < this.maxOfLane || !this.lanes.has(lane);
  }

  /** The client is given the record. */
  sent({ delivery: { lane } }: InFlightRecord): void {
    if (lane !== noLane) this.lanes.add(lane);
  }

  /** The client has reported a record. */
  reported(): void {
    this.isWhole = false;
  }

  /** The record has its outcome. */
  settled(record: InFlightRecord): void {
    this.unsettled.delete(record);
  }
}

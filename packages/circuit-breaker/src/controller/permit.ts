import type { ProducerError } from '@holdfast/core';
import { noLane, type Delivery } from '@holdfast/core/stage';
import type { HealthResult } from '../health/health-result.js';

/**
 * Permission to send records of one circuit. It remembers when it was given: results count only as
 * long as the circuit has not changed its state since.
 */
export class Permit {
  constructor(
    /** The circuit's count of its state changes at that time. */
    readonly generation: number,
  ) {}

  /** Returns whether this record may be sent with the permit, too. */
  admits(_delivery: Delivery): boolean {
    return true;
  }

  /**
   * Takes the result of records that were settled together. Returns what the circuit is to count.
   */
  settle(_records: number, result: HealthResult): HealthResult | 'pending' {
    return result;
  }
}

/**
 * Keeps Kafka's load small and, if the probe ends as `unknown`, the number of possible duplicates,
 * whatever a batch holds. As many as resilience4j permits while half-open
 * (`permittedNumberOfCallsInHalfOpenState`).
 */
const maxProbeRecords = 10;

/**
 * Permission to send a few records of one batch, to find out whether the circuit can be closed: the
 * first of each lane, so that they are of as many partitions as possible. The probe succeeds when
 * one of them is delivered, and fails when all are settled and none was delivered.
 */
export class Probe extends Permit {
  private readonly lanes = new Set<number>();
  private unsettled = 0;
  private hasSucceeded = false;
  private failure: ProducerError | undefined;

  constructor(
    generation: number,
    /** Monotonic ms. */
    readonly startedAt: number,
  ) {
    super(generation);
  }

  override admits({ lane }: Delivery): boolean {
    if (this.unsettled === maxProbeRecords || this.lanes.has(lane)) return false;
    if (lane !== noLane) this.lanes.add(lane);
    this.unsettled++;
    return true;
  }

  override settle(records: number, result: HealthResult): HealthResult | 'pending' {
    this.unsettled -= records;
    if (this.hasSucceeded) return 'pending';
    if (result === 'success') {
      this.hasSucceeded = true;
      return 'success';
    }
    this.failure = result ?? this.failure;
    return this.unsettled === 0 ? this.failure : 'pending';
  }
}

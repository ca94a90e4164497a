import type { ProducerError } from '@holdfast/core';
import { noLane, type Delivery } from '@holdfast/core/stage';
import type { Circuit } from './circuit.js';
import type { Verdict } from './result.js';

/**
 * Leave to hand records of one circuit down, and the memory of when it was given: what comes back is counted only as long as
 * the circuit has not changed its state since.
 */
export class Permit {
  constructor(
    readonly circuit: Circuit,
    /** The circuit's own count of its state changes. */
    readonly era: number,
  ) {}

  /** Whether this one may go down with it, too. */
  admits(_delivery: Delivery): boolean {
    return true;
  }

  /** So many came back together, and that is what they say. */
  cameBack(_records: number, verdict: Verdict): void {
    this.circuit.heard(this, verdict);
  }
}

/**
 * Kafka's load and, if the probe ends as `unknown`, its possible duplicates stay small, whatever a batch holds. As many as
 * resilience4j lets through half-open (`permittedNumberOfCallsInHalfOpenState`).
 */
const probeRecords = 10;

/**
 * Leave for a few records of one batch, to see whether the circuit can be closed: the first of each lane, so that they are of as
 * many partitions as may be. It succeeds when one of them is delivered, and fails when they all came back and none was.
 */
export class Probe extends Permit {
  private readonly lanes = new Set<number>();
  /** Records that have not come back. */
  private left = 0;
  private hasSucceeded = false;
  private against: ProducerError | undefined;

  constructor(
    circuit: Circuit,
    era: number,
    /** Monotonic ms. */
    readonly startedAt: number,
  ) {
    super(circuit, era);
  }

  override admits({ lane }: Delivery): boolean {
    if (this.left === probeRecords || this.lanes.has(lane)) return false;
    if (lane !== noLane) this.lanes.add(lane);
    this.left++;
    return true;
  }

  override cameBack(records: number, verdict: Verdict): void {
    this.left -= records;
    if (this.hasSucceeded) return;
    if (verdict === 'success') {
      this.hasSucceeded = true;
      this.circuit.heard(this, verdict);
      return;
    }
    this.against = verdict ?? this.against;
    if (this.left === 0) this.circuit.heard(this, this.against);
  }
}

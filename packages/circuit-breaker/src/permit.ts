import type { Circuit } from './circuit.js';
import type { Verdict } from './verdict.js';

/**
 * Leave to hand records of one circuit down, and the memory of when it was given: what comes back is counted only as long as
 * the circuit has not changed its state since.
 */
export class Permit {
  constructor(
    readonly circuit: Circuit,
    /** The circuit's own count of its state changes. */
    readonly era: number,
    /** As many of the first records may go. */
    readonly records = Infinity,
  ) {}

  /** So many did go. */
  wentDown(_records: number): void {}

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

/** Leave for a few records of one batch, to see whether the circuit can be closed. */
export class Probe extends Permit {
  /** Its first answer that counts has come. */
  decided = false;
  /** Records that have not come back. */
  left = 0;

  constructor(
    circuit: Circuit,
    era: number,
    /** Monotonic ms. */
    readonly startedAt: number,
  ) {
    super(circuit, era, probeRecords);
  }

  override wentDown(records: number): void {
    this.left = records;
  }

  override cameBack(records: number, verdict: Verdict): void {
    this.left -= records;
    super.cameBack(records, verdict);
  }
}

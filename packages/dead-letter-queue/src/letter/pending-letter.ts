import type { Failed, Unknown } from '@holdfast/core';
import { recordBytes, type Delivery } from '@holdfast/core/stage';
import { describe, type DescribeOptions } from './describe.js';
import type { DeadLetter } from './dead-letter.js';

/** A delivery that could not be made, on its way to a sink. */
export class Letter {
  /** Where it is now: set by the sink that took it. */
  to: string | undefined;
  /** A sink has refused it that may take it another time. */
  isRefusedForNow = false;
  private latestRefusal = '';
  /** Settled: whatever a sink says later is too late. */
  ended = false;
  /** What it counts for while it is held. */
  readonly bytes: number;
  private described: DeadLetter | undefined;

  constructor(
    readonly id: string,
    readonly delivery: Delivery,
    readonly outcome: Failed | Unknown,
    /** Milliseconds since 1970. */
    readonly at: number,
  ) {
    this.bytes = recordBytes(delivery.record);
  }

  /** Why the last sink did not take it: a code. */
  get refusal(): string {
    return this.latestRefusal;
  }

  set refusal(code: string) {
    this.latestRefusal = code;
    if (!isByDesign(code)) this.isRefusedForNow = true;
  }

  /** As plain data; made once, for whichever sinks ask. */
  describe(options: DescribeOptions): DeadLetter {
    return (this.described ??= describe(this, options));
  }
}

/** That sink will never take it. */
export const isByDesign = (refusal: string): boolean =>
  ['RECORD_TOO_LARGE', 'INVALID_RECORD', 'DEAD_LETTER_TOPIC', 'NO_TOPIC'].includes(refusal);

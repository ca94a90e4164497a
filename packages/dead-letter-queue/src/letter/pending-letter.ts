import type { Failed, Unknown } from '@holdfast/core';
import { recordBytes, type Delivery } from '@holdfast/core/stage';
import { describe, type DescribeOptions } from './describe.js';
import type { DeadLetter } from './dead-letter.js';

/** An undeliverable delivery on its way to a sink. */
export class PendingLetter {
  /** Where the letter is stored. Set by the sink that took it. */
  to: string | undefined;
  /** Whether a sink that refused the letter may take it another time. */
  mayBeTakenLater = false;
  /** Whether the delivery is settled. Whatever a sink reports later is ignored. */
  isSettled = false;
  /** What the letter counts for while it is held. */
  readonly bytes: number;
  private latestRefusal = '';
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

  /** Why the last sink refused the letter: a code. */
  get refusal(): string {
    return this.latestRefusal;
  }

  set refusal(code: string) {
    this.latestRefusal = code;
    if (!isPermanentRefusal(code)) this.mayBeTakenLater = true;
  }

  /** Returns the letter as plain data. It is made once, however many sinks need it. */
  describe(options: DescribeOptions): DeadLetter {
    return (this.described ??= describe(this, options));
  }
}

/** Returns whether the sink that gave this refusal will never take the letter. */
export const isPermanentRefusal = (refusal: string): boolean =>
  ['RECORD_TOO_LARGE', 'INVALID_RECORD', 'DEAD_LETTER_TOPIC', 'NO_TOPIC'].includes(refusal);

import type { Headers } from './record.js';

/** A record as it was read back from a topic, the same over every client. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  /** Exact up to 2^53. */
  readonly offset: number;
  /** Milliseconds since 1970: the broker's append time where the topic uses that, else the record's own. */
  readonly timestamp: number;
  /** `null`: no key. */
  readonly key: Uint8Array | null;
  /** `null`: a tombstone. */
  readonly value: Uint8Array | null;
  /** Values are bytes; a header that was given several times is an array, in order. `{}` without any. */
  readonly headers: Readonly<Headers>;
}

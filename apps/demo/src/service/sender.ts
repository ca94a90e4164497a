import type { Access } from '../access.js';
import type { Way } from '../names.js';
import type { StreamRecord } from '../records.js';
import type { Terms } from '../verdict/conservation.js';

/** Told once of each record, by its place among those handed over. Without an error, it is said to be in Kafka. */
export type Hear = (at: number, error?: unknown) => void;

/** A chain under test, as the service uses it: everything else is the client's or Holdfast's business. */
export interface Sender {
  /** Hands over what has come in since the last call. With fire-and-forget, only what is refused at once is heard of. */
  hand(records: readonly StreamRecord[], hear: Hear): void;
  /** Records that were handed over and have not ended: closing now would cut them off. */
  onTheirWay(): number;
  close(): Promise<unknown>;
  /** Where the records are; a plain client does not say. */
  terms?(): Terms;
}

/** What each sender needs to know. */
export interface SenderSettings {
  readonly access: Access;
  /** Where its records go; the name of its producer, too. */
  readonly topic: string;
  /** Undefined: a promise a record, as `synchronous`. */
  readonly way: Way | undefined;
  readonly requestTimeoutMs: number | undefined;
  /** Undefined: no journal. */
  readonly outbox: string | undefined;
  /** Undefined: no dead-letter queue. */
  readonly deadLetters: DeadLetterPlaces | undefined;
}

/** Where Holdfast takes what it cannot deliver. */
export interface DeadLetterPlaces {
  readonly topic: string;
  readonly directory: string;
}

import type { Access } from '../access.js';
import type { Way } from '../names.js';
import type { StreamRecord } from '../records.js';
import type { Terms } from '../verdict/conservation.js';

/**
 * Called once per record, with its index among those passed. Without an error, the record is
 * reported to be in Kafka.
 */
export type Hear = (at: number, error?: unknown) => void;

/** A chain under test, as the service uses it. Everything else is up to the client or Holdfast. */
export interface Sender {
  /**
   * Passes on what has arrived since the last call. With fire-and-forget, only an immediate
   * rejection is reported.
   */
  hand(records: readonly StreamRecord[], hear: Hear): void;
  /** Records that were passed and have not settled: closing now would cut them off. */
  onTheirWay(): number;
  close(): Promise<unknown>;
  /** The counts of the records by state; a plain client has none. */
  terms?(): Terms;
}

/** What each sender needs to know. */
export interface SenderSettings {
  readonly access: Access;
  /** The topic of its records, and the name of its producer. */
  readonly topic: string;
  /** Undefined: one promise per record, as `synchronous`. */
  readonly way: Way | undefined;
  readonly requestTimeoutMs: number | undefined;
  /** Undefined: no journal. */
  readonly outbox: string | undefined;
  /** Undefined: no dead-letter queue. */
  readonly deadLetters: DeadLetterPlaces | undefined;
}

/** Where Holdfast puts what it cannot deliver. */
export interface DeadLetterPlaces {
  readonly topic: string;
  readonly directory: string;
}

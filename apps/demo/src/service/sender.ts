import type { StreamRecord } from '../records.js';

/** A chain under test, as the service uses it: everything else is the client's or Holdfast's business. */
export interface Sender {
  /** Hands over what has come in since the last call; one promise a record, that resolves when it is said to be in Kafka. */
  send(records: readonly StreamRecord[]): readonly Promise<unknown>[];
  close(): Promise<unknown>;
}

/** What each sender needs to know. */
export interface SenderSettings {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly requestTimeoutMs: number | undefined;
  /** Undefined: no journal. */
  readonly outbox: string | undefined;
}

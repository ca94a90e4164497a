import type { Client } from '../names.js';

/** The settings that the sender gets at its start. */
export interface SenderSettings {
  readonly client: Exclude<Client, 'file'>;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly directory: string;
  readonly maxBytes: number;
  /** Records per second that pass below the journal. */
  readonly drainRate: number;
  /** Records per second that are sent. */
  readonly sendRate: number;
  readonly seconds: number;
}

/** A snapshot of the sender at one moment. */
export interface Sample {
  readonly atMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Buffers, which V8 counts separately from its heap. */
  readonly externalBytes: number;
  /** The size of the files, as the journal reports it. */
  readonly diskBytes: number;
  readonly backlogRecords: number;
  readonly sent: number;
  readonly accepted: number;
}

export interface Ended {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly undeliverable: number;
}

export type Report =
  | { readonly type: 'sample'; readonly sample: Sample }
  /** The time is over: the backlog on disk drains to Kafka as fast as it can. */
  | { readonly type: 'draining' }
  | { readonly type: 'ended'; readonly ended: Ended };

// Both ends belong to the same build of this program, so a shallow check is enough.
export function isSenderSettings(value: unknown): value is SenderSettings {
  return typeof value === 'object' && value !== null && 'drainRate' in value;
}

export function isReport(message: unknown): message is Report {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return ['sample', 'draining', 'ended'].some((tag) => tag === message.type);
}

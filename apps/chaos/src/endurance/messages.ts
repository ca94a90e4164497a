import type { Client } from '../names.js';

/** What the sender is told at its start. */
export interface SenderSettings {
  readonly client: Exclude<Client, 'file'>;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly directory: string;
  readonly maxBytes: number;
  /** Records a second that go on below the journal. */
  readonly drainRate: number;
  /** Records a second that are sent. */
  readonly sendRate: number;
  readonly seconds: number;
}

/** How things stand at one moment. */
export interface Sample {
  readonly atMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Buffers, which V8 counts apart from its heap. */
  readonly externalBytes: number;
  /** What the journal says of its files. */
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
  /** The time is over; what is on disk goes on to Kafka as fast as it can. */
  | { readonly type: 'draining' }
  | { readonly type: 'ended'; readonly ended: Ended };

// Both ends are this program, of one build: a look is enough.
export function isSenderSettings(value: unknown): value is SenderSettings {
  return typeof value === 'object' && value !== null && 'drainRate' in value;
}

export function isReport(message: unknown): message is Report {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return ['sample', 'draining', 'ended'].some((tag) => tag === message.type);
}

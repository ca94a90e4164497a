import type { Chain, Client } from '../names.js';
import type { Ledger } from '../verdict/ledger.js';

/** What one sending process is told at its start. */
export interface ServiceSettings {
  readonly client: Client;
  readonly chain: Chain;
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Records a second. */
  readonly rate: number;
  /** Where the stream ends; undefined: at the number that a later `stopAt` names. */
  readonly records: number | undefined;
  /** Undefined: the client's own default. */
  readonly requestTimeoutMs: number | undefined;
  /** Undefined: the service is not killed, and needs no disk. */
  readonly disk: ServiceDisk | undefined;
}

/** What outlives a service that is killed. */
export interface ServiceDisk {
  /** The file of its {@link Book}. */
  readonly notes: string;
  /** The directory of Holdfast's journal. */
  readonly outbox: string;
}

export interface Progress {
  /** Handed to `send`. */
  readonly sent: number;
  readonly acknowledged: number;
  readonly rejected: number;
}

/** From the demo to the service. */
export type Order =
  | { readonly type: 'settings'; readonly settings: ServiceSettings }
  | { readonly type: 'go' }
  /** Ends the stream at this many records; ignored when it has its end already. */
  | { readonly type: 'stopAt'; readonly records: number };

/** From the service to the demo. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'ended'; readonly ledger: Ledger };

// Both ends of the channel are this program, of one build: the tag is enough.
export function isOrder(message: unknown): message is Order {
  return isTagged(message, ['settings', 'go', 'stopAt']);
}

export function isReport(message: unknown): message is Report {
  return isTagged(message, ['ready', 'progress', 'ended']);
}

function isTagged(message: unknown, tags: readonly string[]): boolean {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return tags.some((tag) => tag === message.type);
}

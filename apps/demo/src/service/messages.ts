import type { Access } from '../access.js';
import type { Mix } from '../mixed-records.js';
import type { Chain, Client, Way } from '../names.js';
import type { Terms } from '../verdict/conservation.js';
import type { Ledger } from '../verdict/ledger.js';
import type { Noted } from './book.js';
import type { DeadLetterPlaces } from './sender.js';

/** The settings that a sending process gets at its start. */
export interface ServiceSettings {
  readonly client: Client;
  readonly chain: Chain;
  /** Undefined: one promise per record, and no caller waits for one before it sends the next. */
  readonly way: Way | undefined;
  readonly access: Access;
  readonly topic: string;
  /** Undefined: all records are small and go to `topic`. */
  readonly mix: Mix | undefined;
  /** Of Holdfast; undefined for none. */
  readonly deadLetters: DeadLetterPlaces | undefined;
  /** Records per second. */
  readonly rate: number;
  /** Where the stream ends; undefined: at the number that a later `stopAt` gives. */
  readonly records: number | undefined;
  /** Undefined: the client's own default. */
  readonly requestTimeoutMs: number | undefined;
  /** Of Holdfast: the port of its `/metrics` on loopback; undefined for none. */
  readonly metricsPort: number | undefined;
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

export interface Progress extends Noted {
  /** Orders that have arrived; some may wait for a free caller to send them. */
  readonly arrived: number;
  /** Passed to `send`, and not settled. */
  readonly onTheirWay: number;
  /** Undefined for a plain client, which does not report it. */
  readonly terms: Terms | undefined;
}

export const noProgress: Progress = {
  ...{ arrived: 0, sent: 0, acknowledged: 0, rejected: 0, onTheirWay: 0 },
  terms: undefined,
};

/** From the demo to the service. */
export type Order =
  | { readonly type: 'settings'; readonly settings: ServiceSettings }
  | { readonly type: 'go' }
  /** Ends the stream at this many records; ignored when it already has an end. */
  | { readonly type: 'stopAt'; readonly records: number };

/** From the service to the demo. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'ended'; readonly ledger: Ledger };

// Both ends belong to the same build of this program, so the tag is enough.
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

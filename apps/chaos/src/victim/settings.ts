import type { Acknowledge, Client, Fsync } from '../names.js';
import type { DiskFault } from './faulty-disk.js';

/** What the victim does once its producer is open. */
export type Work =
  /** Sends until it is killed, or for `forMs`, and then closes. */
  | {
      readonly kind: 'load';
      /** The most records per second. */
      readonly rate: number;
      /** The most records that wait for an answer. */
      readonly window: number;
      readonly forMs?: number;
      readonly records?: number;
    }
  /** Sends nothing: delivers what earlier lives left, and closes. */
  | { readonly kind: 'drain' };

/** The settings of one life of the victim. */
export interface VictimSettings {
  /** The number of the first record that this life sends; lower numbers belong to earlier lives. */
  readonly from: number;
  readonly ledger: string;
  readonly client: Client;
  /** With the client `file`, only its path. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly journal: JournalSettings;
  readonly work: Work;
  readonly fault?: DiskFault;
  /** The victim kills itself as soon as this many records are acknowledged and in the ledger. */
  readonly dieAfterAcknowledged?: number;
}

export interface JournalSettings {
  readonly directory: string;
  readonly acknowledge: Acknowledge;
  readonly fsync: Fsync;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly encrypted: boolean;
}

// The writer and the reader belong to the same build of this program.
export function settingsOf(argument: string | undefined): VictimSettings {
  const parsed: unknown = JSON.parse(argument ?? 'null');
  if (!isSettings(parsed)) throw new Error('usage: main.js <settings as JSON>; VictimProcess starts it');
  return parsed;
}

function isSettings(value: unknown): value is VictimSettings {
  return typeof value === 'object' && value !== null && 'journal' in value && 'work' in value;
}

import type { Acknowledge, Client, Fsync } from '../names.js';
import type { DiskFault } from './faulty-disk.js';

/** What the victim does once its producer is open. */
export type Work =
  /** Sends until it is killed, or for `forMs`, and then closes. */
  | {
      readonly kind: 'load';
      /** Records a second, at most. */
      readonly rate: number;
      /** Records that wait for an answer, at most. */
      readonly window: number;
      readonly forMs?: number;
      readonly records?: number;
    }
  /** Sends nothing: delivers what earlier lives left, and closes. */
  | { readonly kind: 'drain' };

/** Everything that one life of the victim is told. */
export interface VictimSettings {
  /** The number of the first record that this life sends; those below it are of earlier lives. */
  readonly from: number;
  readonly ledger: string;
  readonly client: Client;
  /** With the client `file`, its path alone. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly journal: JournalSettings;
  readonly work: Work;
  readonly fault?: DiskFault;
  /** It kills itself as soon as so many records are acknowledged and written down. */
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

// Both who writes and who reads is this program, of one build.
export function settingsOf(argument: string | undefined): VictimSettings {
  const parsed: unknown = JSON.parse(argument ?? 'null');
  if (!isSettings(parsed)) throw new Error('usage: main.js <settings as JSON>; VictimProcess starts it');
  return parsed;
}

function isSettings(value: unknown): value is VictimSettings {
  return typeof value === 'object' && value !== null && 'journal' in value && 'work' in value;
}

import type { Access } from '../access.js';
import type { Client } from '../names.js';
import { run } from '../program.js';
import type { DeadLetterPlaces } from '../service/sender.js';

/** What the replayer needs to know. */
export interface Replaying extends DeadLetterPlaces {
  readonly client: Client;
  /** The user that sends the records again. */
  readonly service: Access;
  /** The user that reads the dead-letter topic. */
  readonly admin: Access;
}

export interface ReplayCounts {
  readonly replayed: number;
  readonly failed: number;
  readonly alreadyReplayed: number;
  readonly unreadable: number;
}

export interface Replay {
  readonly file: ReplayCounts;
  readonly topic: ReplayCounts;
}

/** Replays the files first, then the topic. */
export async function replay(asked: Replaying, signal: AbortSignal): Promise<Replay> {
  const counts: ReplayCounts[] = [];
  for await (const line of run(new URL('./replayer.js', import.meta.url), asked, signal)) {
    if (!isCounts(line)) throw new Error('the replayer wrote a line that is not a count');
    counts.push(line);
  }
  const [file, topic] = counts;
  if (file === undefined || topic === undefined) throw new Error('the replayer ended early');
  return { file, topic };
}

// Both ends belong to the same build of this program, so it is enough to tell them apart.
export const isReplaying = (value: unknown): value is Replaying =>
  typeof value === 'object' && value !== null && 'client' in value && 'directory' in value;

const isCounts = (value: unknown): value is ReplayCounts =>
  typeof value === 'object' && value !== null && 'replayed' in value && 'alreadyReplayed' in value;

import { seededRandom } from '@holdfast/testing';
import type { Acknowledge, Client, Fsync } from '../names.js';
import type { JournalSettings } from '../victim/settings.js';

/**
 * The most kills that share a directory and a topic: more would not fit into memory for the check.
 */
const mostKills = 100;

/** The most segments that a journal may have. */
const mostSegments = 1_024;

/** What the user chose; `undefined`: mixed. */
export interface KillsOptions {
  readonly kills: number;
  readonly clients: readonly Client[];
  readonly seed: number;
  readonly acknowledge: Acknowledge | undefined;
  readonly fsync: Fsync | undefined;
}

/** One journal and one topic, and the lives that share them. */
export interface RoundPlan {
  readonly number: number;
  readonly seed: number;
  readonly kills: number;
  readonly client: Client;
  readonly journal: Omit<JournalSettings, 'directory'>;
}

/**
 * Returns the rounds of a run: each client with each mode, as evenly as the number of kills allows.
 */
export function planOf(options: KillsOptions): RoundPlan[] {
  const { kills, clients, seed } = options;
  const modes: readonly Acknowledge[] =
    options.acknowledge === undefined ? ['journaled', 'delivered'] : [options.acknowledge];
  const pairs = modes.flatMap((acknowledge) => clients.map((client) => ({ client, acknowledge })));
  const count = Math.min(kills, Math.max(pairs.length, Math.ceil(kills / mostKills)));
  return Array.from({ length: count }, (_, number) => {
    const random = seededRandom(seed + number * 7_919);
    const segmentBytes = 1024 * pick([16, 64, 256, 1_024], random());
    const pair = pairs[number % pairs.length] ?? { client: 'file', acknowledge: 'journaled' };
    return {
      number,
      seed: Math.floor(random() * 2 ** 31),
      kills: Math.floor(((number + 1) * kills) / count) - Math.floor((number * kills) / count),
      client: pair.client,
      journal: {
        acknowledge: pair.acknowledge,
        fsync: options.fsync ?? fsyncBy(random()),
        segmentBytes,
        maxBytes: segmentBytes * mostSegments,
        encrypted: random() < 0.25,
      },
    };
  });
}

/**
 * kill -9 leaves the operating system's cache alone, so all three modes must lose nothing. Most
 * rounds use the default.
 */
const fsyncBy = (dice: number): Fsync => (dice < 0.6 ? 'always' : dice < 0.8 ? 'interval' : 'never');

function pick(values: readonly number[], dice: number): number {
  return values[Math.floor(dice * values.length)] ?? 64;
}

import { unsupportedProduceVersions } from '../errors.js';

/**
 * Versions of the produce request (https://kafka.apache.org/protocol#The_Messages_Produce): 3 has
 * record batches and headers (Kafka 0.11), 8 errors of single records (KIP-467), 9 compact fields
 * (KIP-482), 10 the current leaders (KIP-951).
 */
const oldestProduce = 3;
const newestProduce = 10;

export interface VersionRange {
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** Returns the newest version that both sides speak. Throws when there is none. */
export function produceVersion(spoken: VersionRange | undefined): number {
  const version = Math.min(newestProduce, spoken?.maxVersion ?? 0);
  if (version >= Math.max(oldestProduce, spoken?.minVersion ?? 0)) return version;
  throw unsupportedProduceVersions(
    { min: spoken?.minVersion ?? 0, max: spoken?.maxVersion ?? 0 },
    { min: oldestProduce, max: newestProduce },
  );
}

/** Compact strings and arrays, and tagged fields. */
export const isFlexible = (version: number): boolean => version >= 9;

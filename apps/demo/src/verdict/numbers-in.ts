import type { ReadRecord } from '../reader/read-record.js';
import type { Catalogue } from '../records.js';

/** Returns the numbers of the records that were read exactly as they were sent, byte for byte. */
export function numbersIn(log: readonly ReadRecord[], catalogue: Catalogue): Set<number> {
  const numbers = new Set<number>();
  for (const record of log) {
    const n = catalogue.numberOf(record);
    if (n !== undefined) numbers.add(n);
  }
  return numbers;
}

/** Records of 1 KiB, numbered from 0. The number determines the whole record. */
export interface KilobyteRecord {
  readonly key: string;
  readonly value: string;
}

export const keyCount = 50;
export const recordBytes = 1024;

const filler = Array.from({ length: 200 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0).join('');

export function kilobyteRecord(n: number): KilobyteRecord {
  const key = `key-${n % keyCount}`;
  const head = `${n} `;
  const from = n % 500;
  return { key, value: head + filler.slice(from, from + recordBytes - head.length - key.length) };
}

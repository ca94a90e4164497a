/** Kept small enough for many records of each key, large enough that many lanes are busy at once. */
export const keyCount = 100;

/** The records of the stream are numbered from 0; the number decides everything about a record. */
export interface StreamRecord {
  readonly key: string;
  readonly value: string;
}

export function keyIndexOf(n: number): number {
  return n % keyCount;
}

export function recordOf(n: number): StreamRecord {
  const key = `key-${String(keyIndexOf(n)).padStart(2, '0')}`;
  return { key, value: `record ${n} of the stream, ${key}`.padEnd(valueLength, '.') };
}

const valueLength = 100;

/** The number of a record that was read; undefined when the stream has no such record, byte for byte. */
export function numberOf(key: string | null, value: string | null): number | undefined {
  const n = numberIn(value);
  if (n === undefined) return undefined;
  const record = recordOf(n);
  return record.key === key && record.value === value ? n : undefined;
}

/** The number that a value of the stream begins with. */
export function numberIn(value: string | null): number | undefined {
  const digits = /^record (\d{1,9}) /.exec(value ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

import type { FoundRecord } from '@holdfast/testing';

/** A record as a broker receives it. */
export type Stored = Pick<FoundRecord, 'key' | 'value' | 'headers'>;

/** Converts a list as on the wire, in which a name may occur several times. */
export function headersOf(
  list: readonly (readonly [name: string, value: Buffer | null])[],
): NonNullable<Stored['headers']> {
  const headers: { [name: string]: Uint8Array[] } = {};
  for (const [name, value] of list) (headers[name] ??= []).push(value ?? Buffer.alloc(0));
  return headers;
}

export const storedBytes = ({ key, value }: Stored): number => (key?.length ?? 0) + (value?.length ?? 0);

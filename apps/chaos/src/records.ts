import type { Headers } from '@holdfast/core';

/** The records of a stream are numbered from 0. The number determines the whole record. */
export interface StreamRecord {
  readonly key: string | null;
  readonly value: string;
  readonly headers: Headers;
}

const keyCount = 20;
/** One record in this many has no key, and so no order to keep. */
const keylessShare = 16;
const headerShare = 8;

/**
 * Printable bytes, aperiodic so that a shift shows, with bytes that a journal frame begins with.
 */
const filler = makeFiller(128 * 1024);

function makeFiller(length: number): string {
  const words: string[] = [];
  for (let i = 0, have = 0; have < length; i++) {
    const word = i % 50 === 0 ? 'HFRM' : mixed(i).toString(36);
    words.push(word);
    have += word.length;
  }
  return words.join('');
}

/** A 32-bit hash of small numbers: Knuth's multiplicative one, folded. */
function mixed(n: number): number {
  const product = Math.imul(n + 1, 0x9e3779b1);
  return (product ^ (product >>> 15)) >>> 0;
}

export function recordOf(n: number): StreamRecord {
  const hash = mixed(n);
  const key = hash % keylessShare === 0 ? null : `key-${hash % keyCount}`;
  const from = (hash >>> 8) % 32_768;
  return {
    key,
    value: `${n} ${filler.slice(from, from + fillerLength(n, hash))}`,
    headers: n % headerShare === 0 ? { number: String(n) } : {},
  };
}

/** Most are small; some are larger than a page, few larger than a small segment. */
function fillerLength(n: number, hash: number): number {
  if (n % 4_096 === 4_000) return 40_000;
  if (n % 64 === 50) return 4_000 + (hash % 2_000);
  return 40 + (hash % 360);
}

/** Returns the number that a value begins with. */
export function numberIn(value: string): number | undefined {
  const digits = /^(\d{1,10}) /.exec(value.slice(0, 12))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function numberOfBytes(value: Uint8Array | null): number | undefined {
  if (value === null) return undefined;
  return numberIn(
    Buffer.from(value.buffer, value.byteOffset, Math.min(12, value.byteLength)).toString('latin1'),
  );
}

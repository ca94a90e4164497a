import type { ProducerRecord } from '@holdfast/core';

export const keyBytes = 8;

/** Makes records that each have bytes of their own, as a program's records have. */
export function recordMaker(valueBytes: number, topic: string): (index: number) => ProducerRecord {
  const value = Buffer.alloc(valueBytes, 'v');
  const keys = Array.from({ length: 100_000 }, (_, index) => String(index).padStart(keyBytes, 'k'));
  return (index) => ({
    topic,
    key: Buffer.from(keys[index % keys.length] ?? ''),
    value: Buffer.from(value),
  });
}

import { isUint8Array } from 'node:util/types';
import type { Delivery } from '@holdfast/core/stage';
import { bytesKey, describeData } from '../history/identity.js';

export const nameOf = ({ record }: Delivery): string => describeData(record);

/** A copy of a record at the time it was handed on. */
export type Snapshot = ReadonlyMap<string, string>;

export function snapshotOf({ record }: Delivery): Snapshot {
  const fields = new Map([
    ['topic', record.topic],
    ['key', bytesKey(record.key)],
    ['value', bytesKey(record.value)],
    ['partition', String(record.partition)],
    ['timestamp', String(record.timestamp)],
  ]);
  if (!record.hasHeaders) return fields;
  for (const [name, value] of Object.entries(record.headers)) {
    const values = typeof value === 'string' || isUint8Array(value) ? [value] : value;
    fields.set(`header '${name}'`, values.map(bytesKey).join());
  }
  return fields;
}

/** Returns the names of the fields that differ. */
export function changed(before: Snapshot, now: Snapshot): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (field) => before.get(field) !== now.get(field),
  );
}

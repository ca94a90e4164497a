import { isUint8Array } from 'node:util/types';
import type { Bytes, Headers, HeaderValue } from '@holdfast/core';
import type { Entry, FoundRecord, IdOf, SentRecord } from './history-types.js';

/** One character a byte, so that any bytes can be part of a map's key. */
export function bytesKey(data: Bytes | undefined): string {
  if (data === null || data === undefined) return '-';
  return typeof data === 'string'
    ? `=${Buffer.from(data).toString('latin1')}`
    : `=${view(data).toString('latin1')}`;
}

const view = (data: Uint8Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

export const idOfBytes: IdOf = ({ topic, key, value }) => `${topic}\n${bytesKey(key)}\n${bytesKey(value)}`;

/** Records with equal lanes keep their order: (topic, partition asked for), else (topic, key), else none. */
export function laneName({ topic, key, partition }: SentRecord): string | undefined {
  if (partition !== undefined) return `${topic} partition ${partition}`;
  return key === undefined || key === null ? undefined : `${topic}\n${bytesKey(key)}`;
}

/** How messages name a record: short, readable, and enough to find it. */
export function describe({ number, record }: Pick<Entry, 'number' | 'record'>): string {
  return `record ${number} (${describeData(record)})`;
}

export function describeData({ topic, key, value }: Pick<SentRecord, 'topic' | 'key' | 'value'>): string {
  return `topic ${topic}, key ${shown(key)}, value ${shown(value)}`;
}

export const placeOf = ({
  topic,
  partition,
  offset,
}: Pick<FoundRecord, 'topic' | 'partition' | 'offset'>): string =>
  `${topic}[${partition}]${offset === undefined ? '' : ` at offset ${offset}`}`;

function shown(data: Bytes | undefined): string {
  if (data === null || data === undefined) return 'null';
  const text = typeof data === 'string' ? data : view(data).toString();
  return text.length > 60 ? `'${text.slice(0, 60)}…' (${text.length} characters)` : `'${text}'`;
}

const valuesOf = (value: HeaderValue | undefined): string =>
  value === undefined
    ? 'none'
    : (typeof value === 'string' || isUint8Array(value) ? [value] : value).map(bytesKey).join('\n');

/** Names of the headers whose values differ, those to ignore left out. */
export function differingHeaders(
  sent: Readonly<Headers> = {},
  found: Readonly<Headers> = {},
  ignore: readonly string[],
): string[] {
  const names = new Set([...Object.keys(sent), ...Object.keys(found)]);
  return [...names].filter(
    (name) => !ignore.includes(name) && valuesOf(sent[name]) !== valuesOf(found[name]),
  );
}

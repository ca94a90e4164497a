import type { Headers, HeaderValue } from '@holdfast/core';

/** Precedes the name of each header of the original record: `original-<header>`. */
const prefix = 'original-';

/**
 * A header of the record with one of these names would be mistaken for one of ours, so it is stored
 * with a leading `_`. A name that already begins with `_` gets one more, so that every name can be
 * restored.
 */
const ambiguous = /^_*(?:topic|partition|timestamp|key-hash)$/;
const escaped = /^_+(?:topic|partition|timestamp|key-hash)$/;
const ours = /^(?:topic|partition|timestamp|key-hash)$/;

const storedName = (name: string): string => prefix + (ambiguous.test(name) ? `_${name}` : name);

/**
 * Returns the original name of a stored header; `undefined` for a header that is not the record's.
 */
function originalName(stored: string): string | undefined {
  if (!stored.startsWith(prefix)) return undefined;
  const name = stored.slice(prefix.length);
  if (ours.test(name)) return undefined;
  return escaped.test(name) ? name.slice(1) : name;
}

/** Returns the headers of a record under the names that they have in a dead letter. */
export const prefixHeaders = (headers: Readonly<Headers>): [string, HeaderValue][] =>
  Object.entries(headers).map(([name, value]) => [storedName(name), value]);

/** Returns the record's own headers of a dead letter, under their names and in their order. */
export function unprefixHeaders(stored: Readonly<Headers>): Headers {
  const headers: [string, HeaderValue][] = [];
  for (const [name, value] of Object.entries(stored)) {
    const original = originalName(name);
    if (original !== undefined) headers.push([original, value]);
  }
  // fromEntries defines properties, so a header named __proto__ is one like any other.
  return Object.fromEntries(headers);
}

import type { Headers, HeaderValue } from '@holdfast/core';

/** What each header of the user's is called in a dead letter: `original-<header>`. */
export const prefix = 'original-';

/**
 * A user's header of one of these names would be taken for ours: it gets a `_` in front, as does one that has `_` there already,
 * so that every name is found again.
 */
const taken = /^_*(?:topic|partition|timestamp|key-hash)$/;
const escaped = /^_+(?:topic|partition|timestamp|key-hash)$/;
const ours = /^(?:topic|partition|timestamp|key-hash)$/;

const hide = (name: string): string => prefix + (taken.test(name) ? `_${name}` : name);

/** The user's name of a header of a dead letter; `undefined`: it is none of his. */
function show(name: string): string | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const rest = name.slice(prefix.length);
  if (ours.test(rest)) return undefined;
  return escaped.test(rest) ? rest.slice(1) : rest;
}

export const hideHeaders = (headers: Readonly<Headers>): [string, HeaderValue][] =>
  Object.entries(headers).map(([name, value]) => [hide(name), value]);

/** The user's headers of a dead letter, as he gave them, in his order. */
export function showHeaders(headers: Readonly<Headers>): Headers {
  const shown: [string, HeaderValue][] = [];
  for (const [hidden, value] of Object.entries(headers)) {
    const name = show(hidden);
    if (name !== undefined) shown.push([name, value]);
  }
  // fromEntries defines properties, so a header named __proto__ is one like any other.
  return Object.fromEntries(shown);
}

import { isReadableBytes } from './bytes.js';
import { cutName } from './cut-name.js';
import { kindOf } from './kind-of.js';
import type { Headers, HeaderValue } from './record.js';
import { invalid } from './validate-record.js';

interface Unchecked {
  readonly [name: string]: unknown;
}

/**
 * A copy of the headers that the user gave: he may go on using his own. What is checked is the copy, since a getter or a Proxy may
 * answer something else the next time. Throws `INVALID_RECORD`, or what a getter throws.
 */
export function ownHeaders(given: unknown): Headers {
  // What is iterable (a Map, fetch's Headers, an array) keeps its entries elsewhere: a copy of its properties would lose them.
  if (typeof given !== 'object' || given === null || Symbol.iterator in given) {
    throw invalid(
      'headers',
      'must be an object of name: value; give an array as value for a header that comes several times',
    );
  }
  const own: Unchecked = { ...given };
  for (const name of Object.keys(own)) {
    const value = own[name];
    if (Array.isArray(value)) Object.defineProperty(own, name, { value: Array.from<unknown>(value) });
  }
  if (isHeaders(own)) return own;
  const wrong = Object.keys(own).find((name) => !isHeaderValue(own[name])) ?? '';
  throw invalid(
    `headers.${cutName(wrong)}`,
    `must be bytes (Uint8Array), a string, or an array of these, not ${kindOf(own[wrong])}; turn it into text first`,
  );
}

const isHeaders = (own: Unchecked): own is Headers => Object.values(own).every(isHeaderValue);

const isHeaderValue = (value: unknown): value is HeaderValue =>
  isOne(value) || (Array.isArray(value) && value.every(isOne));

const isOne = (value: unknown): boolean => typeof value === 'string' || isReadableBytes(value);

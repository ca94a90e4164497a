import { isReadableBytes } from '../foreign/bytes.js';
import { cutName } from '../foreign/cut-name.js';
import type { ProducerError } from '../contract/error.js';
import { kindOf } from '../foreign/kind-of.js';
import type { Headers, HeaderValue } from '../contract/record.js';
import { invalid } from './validate-record.js';

interface Unchecked {
  readonly [name: string]: unknown;
}

/**
 * A copy of the headers that the user gave: he may go on using his own. What is checked is the copy, since a getter or a Proxy may
 * answer something else the next time. Throws `INVALID_RECORD`, or what a getter throws.
 */
export function ownHeaders(given: unknown): Headers {
  if (!isObjectOfNames(given)) throw noObject();
  const own: Unchecked = { ...given };
  for (const name of Object.keys(own)) {
    const value = own[name];
    if (Array.isArray(value)) Object.defineProperty(own, name, { value: Array.from<unknown>(value) });
  }
  if (isHeaders(own)) return own;
  throw valueProblem(own) ?? noObject();
}

/** What is wrong with headers that need no copy. */
export function headersProblem(headers: unknown): ProducerError | undefined {
  return isObjectOfNames(headers) ? valueProblem(headers) : noObject();
}

function valueProblem(headers: Unchecked): ProducerError | undefined {
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (isHeaderValue(value)) continue;
    return invalid(
      `headers.${cutName(name)}`,
      `must be bytes (Uint8Array), a string, or an array of these, not ${kindOf(value)}; turn it into text first`,
    );
  }
  return undefined;
}

// What is iterable (a Map, fetch's Headers, an array) keeps its entries elsewhere: a copy of its properties would lose them.
const isObjectOfNames = (given: unknown): given is Unchecked =>
  typeof given === 'object' && given !== null && !(Symbol.iterator in given);

const noObject = (): ProducerError =>
  invalid(
    'headers',
    'must be an object of name: value; give an array as value for a header that comes several times',
  );

const isHeaders = (own: Unchecked): own is Headers => Object.values(own).every(isHeaderValue);

// `every` leaves the holes of an array out, and `Array.from` does not.
const isHeaderValue = (value: unknown): value is HeaderValue =>
  isOne(value) || (Array.isArray(value) && Array.from<unknown>(value).every(isOne));

const isOne = (value: unknown): boolean => typeof value === 'string' || isReadableBytes(value);

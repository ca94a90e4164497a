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
 * Returns a checked copy of the user's headers, so that the user may reuse the original. It checks
 * the copy, because a getter or a Proxy may return another value at the next read. Throws
 * `INVALID_RECORD`, or the error of a getter.
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

/** Returns the problem of headers that need no copy, or `undefined`. */
export function headersProblem(headers: unknown): ProducerError | undefined {
  return isObjectOfNames(headers) ? valueProblem(headers) : noObject();
}

function valueProblem(headers: Unchecked): ProducerError | undefined {
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (isHeaderValue(value)) continue;
    return invalid(
      `headers.${cutName(name)}`,
      `must be bytes (Uint8Array), a string, or an array of these, not ${kindOf(value)}; convert it to a string first`,
    );
  }
  return undefined;
}

// Iterables (a Map, fetch's Headers, an array) keep their entries outside their properties: a copy
// would lose them.
const isObjectOfNames = (given: unknown): given is Unchecked =>
  typeof given === 'object' && given !== null && !(Symbol.iterator in given);

const noObject = (): ProducerError =>
  invalid('headers', 'must be an object of name: value; use an array as the value of a repeated header');

const isHeaders = (own: Unchecked): own is Headers => Object.values(own).every(isHeaderValue);

// `every` skips the holes of an array; `Array.from` turns them into `undefined`.
const isHeaderValue = (value: unknown): value is HeaderValue =>
  isOne(value) || (Array.isArray(value) && Array.from<unknown>(value).every(isOne));

const isOne = (value: unknown): boolean => typeof value === 'string' || isReadableBytes(value);

import { isReadableBytes } from '../foreign/bytes.js';
import { Cursor } from './cursor.js';
import { cutName } from '../foreign/cut-name.js';
import { kindOf } from '../foreign/kind-of.js';
import { headerKinds as kinds } from './record-flags.js';
import type { Headers, HeaderValue } from '../contract/record.js';
import { invalid } from '../intake/validate-record.js';

type One = string | Uint8Array;

/**
 * Encodes headers: strings stay strings, bytes stay bytes, and a repeated header stays an array.
 * Throws `INVALID_RECORD` for a value that would not decode to the same: a middleware may have set
 * anything, and the caller may have transferred the bytes away.
 */
export function encodeHeaders(headers: Headers): Buffer {
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers)
    throw invalid('headers', `must be an object of name: value, not ${kindOf(headers)}`);
  const entries = Object.entries(headers);
  let most = 5;
  for (const [name, value] of entries) most += textRoom(name) + valueRoom(name, value);
  const cursor = new Cursor(Buffer.allocUnsafe(most), 0);
  cursor.writeVarint(entries.length);
  for (const [name, value] of entries) {
    cursor.writeBytes(Buffer.from(name));
    writeValue(cursor, value);
  }
  // Shared memory may grow at any time.
  if (cursor.at > most) throw invalid('headers', 'changed while they were read');
  return cursor.page.subarray(0, cursor.at);
}

export function decodeHeaders(bytes: Buffer): Headers {
  const cursor = new Cursor(bytes, 0);
  const entries: [string, HeaderValue][] = [];
  for (let left = cursor.readVarint(); left > 0; left--) {
    const name = cursor.readBytes().toString();
    entries.push([name, readValue(cursor)]);
  }
  // fromEntries defines properties, so a header named __proto__ is like any other.
  return Object.fromEntries(entries);
}

function writeValue(cursor: Cursor, value: HeaderValue): void {
  if (isOne(value)) return writeOne(cursor, value);
  cursor.writeVarint(kinds.several);
  cursor.writeVarint(value.length);
  for (const one of value) writeOne(cursor, one);
}

function writeOne(cursor: Cursor, value: One): void {
  cursor.writeVarint(typeof value === 'string' ? kinds.text : kinds.bytes);
  cursor.writeBytes(typeof value === 'string' ? Buffer.from(value) : value);
}

function readValue(cursor: Cursor): HeaderValue {
  const kind = cursor.readVarint();
  if (kind !== kinds.several) return readOne(cursor, kind);
  return Array.from({ length: cursor.readVarint() }, () => readOne(cursor, cursor.readVarint()));
}

function readOne(cursor: Cursor, kind: number): One {
  const bytes = cursor.readBytes();
  return kind === kinds.text ? bytes.toString() : bytes;
}

// A length and a kind are varints of at most five bytes each.
const textRoom = (one: One): number => Buffer.byteLength(one) + 10;

function valueRoom(name: string, value: HeaderValue): number {
  if (isOne(value)) return textRoom(value);
  if (!Array.isArray(value)) throw noValue(name, value);
  let most = 10;
  for (const one of value as readonly unknown[]) {
    if (!isOne(one)) throw noValue(name, one);
    most += textRoom(one);
  }
  return most;
}

const isOne = (value: unknown): value is One => typeof value === 'string' || isReadableBytes(value);

const noValue = (name: string, value: unknown): Error =>
  invalid(
    `headers.${cutName(name)}`,
    `must be bytes that can be read (Uint8Array), a string, or an array of these, not ${kindOf(value)}`,
  );

import { isUint8Array } from 'node:util/types';
import { Cursor } from './cursor.js';
import type { Headers, HeaderValue } from './record.js';

type One = string | Uint8Array;

const kinds = { text: 0, bytes: 1, several: 2 };

/** Text stays text, bytes stay bytes, and a header given several times stays an array. */
export function encodeHeaders(headers: Headers): Buffer {
  const entries = Object.entries(headers);
  let most = 5;
  for (const [name, value] of entries) most += textRoom(name) + valueRoom(value);
  const cursor = new Cursor(Buffer.allocUnsafe(most), 0);
  cursor.writeVarint(entries.length);
  for (const [name, value] of entries) {
    cursor.writeBytes(Buffer.from(name));
    writeValue(cursor, value);
  }
  return cursor.page.subarray(0, cursor.at);
}

export function decodeHeaders(bytes: Buffer): Headers {
  const cursor = new Cursor(bytes, 0);
  const entries: [string, HeaderValue][] = [];
  for (let left = cursor.readVarint(); left > 0; left--) {
    const name = cursor.readBytes().toString();
    entries.push([name, readValue(cursor)]);
  }
  // fromEntries defines properties, so a header named __proto__ is one like any other.
  return Object.fromEntries(entries);
}

function writeValue(cursor: Cursor, value: HeaderValue): void {
  if (typeof value === 'string' || isUint8Array(value)) return writeOne(cursor, value);
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
const valueRoom = (value: HeaderValue): number =>
  typeof value === 'string' || isUint8Array(value)
    ? textRoom(value)
    : value.reduce((sum, one) => sum + textRoom(one), 10);

import { memoriesOf, spoilings } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Cursor } from './cursor.js';
import { encodeHeaders } from './header-codec.js';
import { decodeRecord, encodedRoom, encodeRecord } from './record-codec.js';
import { SerializedRecord } from '../contract/record.js';

const good = (value: Uint8Array | null = Buffer.from('v')): SerializedRecord =>
  new SerializedRecord('t', Buffer.from('k'), value, { a: 'b' }, 3, 1_000);

/** As a stage writes it. */
function encode(cursor: Cursor, record: SerializedRecord): void {
  const headers = record.hasHeaders ? encodeHeaders(record.headers) : undefined;
  if (cursor.at + encodedRoom(record, headers) > cursor.page.length) throw new Error('there is no room');
  encodeRecord(cursor, record, 0, 900, headers);
}

const page = (): Cursor => new Cursor(Buffer.alloc(8_192), 0);
const decode = (cursor: Cursor): SerializedRecord => decodeRecord(cursor, 900, () => 't');

describe('a record that cannot be encoded', () => {
  it.each(spoilings)('$title: says which field, and leaves the cursor where it was', ({ field, spoil }) => {
    const cursor = page();
    encode(cursor, good());
    const { at } = cursor;
    const record = good();
    spoil(record);
    expect(() => encode(cursor, record)).toThrow(expect.objectContaining({ code: 'INVALID_RECORD', field }));
    expect(cursor.at).toBe(at);
    encode(cursor, good());
    cursor.at = 0;
    expect([decode(cursor), decode(cursor)]).toEqual([good(), good()]);
  });

  it('is written whole or not at all where it changes meanwhile', () => {
    for (const field of ['key', 'value'] as const) {
      const cursor = page();
      const record = good();
      const room = encodedRoom(record, undefined);
      record[field] = new Uint8Array(10_000);
      expect(room).toBeLessThan(100);
      expect(() => encodeRecord(cursor, record, 0, 900, undefined)).toThrow(
        expect.objectContaining({ code: 'INVALID_RECORD', field: 'record' }),
      );
      expect(cursor.at).toBe(0);
    }
  });

  it('is not written beyond the end of the page', () => {
    const cursor = new Cursor(Buffer.alloc(12), 0);
    expect(() => encodeRecord(cursor, good(), 0, 900, Buffer.from('0123'))).toThrow(
      expect.objectContaining({ code: 'INVALID_RECORD' }),
    );
    expect(cursor.at).toBe(0);
  });
});

it('bytes come back as they were, from whatever memory', () => {
  for (const { bytes } of [0, 1, 24, 25, 400].flatMap((length) => memoriesOf(Buffer.alloc(length, 'ab')))) {
    const cursor = page();
    encode(cursor, good(bytes));
    cursor.at = 0;
    expect(Buffer.compare(decode(cursor).value ?? Buffer.from('null'), bytes)).toBe(0);
  }
});

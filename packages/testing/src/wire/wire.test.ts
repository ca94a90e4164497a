import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRecordBatch } from './record-batch.js';
import { WireReader, WireWriter } from './wire.js';

describe('the wire', () => {
  it('reads what it writes', () => {
    const bytes = new WireWriter()
      .int8(-1)
      .int16(2)
      .int32(-3)
      .int64(4n)
      .string('ß')
      .string(null)
      .array([5, 6], () => undefined);
    const reader = new WireReader(bytes.done());
    expect([
      reader.int8(),
      reader.int16(),
      reader.int32(),
      reader.int64(),
      reader.string(),
      reader.string(),
    ]).toEqual([-1, 2, -3, 4n, 'ß', null]);
    expect(reader.array(() => 'item')).toHaveLength(2);
    expect(reader.left).toBe(0);
    expect(() => reader.int8()).toThrow(RangeError);
  });

  it('puts the size in front of a message', () => {
    expect(new WireWriter().int16(1).done(true)).toEqual(Buffer.from([0, 0, 0, 2, 0, 1]));
  });

  it.each([
    [[0], 0],
    [[1], -1],
    [[2], 1],
    [[0x80, 0x01], 64],
    [[0xfe, 0xff, 0xff, 0xff, 0x0f], 2 ** 31 - 1],
  ])('varint %j is %i', (bytes, value) => {
    expect(new WireReader(Buffer.from(bytes)).varint()).toBe(value);
  });
});

describe('a record batch', () => {
  // length, attributes, timestamp +1, offset +0, no key, value 'v', one header 'h' without a value
  const record = Buffer.from([20, 0, 2, 0, 1, 2, 0x76, 2, 2, 0x68, 1]);

  function batch(attributes: number, records: Buffer): WireReader {
    const body = new WireWriter()
      .int32(0)
      .int8(2)
      .int32(0)
      .int16(attributes)
      .int32(0)
      .int64(100n)
      .int64(900n);
    const head = Buffer.concat([body.int64(42n).int16(0).int32(7).int32(1).done(), records]);
    return new WireReader(Buffer.concat([new WireWriter().int64(10n).int32(head.length).done(), head]));
  }

  const stored = { offset: 10, key: null, value: Buffer.from('v'), headers: [['h', null]] };

  it.each([
    ['plain', 0, record, 101],
    ['gzip', 1, gzipSync(record), 101],
    ["with the broker's time", 8, record, 900],
  ])('%s', (_, attributes, records, timestamp) => {
    expect(readRecordBatch(batch(attributes, records))).toEqual({
      producerId: 42n,
      firstSequence: 7,
      records: [{ ...stored, timestamp }],
    });
  });

  it('in a codec that is not known is an error, not nothing', () => {
    expect(() => readRecordBatch(batch(2, record))).toThrow(/codec 2/);
  });
});

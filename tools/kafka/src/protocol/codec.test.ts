import { describe, expect, it } from 'vitest';
import { Reader, Writer } from './codec.js';

describe('the wire format', () => {
  it('writes big-endian numbers, and lengths in front of strings and arrays', () => {
    const bytes = new Writer()
      .int8(-1)
      .int16(258)
      .int32(16_909_060)
      .boolean(true)
      .string('é')
      .string(null)
      .array(['a', 'b'], (item, writer) => writer.string(item))
      .bytes();
    expect(bytes.toString('hex')).toBe(
      'ff' + '0102' + '01020304' + '01' + '0002c3a9' + 'ffff' + '00000002000161000162',
    );
  });

  it('reads back what it wrote', () => {
    const reader = new Reader(
      new Writer()
        .int8(-128)
        .int16(-2)
        .int32(-3)
        .boolean(false)
        .string('')
        .string(null)
        .array([7], (n, w) => w.int32(n))
        .bytes(),
    );
    expect([reader.int8(), reader.int16(), reader.int32(), reader.boolean()]).toEqual([-128, -2, -3, false]);
    expect([reader.string(), reader.nullableString(), reader.array((r) => r.int32())]).toEqual([
      '',
      null,
      [7],
    ]);
  });

  it('reads a null array as an empty one', () => {
    expect(new Reader(Buffer.from('ffffffff', 'hex')).array((r) => r.int8())).toEqual([]);
  });

  it('throws when a message ends too early, or a string is missing', () => {
    expect(() => new Reader(Buffer.from('00', 'hex')).int16()).toThrow(/ends at byte 1/);
    expect(() => new Reader(Buffer.from('000561', 'hex')).string()).toThrow(RangeError);
    expect(() => new Reader(Buffer.from('ffff', 'hex')).string()).toThrow(/null/);
  });
});

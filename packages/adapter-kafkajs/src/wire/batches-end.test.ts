import { WireWriter } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { batchesEnd } from './batches-end.js';

/** A batch whose last record was `last` after its first, with no record left in it. */
const batch = (first: number, last: number, magic = 2): Buffer =>
  new WireWriter()
    .int64(BigInt(first))
    .int32(49)
    .int32(0) // leader epoch
    .int8(magic)
    .int32(0) // CRC
    .int16(0) // attributes
    .int32(last)
    .int64(0n) // first time
    .int64(0n) // latest time
    .int64(-1n) // producer
    .int16(-1) // epoch
    .int32(-1) // first sequence
    .int32(0) // count
    .done();

function answer(version: number, batches: readonly Buffer[], aborted = 0): Buffer {
  const data = Buffer.concat(batches);
  const writer = new WireWriter().int32(0); // throttle time
  if (version >= 7) writer.int16(0).int32(0);
  writer.int32(1).string('topic ü').int32(1);
  writer.int32(0).int16(0).int64(9n).int64(9n);
  if (version >= 5) writer.int64(0n);
  writer.int32(aborted === 0 ? -1 : aborted);
  for (let n = 0; n < aborted; n++) writer.int64(1n).int64(2n);
  if (version >= 11) writer.int32(-1);
  return Buffer.concat([writer.int32(data.length).done(), data]);
}

describe('batchesEnd', () => {
  it.each([4, 5, 6, 7, 10, 11])('is after the last batch, in a response of version %i', (version) => {
    expect(batchesEnd(answer(version, [batch(10, 0), batch(11, 5)]), version)).toBe(17);
    expect(batchesEnd(answer(version, [batch(10, 3)], 2), version)).toBe(14);
  });

  it('ignores a batch that is cut off', () => {
    expect(batchesEnd(answer(4, [batch(10, 0), batch(11, 5).subarray(0, 60)]), 4)).toBe(11);
    expect(batchesEnd(answer(4, [batch(10, 0), batch(11, 5).subarray(0, 9)]), 4)).toBe(11);
  });

  it('is unknown without a batch, and for message sets from before Kafka 0.11', () => {
    expect(batchesEnd(answer(11, []), 11)).toBeUndefined();
    expect(batchesEnd(answer(4, [batch(10, 0, 1)]), 4)).toBeUndefined();
  });
});

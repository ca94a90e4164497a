/**
 * Records that differ each time they are read: the batch, and everything behind it, would be
 * garbage.
 */
import type { Headers } from '@holdfast/core';
import { SerializedRecord } from '@holdfast/core/stage';
import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encode, plan, type ProduceRequestData } from './encode-produce.js';
import type { BatchRecords } from './encode-batch.js';

/** Headers with a getter that returns the next text each time, and in the end the last one. */
function changing(texts: readonly string[]): Headers {
  let reads = 0;
  return Object.defineProperty({}, 'h', {
    enumerable: true,
    get: () => texts[Math.min(reads++, texts.length - 1)],
  });
}

const recordWith = (headers: Headers | undefined): SerializedRecord =>
  new SerializedRecord('t', null, Buffer.from('value'), headers, 0, 1_700_000_000_000);

function requestOf(batches: readonly (readonly SerializedRecord[])[]): ProduceRequestData {
  const partitions = batches.map((records, partition): [number, BatchRecords] => [
    partition,
    { partition, firstSequence: 0, deliveries: records.map((record) => ({ record })) },
  ]);
  const topics = new Map([['t', new Map(partitions)]]);
  return { acks: -1, timeoutMs: 1_000, codec: undefined, producer: undefined, topics };
}
const bytesOf = (request: ProduceRequestData): Buffer => {
  const frame = encode(plan(request), { version: 3, correlationId: 1, clientId: 'c' });
  const bytes = Buffer.from(frame.bytes);
  frame.release();
  return bytes;
};

it('a record that changes while it is encoded is an error of its batch, or encoded consistently', async () => {
  const texts = fc.array(fc.constantFrom('', 'a', 'b', 'long'.repeat(10), 'x'.repeat(300)), {
    minLength: 1,
    maxLength: 6,
  });
  const plain = recordWith({ h: 'plain' });
  const around = fc.nat(2);
  await checkProperty(
    fc.property(texts, around, around, fc.boolean(), (all, before, behind, last) => {
      const batch = [
        ...Array<SerializedRecord>(before).fill(plain),
        recordWith(changing(all)),
        ...Array<SerializedRecord>(behind).fill(plain),
      ];
      const batches = last ? [[plain], batch] : [batch, [plain]];
      let bytes: Buffer;
      try {
        bytes = bytesOf(requestOf(batches));
      } catch (error) {
        expect(error).toMatchObject({ code: 'INVALID_RECORD', field: 'headers' });
        return;
      }
      const could = all.map((text) =>
        batches.map((of) => of.map((one) => (one === plain ? one : recordWith({ h: text })))),
      );
      expect(could.map((one) => bytesOf(requestOf(one)).toString('hex'))).toContain(bytes.toString('hex'));
    }),
    { runs: 500 },
  );
});

it('a record that throws is an error, too, with its own error as the cause', () => {
  const cause = new Error('from a getter');
  const headers: Headers = Object.defineProperty({}, 'h', {
    enumerable: true,
    get: () => {
      throw cause;
    },
  });
  expect(() => plan(requestOf([[recordWith(headers)]]))).toThrow(
    expect.objectContaining({ code: 'INVALID_RECORD', cause }),
  );
});

it('memory that grew is measured and written as it is when it is encoded', () => {
  const memory = new SharedArrayBuffer(8);
  new Uint8Array(memory).fill(7);
  const record = new SerializedRecord('t', null, new Uint8Array(memory), undefined, 0, 1_700_000_000_000);
  const copy = new SerializedRecord('t', null, new Uint8Array(8).fill(7), undefined, 0, 1_700_000_000_000);
  expect(bytesOf(requestOf([[record]]))).toEqual(bytesOf(requestOf([[copy]])));
});

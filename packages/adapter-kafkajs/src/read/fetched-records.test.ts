import type { FetchedMessage } from '../client/kafkajs-types.js';
import { describe, expect, it } from 'vitest';
import { readPart } from './fetched-records.js';

const message = (offset: number, more: Partial<FetchedMessage> = {}): FetchedMessage => ({
  offset: String(offset),
  timestamp: '1700000000000',
  key: null,
  value: Buffer.from(`v${offset}`),
  headers: {},
  ...more,
});

const transactional = (
  offset: number,
  producerId: string,
  more: Partial<FetchedMessage> = {},
): FetchedMessage => message(offset, { batchContext: { producerId, inTransaction: true }, ...more });

/** Version, then type: 0 for an abort, 1 for a commit. */
const mark = (offset: number, producerId: string, type: 0 | 1): FetchedMessage =>
  transactional(offset, producerId, { isControlRecord: true, key: Buffer.from([0, 0, 0, type]) });

const offsetsOf = (
  messages: readonly FetchedMessage[],
  aborted: readonly (readonly [producerId: string, firstOffset: number])[] = [],
  offset = 0,
): number[] => {
  const abortedTransactions = aborted.map(([producerId, first]) => ({
    producerId,
    firstOffset: String(first),
  }));
  const part = { errorCode: 0, messages, abortedTransactions };
  return readPart('t', 0, offset, part, undefined).records.map((record) => record.offset);
};

describe('readPart', () => {
  it('converts messages to records', () => {
    const headers = { a: Buffer.from('1'), b: [Buffer.from('2'), null], c: null };
    const messages = [message(5, { key: Buffer.from([255]), value: null, headers })];
    expect(readPart('t', 3, 5, { errorCode: 0, messages }, 6)).toEqual({
      records: [
        {
          topic: 't',
          partition: 3,
          offset: 5,
          timestamp: 1_700_000_000_000,
          key: Buffer.from([255]),
          value: null,
          headers: { a: Buffer.from('1'), b: [Buffer.from('2'), new Uint8Array()], c: new Uint8Array() },
        },
      ],
      next: 6,
    });
  });

  it('tells a header from the member that an object inherits under its name, which kafkajs puts first', () => {
    const value = Buffer.from('1');
    const headers = Object.fromEntries([
      ['__proto__', [Object.prototype, value]],
      ['constructor', [Object, value, value]],
    ]);
    const [record] = readPart('t', 0, 0, { errorCode: 0, messages: [message(0, { headers })] }, 1).records;
    expect(Object.entries(record?.headers ?? {})).toEqual([
      ['__proto__', value],
      ['constructor', [value, value]],
    ]);
  });

  it('copies the bytes, so that a record does not keep the response alive', () => {
    const answer = Buffer.alloc(1024 * 1024, 'x');
    const part = { errorCode: 0, messages: [message(0, { value: answer.subarray(0, 3) })] };
    const [record] = readPart('t', 0, 0, part, 1).records;
    expect(record?.value).toEqual(Buffer.from('xxx'));
    expect(record?.value?.buffer.byteLength).toBeLessThan(answer.length);
  });

  it('continues behind the last batch, even when no record is left in it', () => {
    expect(readPart('t', 0, 7, { errorCode: 0, messages: [] }, 12).next).toBe(12);
    expect(readPart('t', 0, 7, { errorCode: 0, messages: [message(8)] }, undefined).next).toBe(9);
    expect(readPart('t', 0, 7, { errorCode: 0, messages: [] }, undefined).next).toBe(7);
  });

  it('skips the records before the offset in its batch', () => {
    expect(offsetsOf([message(3), message(4), message(5)], [], 4)).toEqual([4, 5]);
  });

  it("leaves out markers, and a producer's aborted records up to its marker", () => {
    const messages = [
      transactional(0, '1'),
      transactional(1, '2'),
      message(2),
      transactional(3, '1'),
      mark(4, '1', 0),
      mark(5, '2', 1),
      transactional(6, '1'),
      mark(7, '1', 1),
    ];
    expect(offsetsOf(messages, [['1', 0]])).toEqual([1, 2, 6]);
  });

  it('handles several transactions that were aborted before the first record', () => {
    const messages = [transactional(9, '2'), transactional(10, '1'), transactional(11, '3')];
    const aborted = [
      ['2', 5],
      ['1', 3],
    ] as const;
    expect(offsetsOf(messages, aborted, 9)).toEqual([11]);
  });

  it('does not take a key of four zero bytes for a marker', () => {
    const key = Buffer.alloc(4);
    expect(offsetsOf([transactional(0, '1', { key }), transactional(1, '1')], [['1', 0]])).toEqual([]);
    expect(offsetsOf([message(0, { key })])).toEqual([0]);
  });

  it('reads messages from before Kafka 0.11, and from before 0.10', () => {
    const old: FetchedMessage = { offset: '0', key: null, value: null };
    expect(readPart('t', 0, 0, { errorCode: 0, messages: [old] }, undefined).records).toMatchObject([
      { timestamp: -1, headers: {} },
    ]);
  });
});

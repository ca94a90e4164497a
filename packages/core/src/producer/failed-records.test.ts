import { expect, it } from 'vitest';
import { ProducerError } from '../contract/error.js';
import { FailedRecords, type FailedRecord } from './failed-records.js';
import { failed } from '../contract/outcome.js';
import { SerializedRecord, type Bytes } from '../contract/record.js';

const one = (at: number): FailedRecord => ({
  record: new SerializedRecord('t', null, null, undefined, undefined, 0),
  outcome: failed(new ProducerError('KAFKA_ERROR', 'x')),
  at,
});
const filled = (limit: number, count: number): FailedRecords<Bytes, Bytes> => {
  const records = new FailedRecords<Bytes, Bytes>(limit);
  for (let i = 0; i < count; i++) records.add(one(i));
  return records;
};
const times = (records: readonly FailedRecord[]): number[] => records.map(({ at }) => at);

it.each([
  [3, 2, [0, 1]],
  [3, 3, [0, 1, 2]],
  [3, 7, [4, 5, 6]],
  [1, 100, [99]],
  [0, 5, []],
])('of limit %i, keeps of %i the last, oldest first', (limit, count, expected) => {
  const records = filled(limit, count);
  expect(times(records.list())).toEqual(expected);
  expect(times(records.take())).toEqual(expected);
  expect(records.list()).toEqual([]);
});

it('goes on after it was emptied', () => {
  const records = filled(2, 5);
  records.take();
  records.add(one(9));
  expect(times(records.list())).toEqual([9]);
});

it('gives lists of its own: a caller cannot change what is kept', () => {
  const records = filled(2, 2);
  records.list().pop();
  expect(times(records.list())).toEqual([0, 1]);
});

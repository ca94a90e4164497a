import { beforeEach, describe, expect, it } from 'vitest';
import { asRead } from '../reader/read-record.fixture.js';
import type { ReadRecord } from '../reader/read-record.js';
import { keyCount, smallRecords } from '../records.js';
import { acknowledged, onceUnknown, rejected, unheard } from './ledger.js';
import { judge, type Verdict } from './verdict.js';

const records = smallRecords('t');
let offset = 0;
const read = (n: number, partition = 0): ReadRecord =>
  asRead(records.recordOf(n), { partition, offset: offset++ });
const verdict = (flags: readonly number[], log: readonly ReadRecord[]): Verdict =>
  judge({ flags: Uint8Array.from(flags) }, log, records);
const sent = (count: number, flag = acknowledged): number[] => Array.from({ length: count }, () => flag);

/** Three records of one key, among others. */
const [first, second, third] = [5, 5 + keyCount, 5 + 2 * keyCount] as const;

beforeEach(() => void (offset = 0));

describe('the verdict', () => {
  it('is all zeros when everything is there once, in order', () => {
    const log = [0, 1, 2, 3].map((n) => read(n));
    expect(verdict(sent(4), log)).toEqual({
      sent: 4,
      acknowledged: 4,
      inTopic: 4,
      lost: 0,
      rejected: 0,
      duplicated: 0,
      outOfOrder: 0,
      acknowledgedButLost: 0,
      rejectedButInTopic: 0,
      unanswered: 0,
      foreign: 0,
      onceUnknown: 0,
      unexplainedDuplicates: 0,
      evidence: [],
    });
  });

  it('counts a record as lost when it was sent and is not in the topic, whatever `send` reported', () => {
    const flags = [acknowledged, acknowledged, rejected, rejected, 0];
    expect(verdict(flags, [read(0), read(3)])).toMatchObject({
      ...{ sent: 5, acknowledged: 2, rejected: 2, unanswered: 1, inTopic: 2, lost: 3 },
      ...{ acknowledgedButLost: 1, rejectedButInTopic: 1 },
    });
  });

  it('counts further copies as duplicates, and unexplained ones separately', () => {
    const flags = [acknowledged, acknowledged | onceUnknown];
    const log = [read(0), read(1), read(1), read(1), read(0)];
    expect(verdict(flags, log)).toMatchObject({
      ...{ inTopic: 2, lost: 0, duplicated: 3, unexplainedDuplicates: 1, onceUnknown: 1 },
      outOfOrder: 0,
      evidence: ['t[0]@4 holds record 0 (key-00) again, first at offset 0'],
    });
  });

  it('counts a first copy as out of order when a later record of its key precedes it', () => {
    const log = [read(second), read(first), read(third)];
    expect(verdict(sent(third + 1), log)).toMatchObject({
      outOfOrder: 1,
      evidence: ['t[0]@1 holds record 5 (key-05) behind record 105 in t[0]@0'],
    });
  });

  it('ignores a gap, and a late further copy', () => {
    const log = [read(first), read(third), read(first)];
    expect(verdict(sent(third + 1), log)).toMatchObject({ outOfOrder: 0, duplicated: 1 });
  });

  it('does not compare different keys', () => {
    expect(verdict(sent(10), [read(9), read(2), read(5)])).toMatchObject({ outOfOrder: 0 });
  });

  it('counts a key that changes its partition as out of order', () => {
    const log = [read(first, 0), read(third, 0), read(second, 1)];
    expect(verdict(sent(third + 1), log)).toMatchObject({ outOfOrder: 1 });
  });

  it('ignores a missing answer that no caller waits for', () => {
    expect(verdict([unheard, unheard | rejected], [read(0)])).toMatchObject({ unanswered: 0, rejected: 1 });
  });

  it('finds records that nobody sent', () => {
    const log = [read(0), read(7), { ...read(0), value: 'record 0 of another' }];
    expect(verdict(sent(1), log)).toMatchObject({ inTopic: 1, foreign: 2 });
  });
});

import type { FoundRecord } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { LedgerLine } from '../ledger/ledger-line.js';
import { recordOf } from '../records.js';
import { judge } from './judge.js';

const topic = 'orders';
const found = (...numbers: number[]): FoundRecord[] =>
  numbers.map((n, offset) => ({ topic, partition: 0, offset, ...recordOf(n) }));
const sent = (first: number, count: number): LedgerLine => ({ is: 'sent', first, count });
const accepted = (first: number, count: number): LedgerLine => ({ is: 'accepted', runs: [{ first, count }] });

const verdictOf = (lives: LedgerLine[][], records: FoundRecord[], diskFails = false) =>
  judge({ topic, lives, found: records, seed: 1, diskFails });
const violationsOf = (...given: Parameters<typeof verdictOf>): string[] =>
  verdictOf(...given).violations.map(({ invariant, message }) => `${invariant}: ${message}`);

/** Two numbers with the same key. */
const [early, late] = twoOfOneKey();
function twoOfOneKey(): [number, number] {
  for (let n = 1; n < 1_000; n++)
    if (recordOf(n).key !== null && recordOf(n).key === recordOf(0).key) return [0, n];
  throw new Error('no two records have one key');
}

describe('the verdict', () => {
  it('finds nothing wrong when every acknowledged record is there, whatever else is', () => {
    const verdict = verdictOf([[sent(0, 5), accepted(0, 2)], [sent(5, 5)]], found(0, 1, 2, 6));
    expect(verdict).toMatchObject({ sent: 10, acknowledged: 2, inTopic: 4, lost: 0, violations: [] });
  });

  it('I1: an accepted or delivered record is missing', () => {
    const delivered: LedgerLine = { is: 'delivered', records: [[2, 0, 7]] };
    const verdict = verdictOf([[sent(0, 3), accepted(0, 2), delivered]], found(0));
    expect(verdict.lost).toBe(2);
    expect(verdict.violations.map(({ invariant, id }) => [invariant, id])).toEqual([
      ['I1', '1'],
      ['I1', '2'],
    ]);
  });

  it('I1: a record in the journal was given up', () => {
    const lines: LedgerLine[] = [
      sent(0, 1),
      accepted(0, 1),
      { is: 'undeliverable', n: 0, status: 'failed', code: 'KAFKA_ERROR' },
    ];
    expect(violationsOf([lines], found(0))).toEqual([
      'I1: record 0 was in the journal, and was given up: failed, KAFKA_ERROR',
    ]);
  });

  it('I1: a run in which nothing was acknowledged proves nothing', () => {
    expect(violationsOf([[sent(0, 5)]], found(0))).toEqual([
      'I1: no record was acknowledged, so nothing is proved',
    ]);
  });

  it('I2: a record that nobody sent, or other bytes', () => {
    const [record] = found(0);
    const changed = { ...record, value: `${recordOf(0).value}!` } as FoundRecord;
    expect(violationsOf([[sent(0, 1), accepted(0, 1)]], [changed, ...found(9)])).toEqual([
      expect.stringMatching(/^I2: record 0 .* differs in .*: value$/),
      expect.stringContaining('I2: orders[0] at offset 0 holds what was never sent'),
    ]);
  });

  it('I2: the journal had a record that was never sent', () => {
    const resent: LedgerLine = { is: 'resent', runs: [{ first: 7, count: 1 }] };
    expect(violationsOf([[sent(0, 1), accepted(0, 1)], [resent]], found(0))).toEqual([
      'I2: the journal had record 7, which was never sent',
    ]);
  });

  it('I3: a record overtook another with its key', () => {
    const verdict = verdictOf([[sent(0, late + 1), accepted(early, 1)]], found(late, early));
    expect(verdict.outOfOrder).toBe(1);
    expect(verdict.violations.map(({ invariant }) => invariant)).toEqual(['I3']);
  });

  it('I4: an attempt without an answer, or an earlier life, explains a copy', () => {
    const attempted: LedgerLine = { is: 'attempted', runs: [{ first: 0, count: 1 }] };
    const resent: LedgerLine = { is: 'resent', runs: [{ first: 1, count: 1 }] };
    const lives = [[sent(0, 3), accepted(0, 3), attempted], [resent]];
    expect(verdictOf(lives, found(0, 1, 2, 0, 1))).toMatchObject({
      duplicated: 2,
      unexplained: 0,
      violations: [],
    });
    const verdict = verdictOf(lives, found(0, 1, 2, 2));
    expect(verdict).toMatchObject({ duplicated: 1, unexplained: 1 });
    expect(verdict.violations.map(({ invariant }) => invariant)).toEqual(['I4']);
  });

  it('I4: a record refused as failed is not in the topic', () => {
    const refused: LedgerLine = { is: 'undeliverable', n: 1, status: 'failed', code: 'CLOSED' };
    const lives = [[sent(0, 2), accepted(0, 1), refused]];
    expect(verdictOf(lives, found(0))).toMatchObject({ refusals: { CLOSED: 1 }, violations: [] });
    expect(violationsOf(lives, found(0, 1))).toEqual([expect.stringContaining('I4: record 1')]);
  });

  it('a kill leaves no damage but a torn end, and no failing disk', () => {
    const damaged = (harmless: boolean): LedgerLine => ({ is: 'damaged', harmless, what: 'x' });
    const lines = (...more: LedgerLine[]): LedgerLine[] => [sent(0, 1), accepted(0, 1), ...more];
    expect(verdictOf([lines(damaged(true))], found(0))).toMatchObject({ torn: 1, violations: [] });
    expect(violationsOf([lines(damaged(false))], found(0))).toEqual([expect.stringContaining('I8')]);
    const stalled: LedgerLine = { is: 'stalled', code: 'EIO' };
    expect(violationsOf([lines(stalled)], found(0))).toEqual(['I9: the disk takes no records: EIO']);
    expect(violationsOf([lines(stalled)], found(0), true)).toEqual([]);
  });

  it('a start may fail because of a failing disk, and for no other reason', () => {
    const failed = (what: string): LedgerLine[] => [{ is: 'not-opened', code: 'x', what }];
    expect(violationsOf([failed('EIO: injected')], [], true)).toEqual([]);
    expect(violationsOf([failed('TypeError')], [], true)).toEqual(['I10: TypeError']);
    expect(violationsOf([failed('EIO'), [sent(0, 1), accepted(0, 1)]], found(0))).toEqual(['I10: EIO']);
  });
});

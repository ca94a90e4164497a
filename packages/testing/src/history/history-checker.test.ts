import { ProducerError, type Outcome } from '@holdfast/core';
import { failed, unknown } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { HistoryChecker } from './history-checker.js';
import type { FoundRecord, Invariant } from './history-types.js';

const error = new ProducerError('REQUEST_TIMED_OUT', 'no answer');
const delivered = (offset: number, partition = 0): Outcome => ({
  status: 'delivered',
  topic: 'orders',
  partition,
  offset,
  timestamp: 0,
});
const at = (offset: number, value: string, more: Partial<FoundRecord> = {}): FoundRecord => ({
  topic: 'orders',
  partition: 0,
  offset,
  key: 'k',
  value,
  ...more,
});

/** Sends `values` with the key k, all delivered in order unless told otherwise. */
function history(
  values: string[],
  outcomes: readonly (Outcome | undefined)[] = values.map((_, i) => delivered(i)),
): HistoryChecker {
  const checker = new HistoryChecker({ seed: 7 });
  const ids = values.map((value) => checker.sent({ topic: 'orders', key: 'k', value }));
  for (const [i, id] of ids.entries()) {
    const outcome = outcomes[i];
    if (outcome !== undefined) checker.outcome(id, outcome);
  }
  return checker;
}

const broken = (checker: HistoryChecker): Invariant[] => checker.check().map(({ invariant }) => invariant);
const messages = (checker: HistoryChecker): string =>
  checker
    .check()
    .map(({ message }) => message)
    .join('\n');

describe('HistoryChecker', () => {
  it('finds nothing wrong in what is right', () => {
    const checker = history(['a', 'b']);
    checker.found([at(0, 'a'), at(1, 'b')]);
    checker.conserved({
      sent: 2,
      delivered: 1,
      accepted: 0,
      deadLettered: 0,
      failed: 0,
      unknown: 0,
      held: 1,
    });
    checker.bounded('records', 2, 2);
    expect(checker.check()).toEqual([]);
    expect(() => checker.assertHistory()).not.toThrow();
    expect(checker.summary()).toMatchObject({
      sent: 2,
      acknowledged: 2,
      inTopic: 2,
      lost: 0,
      duplicated: 0,
      outOfOrder: 0,
    });
  });

  it('I1: a record that was acknowledged and is not there', () => {
    const checker = history(['a', 'b'], [delivered(0), { status: 'accepted', by: 'journal' }]);
    expect(broken(checker)).toEqual(['I1', 'I1']);
    expect(messages(checker)).toContain(
      "record 0 (topic orders, key 'k', value 'a') was answered 'delivered' and is not in the topic",
    );
    expect(checker.summary().lost).toBe(2);
  });

  it('I1: a receipt that names another place', () => {
    const checker = history(['a'], [delivered(4)]);
    checker.found([at(0, 'a')]);
    expect(messages(checker)).toContain(
      "'delivered' with orders[0] at offset 4, but it is in orders[0] at offset 0",
    );
  });

  it('I1: an offset that nobody knows counts as right', () => {
    const checker = history(['a'], [delivered(-1)]);
    checker.found([at(3, 'a')]);
    expect(checker.check()).toEqual([]);
  });

  it('I2: a record that nobody sent, or with other headers or in another partition', () => {
    const checker = new HistoryChecker();
    checker.outcome(
      checker.sent({ topic: 'orders', key: null, value: 'a', partition: 2, headers: { h: 'x' } }),
      delivered(-1),
    );
    checker.found([at(0, 'a', { key: null, headers: { h: 'y', more: 'z' } }), at(1, 'zzz')]);
    expect(broken(checker)).toEqual(['I2', 'I2']);
    expect(messages(checker)).toContain(
      "differs in orders[0] at offset 0: partition (asked for 2), header 'h', header 'more'",
    );
    expect(messages(checker)).toContain("holds what was never sent: topic orders, key 'k', value 'zzz'");
  });

  it('I2: text and bytes are the same, and headers can be left out', () => {
    const checker = new HistoryChecker({ ignoreHeaders: ['app'] });
    const headers = { many: ['1', Buffer.from('2')] };
    checker.outcome(checker.sent({ topic: 'orders', value: Buffer.from('ä'), headers }), delivered(0));
    checker.found([at(0, 'ä', { key: null, headers: { many: [Buffer.from('1'), '2'], app: 'shop' } })]);
    expect(checker.check()).toEqual([]);
  });

  it('I3: first occurrences out of order, each counted once', () => {
    const checker = history(['a', 'b', 'c', 'd'], [delivered(2), delivered(3), delivered(0), delivered(1)]);
    checker.found([at(0, 'c'), at(1, 'd'), at(2, 'a'), at(3, 'b')]);
    expect(broken(checker)).toEqual(['I3', 'I3']);
    expect(messages(checker)).toContain(
      "behind record 3 (topic orders, key 'k', value 'd') (orders[0] at offset 1)",
    );
    expect(checker.summary().outOfOrder).toBe(2);
  });

  it('I3: a later copy is no disorder', () => {
    const checker = history(['a', 'b']);
    checker.attempt({ topic: 'orders', key: 'k', value: 'a' }, unknown(error));
    checker.found([at(0, 'a'), at(1, 'b'), at(2, 'a')]);
    expect(checker.check()).toEqual([]);
    expect(checker.summary()).toMatchObject({ duplicated: 1, duplicatedAfterUnknown: 1 });
  });

  it('I3: what was given up may come later than its followers, and breaks no order', () => {
    const checker = history(['a', 'b'], [unknown(error), delivered(0)]);
    checker.found([at(0, 'b'), at(1, 'a')]);
    expect(broken(checker)).toEqual(['I3']);
    checker.unordered(`orders\n=k\n=a`);
    expect(checker.check()).toEqual([]);
  });

  it('I3: one lane in two partitions', () => {
    const checker = history(['a', 'b'], [delivered(0), delivered(0, 1)]);
    checker.found([at(0, 'a'), at(0, 'b', { partition: 1 })]);
    expect(broken(checker)).toEqual(['I3']);
  });

  it('I4: a copy that no unknown explains, and a failed record that is there', () => {
    const checker = history(['a', 'b'], [delivered(0), failed(error)]);
    checker.found([at(0, 'a'), at(1, 'a'), at(2, 'b')]);
    expect(broken(checker)).toEqual(['I4', 'I4']);
    expect(messages(checker)).toContain(
      'stands 2 times in the topic (orders[0] at offset 0, orders[0] at offset 1)',
    );
    expect(messages(checker)).toContain(
      "was answered 'failed' (REQUEST_TIMED_OUT), which says certainly not written",
    );
    expect(checker.summary()).toMatchObject({ duplicated: 1, duplicatedAfterUnknown: 0 });
  });

  it('I4: a replay explains a copy', () => {
    const checker = new HistoryChecker();
    const id = checker.sent({ topic: 'orders', key: 'k', value: 'a' });
    checker.outcome(id, delivered(0));
    checker.recovered(id);
    checker.found([at(0, 'a'), at(1, 'a')]);
    expect(checker.check()).toEqual([]);
  });

  it('I5 and I7: sums and bounds', () => {
    const checker = new HistoryChecker();
    checker.conserved(
      { sent: 3, delivered: 1, accepted: 0, deadLettered: 0, failed: 0, unknown: 0, held: 1 },
      'at 20 ms',
    );
    checker.bounded('buffered bytes', 11, 10);
    expect(broken(checker)).toEqual(['I5', 'I7']);
    expect(messages(checker)).toContain('at 20 ms: 3 sent, but 1 delivered');
    expect(messages(checker)).toContain('buffered bytes: 11, and the bound is 10');
  });

  it('I6: settled twice, and never', () => {
    const checker = history(['a', 'b'], [undefined, failed(error)]);
    checker.outcome(checker.sent({ topic: 'orders', key: 'k', value: 'c' }), failed(error));
    checker.outcome(checker.sent({ topic: 'orders', key: 'k', value: 'd' }), failed(error));
    expect(broken(checker)).toEqual(['I6']);
    expect(checker.check({ ended: false })).toEqual([]);
    const twice = new HistoryChecker();
    const id = twice.sent({ topic: 'orders', key: 'k', value: 'a' });
    twice.outcome(id, failed(error));
    twice.outcome(id, failed(error));
    expect(messages(twice)).toContain("was settled twice: 'failed', then 'failed'");
  });

  it('throws everything at once, with the seed', () => {
    const checker = history(
      Array.from({ length: 30 }, (_, i) => `v${i}`),
      [],
    );
    expect(() => checker.assertHistory()).toThrow(
      /breaks 30 promise\(s\):[^]*and 10 more[^]*repeat with HOLDFAST_SEED=7/,
    );
  });

  it('refuses two records that could not be told apart', () => {
    const checker = history(['a']);
    expect(() => checker.sent({ topic: 'orders', key: 'k', value: 'a' })).toThrow(
      'put a number into the value',
    );
  });

  it('says what an id is that it does not know', () => {
    expect(() => history([]).outcome('x', delivered(0))).toThrow('no record with the id "x" was sent');
  });
});

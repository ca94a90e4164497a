import { ProducerError } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { delivered, running } from './harness.fixture.js';

const orders = { topic: 'orders', key: 'k', value: 'v' };
const ghost = { topic: 'ghost', key: 'k', value: 'v' };
const late = failed(new ProducerError('DELIVERY_TIMEOUT', 'too late', { retriable: true }));

describe('a journal that cannot deliver anything', () => {
  it('reports after ten seconds, and then once a minute, which topics the records have', async () => {
    const { one, clock } = await running({ maxInFlightRecords: 3, acknowledge: 'journaled' });
    one.send([ghost, ghost, orders, orders]);
    await clock.advance(9_000);
    expect(one.said['journal.heldBack']).toEqual([]);
    await clock.advance(2_000);
    const topics = [
      { topic: 'ghost', records: 2 },
      { topic: 'orders', records: 1 },
    ];
    expect(one.said['journal.heldBack']).toEqual([{ records: 3, topics }]);
    expect(one.logger.text()).toContain(
      '3 records that were handed on are not settled: ghost (2), orders (1)',
    );
    await clock.advance(120_000);
    expect(one.said['journal.heldBack']).toHaveLength(3);
    one.answerFirst(1);
    one.answerFirst(1);
    const again = one.logger.lines.filter(({ message }) => message === 'the journal delivers again');
    expect(again).toEqual([{ level: 'warn', message: 'the journal delivers again', fields: undefined }]);
  });

  it('reports nothing as long as anything is settled, nor when it is over', async () => {
    const { one, clock } = await running({ maxInFlightRecords: 2, acknowledge: 'journaled' });
    one.send([ghost, ghost, ghost, ghost, orders]);
    await clock.advance(9_000);
    one.answerFirst(1);
    await clock.advance(9_000);
    one.answer();
    one.answer();
    await clock.advance(200_000);
    expect(one.said['journal.heldBack']).toEqual([]);
    one.answer();
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  it('reports nothing when answers had arrived while the process was suspended', async () => {
    const { one, clock } = await running({ maxInFlightRecords: 1, acknowledge: 'journaled' });
    one.send([ghost, ghost]);
    await clock.advance(1_000);
    clock.arrive(5, () => one.answer());
    clock.block(20_000);
    await clock.advance(5_000);
    expect(one.said['journal.heldBack']).toEqual([]);
  });

  it('leaves no timer behind when it is closed', async () => {
    const { one, clock } = await running({ maxInFlightRecords: 1, acknowledge: 'journaled' });
    one.send([ghost, ghost]);
    await clock.advance(20_000);
    await clock.until(one.close(0));
    expect(clock.pending).toBe(0);
  });
});

describe('giveUpAfterMs', () => {
  it.each([
    ['of a record that was journaled', false],
    ['of a record that an earlier start left', true],
  ])('%s: it is tried again until then, and given up after it', async (_, restarted) => {
    const options = { acknowledge: 'journaled', giveUpAfterMs: 60_000 } as const;
    let { one, clock, disk } = await running(options);
    one.send([ghost]);
    await clock.advance(100);
    if (restarted) ({ one, clock, disk } = await running(options, disk.kill()));
    one.answer(late);
    await clock.advance(50_000);
    expect([one.handed.length, one.belowCount]).toEqual([2, 1]);
    expect(one.undelivered).toEqual([]);
    await clock.advance(10_000);
    one.answer(late);
    await clock.advance(1_000);
    expect(one.belowCount).toBe(0);
    expect(one.undelivered).toEqual(['DELIVERY_TIMEOUT']);
    expect(one.stat('backlogRecords')).toBe(0);
    const next = await running(options, disk.kill());
    expect(next.one.stat('backlogRecords')).toBe(0);
  });

  it('does not apply to a record whose caller waits, and never without the option', async () => {
    const waited = await running({ giveUpAfterMs: 1_000 });
    const [sent] = waited.one.send([ghost]);
    await waited.clock.advance(5_000);
    expect(waited.one.outcomeOf(sent)).toBeUndefined();
    waited.one.answer(delivered);
    expect(waited.one.outcomeOf(sent)).toMatchObject({ status: 'delivered' });

    const never = await running({ acknowledge: 'journaled' });
    never.one.send([ghost]);
    await never.clock.advance(86_400_000);
    never.one.answer(late);
    await never.clock.advance(60_000);
    expect([never.one.belowCount, never.one.undelivered.length]).toEqual([1, 0]);
  });
});

import { ProducerError } from '@holdfast/core';
import { failed, unknown } from '@holdfast/core/stage';
import { createDelivery } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { RecordBatch } from './record-batch.js';
import { SequenceWindow } from './sequence-window.js';

const error = (code: ProducerError['code'], retriable: boolean): ProducerError =>
  new ProducerError(code, 'the broker refused it', { retriable });
const mayBeTriedAgain = failed(error('NOT_ENOUGH_REPLICAS', true));
const sequences = error('KAFKA_ERROR', false);

const [here, there] = [{}, {}];

function batchOf(count = 1): RecordBatch {
  const deliveries = Array.from({ length: count }, () => createDelivery({ topic: 't', value: 'v' }));
  return new RecordBatch('t', 0, () => undefined, deliveries);
}

/** Six batches were submitted, the first one is confirmed, and four more are in flight. */
function underWay(): {
  readonly window: SequenceWindow;
  readonly batches: readonly [RecordBatch, RecordBatch, RecordBatch, RecordBatch, RecordBatch];
} {
  const window = new SequenceWindow();
  const batches = [batchOf(), batchOf(), batchOf(), batchOf(), batchOf()] as const;
  const first = batchOf();
  for (const batch of [first, ...batches]) window.push(batch);
  window.begin({ producerId: '1', producerEpoch: 0 });
  expect(window.take(5)).toEqual([first]);
  window.mayGo(first, here);
  window.written(first);
  expect(window.take(4)).toEqual(batches.slice(0, 4));
  return { window, batches };
}

const go = (window: SequenceWindow, ...batches: readonly RecordBatch[]): boolean[] =>
  batches.map((batch) => window.mayGo(batch, here));

function isOpen(window: SequenceWindow, batch: RecordBatch): void {
  batch.unresolved = error('CONNECTION_LOST', true);
  window.goesAgain(batch);
}

describe('a sequence window', () => {
  it('sends several over the connection on which one was confirmed, and over another the oldest alone', () => {
    const { window, batches } = underWay();
    const [a, b, c, d, e] = batches;
    expect([a, b].map((batch) => window.mayGo(batch, here))).toEqual([true, true]);
    window.written(a);
    window.written(b);
    expect([c, d].map((batch) => window.mayGo(batch, there))).toEqual([true, false]);
    expect(window.take(5)).toEqual([]);
    window.written(c);
    expect(window.mustDrain).toBe(true);
    window.drain();
    expect(window.take(5)).toEqual([d]);
    expect(d.firstSequence).toBe(4);
    window.mayGo(d, there);
    window.written(d);
    expect(window.take(5)).toEqual([e]);
  });

  it('sends nothing new until every batch in flight has its result, even when the last ones were written', () => {
    const { window, batches } = underWay();
    const [a, b, c, d] = batches;
    go(window, a, b, c, d);
    isOpen(window, a);
    for (const batch of [b, c, d]) {
      expect(window.take(9)).toEqual([]);
      window.written(batch);
    }
    window.drain();
    expect(window.take(9)).toEqual([a]); // Alone.
    expect([a.firstSequence, window.ends]).toEqual([1, false]);
  });

  it('counts batches written behind an open one: a broker remembers them in the place of others', () => {
    const { window, batches } = underWay();
    const [a, b, c, d] = batches;
    go(window, a, b, c, d);
    isOpen(window, a);
    isOpen(window, b);
    window.written(c);
    window.written(d);
    window.drain();
    expect(window.take(4)).toEqual([a]);
    window.mayGo(a, here);
    window.written(a);
    expect(window.take(3)).toEqual([b]); // And nothing new beside b, c and d.
  });

  it('reuses the sequence of a refused batch when all behind it were refused, too', () => {
    const { window, batches } = underWay();
    const [a, b, c, d, e] = batches;
    go(window, a, b, c, d);
    window.written(a);
    window.refused(b, [], mayBeTriedAgain);
    window.outOfOrder(c, sequences);
    window.outOfOrder(d, sequences);
    const ended = window.drain();
    expect(ended.map(({ batch }) => batch)).toEqual([c, d]);
    expect(ended).toMatchObject(
      [c, d].map(() => ({ outcome: { error: { code: 'NOT_ENOUGH_REPLICAS', retriable: true } } })),
    );
    expect(window.take(5)).toEqual([e]);
    expect([e.firstSequence, window.ends]).toEqual([2, false]);
  });

  it('keeps batches that were refused behind one that failed for good, or that was split', () => {
    const { window, batches } = underWay();
    const [a, b, c, d, e] = batches;
    const parts = [batchOf(), batchOf()];
    go(window, a, b, c, d);
    window.refused(a, []);
    window.outOfOrder(b, sequences);
    window.refused(c, parts);
    window.outOfOrder(d, sequences);
    expect(window.drain()).toEqual([]);
    expect(window.takeWaiting()).toEqual([b, ...parts, d, e]);
  });

  it.each(['written', 'open'] as const)('ends its id when a batch behind a refused one is %s', (what) => {
    const { window, batches } = underWay();
    const [a, b, c, d] = batches;
    go(window, a, b, c, d);
    window.refused(a, []);
    if (what === 'written') window.written(b);
    else isOpen(window, b);
    window.outOfOrder(c, sequences);
    window.outOfOrder(d, sequences);
    window.drain();
    expect(window.ends).toBe(true);
  });

  it('ends its id when the last batch is abandoned: it may be written in the place of another', () => {
    const { window, batches } = underWay();
    const [a, b, c, d] = batches;
    go(window, a, b, c, d);
    for (const batch of [a, b, c]) window.written(batch);
    isOpen(window, d);
    window.drain();
    expect(window.take(5)).toEqual([d]);
    window.abandoned(d);
    window.drain();
    expect([window.ends, window.needsId]).toEqual([true, true]);
  });

  it('ends its id when a batch is abandoned, and resolves under it the batches sent under it', () => {
    const { window, batches } = underWay();
    const [a, b, c, d] = batches;
    go(window, a, b, c, d);
    for (const batch of [a, b]) isOpen(window, batch);
    window.written(c);
    window.written(d);
    window.drain();
    expect(window.take(5)).toEqual([a]);
    window.abandoned(a, unknown(error('CONNECTION_LOST', true)));
    window.drain();
    expect([window.ends, window.needsId]).toEqual([true, false]);
    expect(window.take(5)).toEqual([b]);
    expect(b.firstSequence).toBe(2);
    window.mayGo(b, here);
    window.written(b);
    expect([window.take(5), window.needsId]).toEqual([[], true]);
  });

  it('assumes that the broker has lost track when the next batch in turn is out of order', () => {
    const { window, batches } = underWay();
    const [a, b, c, d] = batches;
    go(window, a, b, c, d);
    window.written(a);
    for (const batch of [b, c, d]) window.outOfOrder(batch, sequences);
    expect(window.drain()).toMatchObject(
      [b, c, d].map((batch) => ({ batch, outcome: { error: { retriable: true } } })),
    );
    expect([window.ends, window.needsId]).toEqual([true, true]);
  });

  it('continues under a new id before the sequence numbers run out', () => {
    const window = new SequenceWindow();
    const [a, b] = [batchOf(), batchOf()];
    window.push(a);
    window.push(b);
    window.begin({ producerId: '1', producerEpoch: 0 });
    window.take(1);
    b.deliveries.length = 2 ** 31 - 1;
    window.mayGo(a, here);
    window.written(a);
    expect([window.take(1), window.ends, window.needsId]).toEqual([[], true, true]);
  });
});

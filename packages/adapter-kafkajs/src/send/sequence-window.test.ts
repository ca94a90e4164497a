import { ProducerError } from '@holdfast/core';
import { failed, unknown } from '@holdfast/core/stage';
import { createDelivery } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Lot } from './record-batch.js';
import { Window } from './sequence-window.js';

const error = (code: ProducerError['code'], retriable: boolean): ProducerError =>
  new ProducerError(code, 'said the broker', { retriable });
const mayBeTriedAgain = failed(error('NOT_ENOUGH_REPLICAS', true));
const sequences = error('KAFKA_ERROR', false);

const [here, there] = [{}, {}];

function lotOf(count = 1): Lot {
  const deliveries = Array.from({ length: count }, () => createDelivery({ topic: 't', value: 'v' }));
  return new Lot('t', 0, () => undefined, deliveries);
}

/** Six lots wait, the first of them is confirmed, and four more are on their way. */
function underWay(): { readonly window: Window; readonly lots: readonly [Lot, Lot, Lot, Lot, Lot] } {
  const window = new Window();
  const lots = [lotOf(), lotOf(), lotOf(), lotOf(), lotOf()] as const;
  const first = lotOf();
  for (const lot of [first, ...lots]) window.push(lot);
  window.begin({ producerId: '1', producerEpoch: 0 });
  expect(window.take(5)).toEqual([first]);
  window.mayGo(first, here);
  window.written(first);
  expect(window.take(4)).toEqual(lots.slice(0, 4));
  return { window, lots };
}

const go = (window: Window, ...lots: readonly Lot[]): boolean[] => lots.map((lot) => window.mayGo(lot, here));

function isOpen(window: Window, lot: Lot): void {
  lot.unanswered = error('CONNECTION_LOST', true);
  window.goesAgain(lot);
}

describe('a window', () => {
  it('sends several over the connection that one was confirmed over, and over another the oldest alone', () => {
    const { window, lots } = underWay();
    const [a, b, c, d, e] = lots;
    expect([a, b].map((lot) => window.mayGo(lot, here))).toEqual([true, true]);
    window.written(a);
    window.written(b);
    expect([c, d].map((lot) => window.mayGo(lot, there))).toEqual([true, false]);
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

  it('sends nothing new until all that was on its way has its verdict, even when the last ones were written', () => {
    const { window, lots } = underWay();
    const [a, b, c, d] = lots;
    go(window, a, b, c, d);
    isOpen(window, a);
    for (const lot of [b, c, d]) {
      expect(window.take(9)).toEqual([]);
      window.written(lot);
    }
    window.drain();
    expect(window.take(9)).toEqual([a]); // alone
    expect([a.firstSequence, window.ends]).toEqual([1, false]);
  });

  it('counts what was written behind an open one: a broker remembers it in the place of another', () => {
    const { window, lots } = underWay();
    const [a, b, c, d] = lots;
    go(window, a, b, c, d);
    isOpen(window, a);
    isOpen(window, b);
    window.written(c);
    window.written(d);
    window.drain();
    expect(window.take(4)).toEqual([a]);
    window.mayGo(a, here);
    window.written(a);
    expect(window.take(3)).toEqual([b]); // and nothing new beside b, c and d
  });

  it('gives back the sequence of what was refused, when all behind it was, too', () => {
    const { window, lots } = underWay();
    const [a, b, c, d, e] = lots;
    go(window, a, b, c, d);
    window.written(a);
    window.refused(b, [], mayBeTriedAgain);
    window.outOfOrder(c, sequences);
    window.outOfOrder(d, sequences);
    const ended = window.drain();
    expect(ended.map(({ lot }) => lot)).toEqual([c, d]);
    expect(ended).toMatchObject(
      [c, d].map(() => ({ outcome: { error: { code: 'NOT_ENOUGH_REPLICAS', retriable: true } } })),
    );
    expect(window.take(5)).toEqual([e]);
    expect([e.firstSequence, window.ends]).toEqual([2, false]);
  });

  it('has those wait that were refused behind one that failed for good, or that goes on in parts', () => {
    const { window, lots } = underWay();
    const [a, b, c, d, e] = lots;
    const parts = [lotOf(), lotOf()];
    go(window, a, b, c, d);
    window.refused(a, []);
    window.outOfOrder(b, sequences);
    window.refused(c, parts);
    window.outOfOrder(d, sequences);
    expect(window.drain()).toEqual([]);
    expect(window.takeWaiting()).toEqual([b, ...parts, d, e]);
  });

  it.each(['written', 'open'] as const)('ends its id when one behind a refused one is %s', (what) => {
    const { window, lots } = underWay();
    const [a, b, c, d] = lots;
    go(window, a, b, c, d);
    window.refused(a, []);
    if (what === 'written') window.written(b);
    else isOpen(window, b);
    window.outOfOrder(c, sequences);
    window.outOfOrder(d, sequences);
    window.drain();
    expect(window.ends).toBe(true);
  });

  it('ends its id when the last one is given up: it may be written in the place of another', () => {
    const { window, lots } = underWay();
    const [a, b, c, d] = lots;
    go(window, a, b, c, d);
    for (const lot of [a, b, c]) window.written(lot);
    isOpen(window, d);
    window.drain();
    expect(window.take(5)).toEqual([d]);
    window.givenUp(d);
    window.drain();
    expect([window.ends, window.needsId]).toEqual([true, true]);
  });

  it('ends its id when one is given up, and resolves under it what was sent under it', () => {
    const { window, lots } = underWay();
    const [a, b, c, d] = lots;
    go(window, a, b, c, d);
    for (const lot of [a, b]) isOpen(window, lot);
    window.written(c);
    window.written(d);
    window.drain();
    expect(window.take(5)).toEqual([a]);
    window.givenUp(a, unknown(error('CONNECTION_LOST', true)));
    window.drain();
    expect([window.ends, window.needsId]).toEqual([true, false]);
    expect(window.take(5)).toEqual([b]);
    expect(b.firstSequence).toBe(2);
    window.mayGo(b, here);
    window.written(b);
    expect([window.take(5), window.needsId]).toEqual([[], true]);
  });

  it('takes it for a broker that has lost track when the next in turn is out of order', () => {
    const { window, lots } = underWay();
    const [a, b, c, d] = lots;
    go(window, a, b, c, d);
    window.written(a);
    for (const lot of [b, c, d]) window.outOfOrder(lot, sequences);
    expect(window.drain()).toMatchObject(
      [b, c, d].map((lot) => ({ lot, outcome: { error: { retriable: true } } })),
    );
    expect([window.ends, window.needsId]).toEqual([true, true]);
  });

  it('goes on under a new id before the numbers come to their end', () => {
    const window = new Window();
    const [a, b] = [lotOf(), lotOf()];
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

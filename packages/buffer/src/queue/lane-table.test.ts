import { checkProperty, createDelivery } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LaneTable } from './lane-table.js';
import { TopicQueue } from './topic-queue.js';

const topic = new TopicQueue('orders');

/** Lanes that hash to the same few cells, also at the end of the table, and many others. */
const lane = fc.oneof(
  fc
    .record({ low: fc.constantFrom(0, 1, 2, 1_022, 1_023), high: fc.nat({ max: 5 }) })
    .map(({ low, high }) => low + high * 2 ** 20),
  fc.nat({ max: 2 ** 30 - 1 }),
);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('send'), lane }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('settle'), lane }) },
);

interface Model {
  inFlight: number;
  waiting: number;
}

it('tracks what is in flight and what waits of each lane, whichever lanes hash to the same cells', async () => {
  const property = fc.property(fc.array(step, { maxLength: 3_000, size: 'max' }), (steps) => {
    const table = new LaneTable();
    const model = new Map<number, Model>();
    const seen: number[] = [];
    let id = 0;
    for (const { does, lane } of steps) {
      const one = does === 'settle' ? (seen[lane % Math.max(1, seen.length)] ?? lane) : lane;
      const known = model.get(one);
      if (does === 'send') {
        seen.push(one);
        const at = table.openCell(one, ++id);
        expect(at === -1).toBe(known !== undefined);
        if (at >= 0) {
          table.addInFlight(at);
          model.set(one, { inFlight: 1, waiting: 0 });
        } else if (known !== undefined) {
          const delivery = createDelivery({ topic: 'orders', value: null });
          delivery.lane = one;
          table.enqueue(delivery, topic);
          known.waiting++;
        }
        continue;
      }
      const queue = table.settle(one);
      if (known === undefined || known.inFlight === 0) {
        expect(queue).toBeUndefined();
        continue;
      }
      known.inFlight--;
      expect(queue === undefined).toBe(known.inFlight > 0 || known.waiting === 0);
      if (known.inFlight === 0 && known.waiting === 0) model.delete(one);
      if (queue === undefined) continue;
      const taken = [...queue.waiting].length;
      expect(taken).toBe(known.waiting);
      while (queue.waiting.shift() !== undefined);
      table.addInFlightFrom(queue, taken);
      model.set(one, { inFlight: taken, waiting: 0 });
    }
    const waiting = [...table]
      .filter(({ waiting: { first } }) => first !== undefined)
      .map(({ lane: one }) => one);
    expect(waiting.sort()).toEqual(
      [...model]
        .filter(([, { waiting: n }]) => n > 0)
        .map(([one]) => one)
        .sort(),
    );
  });
  await checkProperty(property, { runs: 20 });
});

import { checkProperty, createDelivery } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LaneTable } from './lane-table.js';
import { Topic } from './topic.js';

const topic = new Topic('orders');

/** Lanes that want the same few cells, at the end of the table too, and many others. */
const lane = fc.oneof(
  fc
    .record({ low: fc.constantFrom(0, 1, 2, 1_022, 1_023), high: fc.nat({ max: 5 }) })
    .map(({ low, high }) => low + high * 2 ** 20),
  fc.nat({ max: 2 ** 30 - 1 }),
);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('down'), lane }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('up'), lane }) },
);

interface Model {
  below: number;
  waiting: number;
}

it('knows of each lane what is below and what waits, whichever lanes want the same cells', async () => {
  const property = fc.property(fc.array(step, { maxLength: 3_000, size: 'max' }), (steps) => {
    const table = new LaneTable();
    const model = new Map<number, Model>();
    const seen: number[] = [];
    let id = 0;
    for (const { does, lane } of steps) {
      const one = does === 'up' ? (seen[lane % Math.max(1, seen.length)] ?? lane) : lane;
      const known = model.get(one);
      if (does === 'down') {
        seen.push(one);
        const at = table.openCell(one, ++id);
        expect(at === -1).toBe(known !== undefined);
        if (at >= 0) {
          table.goDown(at);
          model.set(one, { below: 1, waiting: 0 });
        } else if (known !== undefined) {
          const delivery = createDelivery({ topic: 'orders', value: null });
          delivery.lane = one;
          table.wait(delivery, topic);
          known.waiting++;
        }
        continue;
      }
      const queue = table.cameUp(one);
      if (known === undefined || known.below === 0) {
        expect(queue).toBeUndefined();
        continue;
      }
      known.below--;
      expect(queue === undefined).toBe(known.below > 0 || known.waiting === 0);
      if (known.below === 0 && known.waiting === 0) model.delete(one);
      if (queue === undefined) continue;
      const taken = [...queue.waiting].length;
      expect(taken).toBe(known.waiting);
      while (queue.waiting.shift() !== undefined);
      table.tookReady(queue, taken);
      model.set(one, { below: taken, waiting: 0 });
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

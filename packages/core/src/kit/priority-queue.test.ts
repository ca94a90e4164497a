import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PriorityQueue } from './priority-queue.js';

interface Item {
  readonly key: number;
  readonly pushed: number;
}

const inOrder = (one: Item, other: Item): number => one.key - other.key || one.pushed - other.pushed;

it('gives out the least key first, and equal ones in their order', async () => {
  // `undefined` takes one out.
  const calls = fc.array(fc.option(fc.nat({ max: 20 }), { nil: undefined, freq: 3 }), { maxLength: 120 });
  const property = fc.property(calls, (all) => {
    const queue = new PriorityQueue<Item>();
    const model: Item[] = [];
    for (const [pushed, key] of all.entries()) {
      if (key === undefined) expect(queue.shift()).toBe(model.shift());
      else {
        const item = { key, pushed };
        queue.push(key, item);
        model.push(item);
        model.sort(inOrder);
      }
      expect(queue.first).toBe(model[0]);
      expect(queue).toHaveLength(model.length);
    }
    expect(queue.takeAll().sort(inOrder)).toEqual(model);
    expect(queue).toHaveLength(0);
    expect(queue.shift()).toBeUndefined();
  });
  await checkProperty(property);
});

import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LinkedQueue } from './linked-queue.js';

interface Node {
  readonly name: number;
  link: Node | undefined;
}

it('is an array, whatever is done to it, and lets go of what leaves it', async () => {
  const calls = fc.array(fc.constantFrom('push', 'shift'), { maxLength: 100 });
  const property = fc.property(calls, (all) => {
    const queue = new LinkedQueue<Node>();
    const model: Node[] = [];
    for (const [name, call] of all.entries()) {
      if (call === 'push') {
        // Where it stood before means nothing.
        const node: Node = { name, link: { name: -1, link: undefined } };
        queue.push(node);
        model.push(node);
      } else {
        const node = queue.shift();
        expect(node).toBe(model.shift());
        expect(node?.link).toBeUndefined();
      }
      expect(queue.first).toBe(model[0]);
      expect(Array.from(queue, (one) => one.name)).toEqual(model.map((one) => one.name));
    }
  });
  await checkProperty(property);
});

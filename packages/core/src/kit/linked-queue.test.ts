import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LinkedQueue } from './linked-queue.js';

interface Node {
  readonly name: number;
  link: Node | undefined;
}

it('is an array, whatever is done to it, and lets go of what leaves it', async () => {
  const calls = fc.array(fc.constantFrom('push', 'push', 'shift', 'remove', 'remove in order'), {
    maxLength: 100,
  });
  const property = fc.property(calls, (all) => {
    const queue = new LinkedQueue<Node>();
    const model: Node[] = [];
    for (const [name, call] of all.entries()) {
      if (call === 'push') {
        // Where it stood before means nothing.
        const node: Node = { name, link: { name: -1, link: undefined } };
        queue.push(node);
        model.push(node);
      } else if (call !== 'shift') {
        const inOrder = call === 'remove in order';
        const goes = ({ name: one }: Node): boolean => (inOrder ? one < name / 2 : one % 3 === name % 3);
        const stays = inOrder ? model.findIndex((node) => !goes(node)) : -1;
        const gone = (stays < 0 ? model : model.slice(0, stays)).filter(goes);
        const removed = queue.removeWhere(goes, inOrder);
        expect(removed).toEqual(gone);
        expect(removed.every(({ link }) => link === undefined)).toBe(true);
        for (const node of gone) model.splice(model.indexOf(node), 1);
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

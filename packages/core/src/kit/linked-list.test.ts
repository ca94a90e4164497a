import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinkedList } from './linked-list.js';

class Node {
  previous: Node | undefined = undefined;
  next: Node | undefined = undefined;

  constructor(readonly name: number) {}
}

const namesOf = (nodes: Iterable<Node>): number[] => Array.from(nodes, ({ name }) => name);

describe('LinkedList', () => {
  it('is an array, whatever is done to it, and lets go of what leaves it', async () => {
    // A number removes the node at that place of those that are there; a node that was removed may
    // come back.
    const calls = fc.array(fc.oneof(fc.constant('push'), fc.constant('again'), fc.nat({ max: 50 })), {
      maxLength: 100,
    });
    const property = fc.property(calls, (all) => {
      const list = new LinkedList<Node>();
      const model: Node[] = [];
      const removed: Node[] = [];
      for (const [name, call] of all.entries()) {
        if (typeof call === 'number') {
          const [node] = model.splice(call % Math.max(1, model.length), 1);
          if (node === undefined) continue;
          list.remove(node);
          expect([node.previous, node.next]).toEqual([undefined, undefined]);
          removed.push(node);
        } else {
          const node = (call === 'again' ? removed.pop() : undefined) ?? new Node(name);
          list.push(node);
          model.push(node);
        }
        expect(list.first).toBe(model[0]);
        expect(list.last).toBe(model.at(-1));
        expect(namesOf(list)).toEqual(namesOf(model));
        const backwards: Node[] = [];
        for (let node = list.last; node !== undefined; node = node.previous) backwards.push(node);
        expect(namesOf(backwards)).toEqual(namesOf(model).reverse());
      }
    });
    await checkProperty(property);
  });

  it('may lose the node that is visited, and gain others, while it is walked through', () => {
    const list = new LinkedList<Node>();
    for (let name = 0; name < 3; name++) list.push(new Node(name));
    const visited: number[] = [];
    for (const node of list) {
      visited.push(node.name);
      list.remove(node);
      if (node.name === 0) list.push(new Node(3));
    }
    expect(visited).toEqual([0, 1, 2, 3]);
    expect(list.first).toBeUndefined();
  });
});

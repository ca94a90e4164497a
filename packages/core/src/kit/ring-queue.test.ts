import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RingQueue } from './ring-queue.js';

const calls = fc.array(
  fc.record({
    // Long runs of one kind make it grow and shrink.
    kind: fc.constantFrom('push', 'unshift', 'shift', 'replace', 'takeAll'),
    times: fc.nat({ max: 60 }),
  }),
  { maxLength: 40 },
);

describe('RingQueue', () => {
  it('is an array, whatever is done to it', async () => {
    const property = fc.property(calls, (all) => {
      const queue = new RingQueue<number>();
      let model: number[] = [];
      let next = 0;
      for (const { kind, times } of all) {
        for (let i = 0; i < times; i++) {
          if (kind === 'push') model.push((queue.push(next), next++));
          else if (kind === 'unshift') model.unshift((queue.unshift(next), next++));
          else if (kind === 'shift') expect(queue.shift()).toBe(model.shift());
          else if (kind === 'replace' && model.length > 0) {
            const index = (i * 7) % model.length;
            queue.replace(index, next);
            model[index] = next++;
          }
        }
        if (kind === 'takeAll') {
          expect(queue.takeAll()).toEqual(model);
          model = [];
        }
        expect(queue).toHaveLength(model.length);
        expect(queue.first).toBe(model[0]);
        expect(queue.last).toBe(model.at(-1));
        for (const [index, item] of model.entries()) expect(queue.at(index)).toBe(item);
        expect(queue.at(model.length)).toBeUndefined();
        expect(queue.at(-1)).toBeUndefined();
        expect([...queue]).toEqual(model);
      }
    });
    await checkProperty(property);
  });

  it('gives its slots back when a backlog is gone, and stays in order', () => {
    const queue = new RingQueue<number>();
    let pushed = 0;
    let shifted = 0;
    // Up and down thrice, past what it keeps, and never quite empty.
    for (let round = 0; round < 3; round++) {
      while (queue.length < 20_000) queue.push(pushed++);
      while (queue.length > 5) expect(queue.shift()).toBe(shifted++);
      expect([...queue]).toEqual([0, 1, 2, 3, 4].map((i) => shifted + i));
    }
  });

  it('keeps the places of items that were taken out', () => {
    const queue = new RingQueue<string | undefined>();
    for (const item of ['a', 'b', 'c']) queue.push(item);
    queue.replace(0, undefined);
    expect(queue).toHaveLength(3);
    expect([...queue]).toEqual(['b', 'c']);
    expect([queue.shift(), queue.shift(), queue.length]).toEqual([undefined, 'b', 1]);
  });

  it('refuses to replace what is not there', () => {
    const queue = new RingQueue<string>();
    queue.push('a');
    expect(() => queue.replace(1, 'b')).toThrow('no item 1 in a queue of 1');
    expect(() => queue.replace(-1, 'b')).toThrow(RangeError);
    expect([...queue]).toEqual(['a']);
  });
});

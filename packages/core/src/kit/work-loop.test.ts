import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WorkLoop } from './work-loop.js';

describe('WorkLoop', () => {
  it('does everything once, in order and never inside itself, whatever a step adds', async () => {
    // What each piece of work adds when it is done.
    const additions = fc.array(fc.nat({ max: 3 }), { maxLength: 60 });
    const property = fc.property(additions, (adds) => {
      const waiting: number[] = [];
      const done: number[] = [];
      let added = 0;
      let depth = 0;
      const add = (): void => {
        if (added === adds.length) return;
        waiting.push(added++);
        loop.run();
      };
      const loop = new WorkLoop(() => {
        const one = waiting.shift();
        if (one === undefined) return false;
        expect(++depth).toBe(1);
        done.push(one);
        for (let i = 0; i < (adds[one] ?? 0); i++) add();
        depth--;
        return true;
      });
      while (added < adds.length) add();
      expect(done).toEqual(Array.from(adds, (_, index) => index));
      expect(waiting).toEqual([]);
    });
    await checkProperty(property);
  });

  it('looks again when it was called during a step that found nothing', () => {
    const waiting = [false];
    let looks = 0;
    const loop = new WorkLoop(() => {
      if (++looks === 1) loop.run();
      return waiting.pop() ?? false;
    });
    loop.run();
    expect(looks).toBe(2);
  });

  it('throws what a step throws, and runs again after that', () => {
    const waiting = ['bad', 'good'];
    const done: string[] = [];
    const loop = new WorkLoop(() => {
      const one = waiting.shift();
      if (one === 'bad') throw new Error('a step failed');
      if (one !== undefined) done.push(one);
      return one !== undefined;
    });
    expect(() => loop.run()).toThrow('a step failed');
    loop.run();
    expect(done).toEqual(['good']);
  });
});

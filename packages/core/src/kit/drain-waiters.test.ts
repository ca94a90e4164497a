import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DrainWaiters } from './drain-waiters.js';

describe('DrainWaiters', () => {
  it('resolves once all that was open has ended, in parts or whole, and not before', async () => {
    const calls = fc.array(
      fc.record({ kind: fc.constantFrom('open', 'end', 'split', 'wait'), place: fc.nat({ max: 20 }) }),
      { maxLength: 80 },
    );
    const property = fc.asyncProperty(calls, async (all) => {
      const waiters = new DrainWaiters<object>();
      /** Each open item with the waits that it holds up. */
      const open = new Map<object, Set<number>>();
      const left: number[] = [];
      const done: number[] = [];
      const end = (item: object): void => {
        for (const wait of open.get(item) ?? []) left[wait] = (left[wait] ?? 0) - 1;
        open.delete(item);
      };
      for (const { kind, place } of all) {
        const item = [...open.keys()][place % Math.max(1, open.size)];
        if (kind === 'open') open.set({}, new Set());
        else if (kind === 'wait') {
          const wait = left.push(open.size) - 1;
          for (const waits of open.values()) waits.add(wait);
          void waiters.wait(open.keys()).then(() => done.push(wait));
        } else if (item !== undefined && kind === 'end') {
          end(item);
          waiters.ended(item);
        } else if (item !== undefined) {
          const parts = Array.from({ length: place % 3 }, () => ({}));
          const waits = open.get(item) ?? new Set<number>();
          for (const part of parts) open.set(part, new Set(waits));
          for (const wait of waits) left[wait] = (left[wait] ?? 0) + parts.length;
          end(item);
          waiters.replace(item, parts);
        }
        await Promise.resolve();
        const expected = [...left.keys()].filter((wait) => left[wait] === 0);
        expect([...done].sort((one, other) => one - other)).toEqual(expected);
      }
    });
    await checkProperty(property);
  });
});

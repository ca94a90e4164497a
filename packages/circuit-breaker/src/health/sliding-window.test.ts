import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SlidingWindow } from './sliding-window.js';

const result = fc.record({ afterMs: fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 300 })), ok: fc.boolean() });

const someResults = fc.array(result, { size: 'max', maxLength: 100 });

it('counts the results of the last ten tenths, including the current one', async () => {
  const property = fc.property(someResults, fc.constantFrom(100, 130), (results, ms) => {
    const window = new SlidingWindow(ms);
    const all: { readonly tenth: number; readonly ok: boolean }[] = [];
    let now = 0;
    for (const { afterMs, ok } of results) {
      now += afterMs;
      window.add(ok, now);
      const tenth = Math.floor((now * 10) / ms);
      all.push({ tenth, ok });
      const inside = all.filter((one) => one.tenth > tenth - 10);
      expect(window.successes).toBe(inside.filter((one) => one.ok).length);
      expect(window.failures).toBe(inside.length - window.successes);
    }
  });
  await checkProperty(property);
});

import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { SlidingWindow } from './sliding-window.js';

const result = fc.record({ afterMs: fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 300 })), ok: fc.boolean() });

test.prop([fc.array(result, { size: 'max', maxLength: 100 }), fc.constantFrom(100, 130)])(
  'counts what came within the last ten tenths, the present one included',
  (results, ms) => {
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
  },
);

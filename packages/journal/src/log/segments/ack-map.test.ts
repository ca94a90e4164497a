import { checkSeeds, seededRandom } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { AckMap } from './ack-map.js';

it('finds the first unset one whatever the order of setting, across words and growth', async () => {
  await checkSeeds(
    (seed) => {
      const random = seededRandom(seed);
      const first = Math.floor(random() * 1e12);
      const count = 1 + Math.floor(random() * 1_000);
      const left = new Set(Array.from({ length: count }, (_, i) => first + i));
      const map = new AckMap(first);
      let expected = first;
      while (left.size > 0) {
        const next =
          random() < 0.9 ? expected : Math.min(first + count - 1, expected + Math.floor(random() * 100));
        expect(map.set(next)).toBe(left.delete(next));
        while (expected < first + count && !left.has(expected)) expected++;
        expect(map.firstUnset).toBe(expected);
      }
    },
    { runs: 50 },
  );
});

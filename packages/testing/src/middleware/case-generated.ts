import { isError } from '@holdfast/core/stage';
import { chainProperty } from '../chain/chain-property.js';
import { seedFrom } from '../property/seed.js';
import { syncRefusals } from './sync-refusals.js';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import type { MiddlewareSubject } from './subject.js';

/** The middleware alone in a producer, over schedules drawn from a seed. */
export function generatedCase(subject: MiddlewareSubject): ConformanceCase {
  return {
    title: 'keeps the invariants in a producer, over generated schedules',
    async run() {
      const { name, create, runs = 50, features } = subject;
      const seed = subject.seed ?? seedFrom();
      try {
        await chainProperty({
          use: () => [create(), syncRefusals(seed)],
          seed,
          runs,
          script: { rejected: 0.02, hangs: 0.01 },
          ignoreHeaders: true,
          ...(features?.changesRecords && { changesRecords: true }),
          ...(features?.deliversElsewhere !== undefined && { deliversElsewhere: features.deliversElsewhere }),
        });
        return [];
      } catch (error) {
        return [
          `'${name}' breaks an invariant in a producer: ${isError(error) ? error.message : String(error)}`,
        ];
      }
    },
  };
}

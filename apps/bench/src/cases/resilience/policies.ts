import { circuitBreaker } from '@holdfast/circuit-breaker';
import { createProducer } from '@holdfast/core';
import { retry } from '@holdfast/retry';
import { collectGarbage, timed } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { loopOver } from '../layers/bare-loop.js';
import { Entry } from '../layers/entry.js';
import { Sink } from '../sink.js';
import { rivals, type Rival } from './rivals.js';

/** The rival's calls that are on their way at once. */
const together = 100;

/** Both sides succeed at once, always: what is measured is what they cost when nothing is wrong. */
export async function preparePolicies(rival: Rival, size: number, context: CaseContext): Promise<Prepared> {
  const sink = new Sink();
  const entry = new Entry();
  const producer = await createProducer({ client: sink, use: [entry, retry(), circuitBreaker()] });
  const guarded = rivals[rival]();
  return {
    ours: () => {
      collectGarbage();
      return loopOver(entry.next, sink, size, context.records);
    },
    raw: async () => {
      collectGarbage();
      const timing = await timed(context.records, async () => {
        for (let left = context.records; left > 0; left -= together) {
          await Promise.all(Array.from({ length: Math.min(left, together) }, guarded));
        }
      });
      return { value: timing.cpuNs, timing };
    },
    details: { batch: size },
    close: async () => void (await producer.close()),
  };
}

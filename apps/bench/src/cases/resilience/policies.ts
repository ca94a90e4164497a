import { circuitBreaker } from '@holdfast/circuit-breaker';
import { createProducer, type Middleware } from '@holdfast/core';
import { retry } from '@holdfast/retry';
import { timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { loopOver } from '../layers/bare-loop.js';
import { Entry } from '../layers/entry.js';
import { Sink } from '../sink.js';
import { rivals, type Rival } from './rivals.js';

/** The rival's concurrent calls. */
const together = 100;

/**
 * Both sides always succeed at once. Our side is only what the two add to the same chain without
 * them, as the rival has no chain.
 */
export async function preparePolicies(rival: Rival, size: number, context: CaseContext): Promise<Prepared> {
  const plain = await chainOf([]);
  const guarded = await chainOf([retry(), circuitBreaker()]);
  const call = rivals[rival]();
  return {
    ours: async () => {
      const without = await plain.run(size, context.records);
      const { value, timing } = await guarded.run(size, context.records);
      return { value: Math.max(1, value - without.value), ...(timing && { timing }) };
    },
    raw: async () => {
      const timing = await timed(context.records, async () => {
        for (let left = context.records; left > 0; left -= together) {
          await Promise.all(Array.from({ length: Math.min(left, together) }, call));
        }
      });
      return { value: timing.cpuNs, timing };
    },
    details: { batch: size },
    close: async () => {
      await plain.close();
      await guarded.close();
    },
  };
}

interface LoopChain {
  run(size: number, records: number): Promise<Sample>;
  close(): Promise<void>;
}

async function chainOf(use: readonly Middleware[]): Promise<LoopChain> {
  const sink = new Sink();
  const entry = new Entry();
  const producer = await createProducer({ adapter: sink, use: [entry, ...use] });
  return {
    run: (size, records) => loopOver(entry.next, sink, size, records),
    close: async () => void (await producer.close()),
  };
}

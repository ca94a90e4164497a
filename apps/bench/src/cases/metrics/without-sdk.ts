import { createProducer, type Middleware } from '@holdfast/core';
import { metrics } from '@holdfast/metrics';
import type { Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { loopOver } from '../layers/bare-loop.js';
import { Entry } from '../layers/entry.js';
import { passThroughs } from '../layers/pass-through.js';
import { Sink } from '../sink.js';

const layers = 6;
const batch = 100;

/** Our side is only what metrics adds; runs alternate with the six layers alone. */
export async function prepareWithoutSdk({ records }: CaseContext): Promise<Prepared> {
  const plain = await chainOf([]);
  const observed = await chainOf([metrics()]);
  return {
    ours: async () => {
      const without = await plain.run(records);
      const { value, timing } = await observed.run(records);
      // A difference too small to measure counts as 1: a ratio has no 0.
      return { value: Math.max(1, value - without.value), ...(timing && { timing }) };
    },
    raw: () => plain.run(records),
    details: { layers, batch },
    close: async () => {
      await plain.close();
      await observed.close();
    },
  };
}

interface LoopChain {
  run(records: number): Promise<Sample>;
  close(): Promise<void>;
}

async function chainOf(use: readonly Middleware[]): Promise<LoopChain> {
  const sink = new Sink();
  const entry = new Entry();
  const producer = await createProducer({ adapter: sink, use: [entry, ...use, ...passThroughs(layers)] });
  return {
    run: (records) => loopOver(entry.next, sink, batch, records),
    close: async () => void (await producer.close()),
  };
}

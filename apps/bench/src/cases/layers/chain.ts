import { createProducer } from '@holdfast/core';
import type { Send } from '@holdfast/core/stage';
import type { CaseContext, Prepared } from '../bench-case.js';
import { Sink } from '../sink.js';
import { loopOver } from './bare-loop.js';
import { Entry } from './entry.js';
import { passThroughs } from './pass-through.js';

/**
 * The chain below the producer: what core does around `layers` stages and the adapter, for batches
 * of `size`.
 */
export async function prepareChain(layers: number, size: number, context: CaseContext): Promise<Prepared> {
  const sink = new Sink();
  const entry = new Entry();
  const producer = await createProducer({ adapter: sink, use: [entry, ...passThroughs(layers)] });
  const bare = new Sink();
  const rawSend: Send = (batch, settle) => bare.send(batch, settle);
  const run = (send: Send, end: Sink) => () => loopOver(send, end, size, context.records);
  return {
    ours: run(entry.next, sink),
    raw: run(rawSend, bare),
    details: { layers, batch: size },
    close: async () => void (await producer.close()),
  };
}

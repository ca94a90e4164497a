import { createProducer, type Producer, type ProducerRecord } from '@holdfast/core';
import { collectGarbage, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { Sink } from '../sink.js';
import { loopOver } from './bare-loop.js';
import { passThroughs } from './pass-through.js';

export type DispatcherCall = 'send-promise' | 'send-callback' | 'sendBatch';

/** The number of concurrent single sends. */
const together = 100;

/**
 * The same through the producer: checks of the record, the lane of its key, counters, flush marks,
 * and one promise per batch (`sendBatch`), or one promise or callback per record. Single sends are
 * batches of one.
 */
export async function prepareDispatcher(
  call: DispatcherCall,
  layers: number,
  size: number,
  context: CaseContext,
): Promise<Prepared> {
  const sink = new Sink();
  const producer = await createProducer({ adapter: sink, use: passThroughs(layers) });
  const group = call === 'sendBatch' ? size : together;
  const groups = recordGroups(group);
  const sendAll = { 'send-promise': withPromises, 'send-callback': withCallbacks, sendBatch: inBatches }[
    call
  ];
  const bare = new Sink();
  return {
    ours: async (): Promise<Sample> => {
      collectGarbage();
      const rounds = Math.ceil(context.records / group);
      const before = producer.stats().delivered;
      const timing = await timed(rounds * group, () => sendAll(producer, sink, groups, rounds));
      const delivered = producer.stats().delivered - before;
      if (delivered !== rounds * group) throw new Error(`${delivered} of ${rounds * group} were delivered`);
      return { value: timing.cpuNs, timing };
    },
    raw: () => {
      collectGarbage();
      return loopOver((batch, settle) => bare.send(batch, settle), bare, size, context.records);
    },
    details: { layers, batch: size, call },
    close: async () => void (await producer.close()),
  };
}

type Groups = readonly (readonly ProducerRecord[])[];

/** Some different records, with different keys. */
function recordGroups(size: number): Groups {
  const value = Buffer.alloc(100, 'v');
  return Array.from({ length: 16 }, (_, group) =>
    Array.from({ length: size }, (_, index) => {
      const key = Buffer.from(`key-${String(group * size + index).padStart(4, '0')}`);
      return { topic: 'orders', key, value };
    }),
  );
}

async function inBatches(producer: Producer, sink: Sink, groups: Groups, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const outcomes = producer.sendBatch(groups[i % groups.length] ?? []);
    sink.settleAll();
    await outcomes;
  }
}

async function withPromises(producer: Producer, sink: Sink, groups: Groups, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    let last: Promise<unknown> | undefined;
    for (const record of groups[i % groups.length] ?? []) last = producer.send(record);
    sink.settleAll();
    await last;
  }
}

function withCallbacks(producer: Producer, sink: Sink, groups: Groups, rounds: number): void {
  const done = (error: Error | null): void => {
    if (error !== null) throw error;
  };
  for (let i = 0; i < rounds; i++) {
    for (const record of groups[i % groups.length] ?? []) producer.send(record, done);
    sink.settleAll();
  }
}

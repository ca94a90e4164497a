import { buffer } from '@holdfast/buffer';
import { createProducer, type ProducerRecord } from '@holdfast/core';
import { retry } from '@holdfast/retry';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectGarbage, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { keyBytes, recordMaker } from './record-maker.js';
import { roomy } from './roomy.js';
import { Sink } from '../sink.js';

/** The memory of a waiting record beyond its payload, in the buffer and in an array of records. */
export function prepareMemory(valueBytes: number, context: CaseContext): Promise<Prepared> {
  const { records } = context;
  const record = recordMaker(valueBytes, context.topic);
  const payload = keyBytes + valueBytes;

  const ours = async (): Promise<Sample> => {
    const sink = new Sink();
    const producer = await createProducer({ adapter: sink, use: [buffer(roomy), retry()] });
    const before = usedBytes();
    const timing = await timed(records, () => {
      for (let i = 0; i < records; i++) producer.fireAndForget(record(i));
    });
    await nextTurn(); // the first batches go down now
    const value = (usedBytes() - before) / records - payload;
    const { held } = producer.stats();
    if (held !== records) throw new Error(`${held} of ${records} records wait`);
    sink.automatic = true;
    sink.settleSoon();
    await producer.flush({ timeoutMs: 300_000 });
    await producer.close();
    return { value, timing };
  };

  const raw = async (): Promise<Sample> => {
    const before = usedBytes();
    const waiting: ProducerRecord[] = [];
    const timing = await timed(records, () => {
      for (let i = 0; i < records; i++) waiting.push(record(i));
    });
    const value = (usedBytes() - before) / records - payload;
    if (waiting.length !== records) throw new Error(`${waiting.length} of ${records} records wait`);
    return { value, timing };
  };

  return Promise.resolve({
    ours,
    raw,
    details: { payloadBytes: payload, waiting: records },
    close: () => Promise.resolve(),
  });
}

/** `external` includes the array buffers. */
function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

import { buffer } from '@holdfast/buffer';
import { createProducer, type ProducerRecord } from '@holdfast/core';
import { retry } from '@holdfast/retry';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectGarbage, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { roomy } from './roomy.js';
import { Sink } from '../sink.js';

const keyBytes = 8;

/** What a waiting record takes beyond its payload, in the buffer and in an array of records. */
export function prepareMemory(valueBytes: number, context: CaseContext): Promise<Prepared> {
  const { records } = context;
  const record = recordMaker(valueBytes);
  const payload = keyBytes + valueBytes;

  const ours = async (): Promise<Sample> => {
    const sink = new Sink();
    const producer = await createProducer({ client: sink, use: [buffer(roomy), retry()] });
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

/** Each with bytes of its own, as a program's records have. */
function recordMaker(valueBytes: number): (index: number) => ProducerRecord {
  const value = Buffer.alloc(valueBytes, 'v');
  const keys = Array.from({ length: 100_000 }, (_, index) => String(index).padStart(keyBytes, 'k'));
  return (index) => ({
    topic: 'orders',
    key: Buffer.from(keys[index % keys.length] ?? ''),
    value: Buffer.from(value),
  });
}

/** `external` includes the array buffers. */
function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

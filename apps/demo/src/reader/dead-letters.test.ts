import { createProducer, silentLogger } from '@holdfast/core';
import { systemClock } from '@holdfast/core/stage';
import { deadLetterQueue } from 'holdfast';
import { scriptedAdapter } from '@holdfast/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mixedRecords } from '../mixed-records.js';
import { originalOf, readDeadLetterFiles } from './dead-letters.js';

const mix = { topic: 'open', forbiddenTopic: 'forbidden', partitions: 6, epochMs: 1_700_000_000_000 };
const { recordOf, numberOf } = mixedRecords(mix);
let directory: string;

beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'demo-dead-letters-'))));
afterEach(() => rm(directory, { recursive: true }));

it('finds in the files what Holdfast could not deliver, byte for byte', async () => {
  const failing = { outcome: 'failed' } as const;
  const producer = await createProducer({
    adapter: scriptedAdapter({ clock: systemClock, script: [[failing, failing, failing]] }),
    use: [deadLetterQueue({ file: { directory } })],
    env: { logger: silentLogger },
  });
  await producer.sendBatch([4, 7, 13].map(recordOf));
  await producer.close();
  const records = await readDeadLetterFiles(directory);
  expect(records.map(numberOf)).toEqual([4, 7, 13]);
});

it('restores the original record from the headers of a dead letter', () => {
  const { key, value, timestamp = 0, partition = 0 } = recordOf(4);
  const letter = {
    ...{ topic: 'open.dlq', partition: 0, offset: 17, timestamp: 1, key, value: value.toString('latin1') },
    headers: [
      ['dead-letter-id', 'x'],
      ['original-topic', 'open'],
      ['original-partition', String(partition)],
      ['original-timestamp', String(timestamp)],
      ['original-number', '4'],
      ['original-trace', '\u00ff\u0004\u0000\u0080'],
    ] as const,
  };
  expect(numberOf(originalOf(letter))).toBe(4);
});

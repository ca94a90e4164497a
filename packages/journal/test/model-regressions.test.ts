import { expect, it } from 'vitest';
import { runModel, type Setup, type Step } from './model-run.fixture.js';

const setup: Setup = {
  acknowledge: 'delivered',
  fsync: 'always',
  whenFull: 'block',
  encrypted: false,
  maxInFlightRecords: 3,
  maxBytes: 64 * 1024,
  deadlineMs: Infinity,
};
const kill: Step = { end: 'kill', keep: 'random', seed: 0, key: 0 };
const close: Step = { end: 'close', keep: 'random', seed: 0, key: 0 };

/** Runs that the model once found, as it shortened them. */
const found: readonly [name: string, setup: Partial<Setup>, steps: readonly Step[]][] = [
  [
    'a segment that is overwritten was the only one to note how another had ended',
    { whenFull: 'reject' },
    [
      { append: 10, bytes: 0 },
      { append: 3, bytes: 1_337 },
      { full: 0 },
      { append: 34, bytes: 100 },
      { advance: 0 },
      { full: 4_096 },
      { answer: 'delivered', lanes: 1, most: 1 },
      { advance: 1_000 },
      { answer: 'delivered', lanes: 14, most: 2 },
      { answer: 'delivered', lanes: 3, most: 1 },
      { append: 5, bytes: 766 },
      close,
    ],
  ],
  [
    'a record that bypassed the journal and was not sent may be in it: its write had failed',
    { fsync: 'interval', whenFull: 'bypass' },
    [
      { append: 1, bytes: 0 },
      { advance: 0 },
      kill,
      { full: 20_000 },
      { append: 2, bytes: 879 },
      { append: 11, bytes: 1_662 },
      close,
    ],
  ],
  [
    'a power loss that took records, and left a range and records after them',
    { acknowledge: 'journaled', fsync: 'never', maxInFlightRecords: 5, maxBytes: 1024 * 1024 },
    [
      { append: 35, bytes: 57 },
      { advance: 1 },
      { answer: 'delivered', lanes: 1, most: 1 },
      { advance: 1_000 },
      { append: 1, bytes: 0 },
      { advance: 1 },
      { end: 'crash', keep: 'random', seed: 868, key: 0 },
    ],
  ],
  [
    'a power loss that took the end of a segment that had been abandoned',
    { acknowledge: 'delivered', fsync: 'interval', maxInFlightRecords: 3 },
    [
      kill,
      { fault: { error: 'EIO' }, operation: 'write', call: 2, lasts: false },
      { append: 23, bytes: 48 },
      { advance: 0 },
      { end: 'crash', keep: 'random', seed: 54, key: 0 },
    ],
  ],
  [
    'the same, of one whose records Kafka has',
    { acknowledge: 'delivered', fsync: 'interval', maxInFlightRecords: 3 },
    [
      kill,
      { kafka: 'up' },
      { fault: { error: 'EIO' }, call: 2, lasts: false },
      { append: 4, bytes: 638 },
      { advance: 60 },
      { end: 'crash', keep: 'random', seed: 0, key: 0 },
    ],
  ],
  [
    'a power loss that brought back a file whose space had been reused',
    { acknowledge: 'delivered', maxInFlightRecords: 3, deadlineMs: 300 },
    [
      { append: 12, bytes: 1_375 },
      { append: 5, bytes: 1_650 },
      { advance: 1_000 },
      { append: 1, bytes: 12_330 },
      { advance: 0 },
      { end: 'crash', keep: 'random', seed: 0, key: 0 },
    ],
  ],
  [
    'a record that bypassed the journal and was in flight at close is in it: a part of its write had succeeded',
    { acknowledge: 'delivered', whenFull: 'bypass', maxInFlightRecords: 1_000 },
    [
      { full: 4_096 },
      { append: 9, bytes: 840 },
      { append: 8, bytes: 21 },
      { advance: 0 },
      { heal: true },
      close,
    ],
  ],
  [
    'a close during the wait for a disk that worked again',
    { whenFull: 'reject' },
    [{ kafka: 'up' }, { append: 3, bytes: 6_026 }, { full: 20_000 }, { advance: 0 }, { heal: true }, close],
  ],
  [
    'more acknowledged ranges than a frame has room for, and nothing else to write',
    { maxInFlightRecords: 1_000 },
    [
      { append: 12, bytes: 0 },
      { append: 34, bytes: 0 },
      { append: 20, bytes: 0 },
      { advance: 0 },
      { answer: 'delivered', lanes: 5, most: 17 },
      { advance: 250 },
      kill,
    ],
  ],
  [
    'a topic that was catching up from memory alone was read from the beginning when the rest was accepted',
    { maxInFlightRecords: 50, maxBytes: 1024 * 1024, acceptAfterMs: 2_000, topics: 2 },
    [
      { append: 15, bytes: 0 },
      { append: 20, bytes: 0 },
      { advance: 1_000 },
      { append: 10, bytes: 0 },
      { advance: 1 },
      { answer: 'delivered', lanes: 5, most: 6 },
      { advance: 3_000 },
      { answer: 'delivered', lanes: 1, most: 1 },
      { advance: 1 },
    ],
  ],
];

it.each(found)('%s', async (_, changed, steps) => {
  await expect(runModel({ ...setup, ...changed }, steps)).resolves.toBeUndefined();
});

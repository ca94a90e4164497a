import { describe, expect, it } from 'vitest';
import { kilobyteRecord } from './kilobyte-records.js';
import type { Sample } from './messages.js';
import { enduranceResult, type Observed } from './result.js';
import { TopicCheck } from './topic-check.js';

const mebi = 1024 * 1024;

const sample = (atMs: number, rssBytes: number): Sample => ({
  atMs,
  rssBytes,
  heapBytes: 30 * mebi,
  externalBytes: 0,
  diskBytes: 50 * mebi,
  backlogRecords: 10,
  sent: 5,
  accepted: 5,
});

const observed = (rssAt: (second: number) => number, more: Partial<Observed> = {}): Observed => ({
  client: 'kafkajs',
  seconds: 60,
  maxBytes: 64 * mebi,
  mostDiskBytes: 64 * mebi,
  run: {
    samples: Array.from({ length: 70 }, (_, second) => sample(second * 1_000, rssAt(second))),
    sending: 60,
    ended: { sent: 5, accepted: 5, refused: 0, undeliverable: 0 },
  },
  check: { lost: 0, duplicated: 0, outOfOrder: 0, foreign: 0 },
  ...more,
});

const problemsOf = (...given: Parameters<typeof observed>): readonly string[] =>
  enduranceResult(observed(...given)).problems;

describe('endurance', () => {
  it('passes with flat memory, a full disk and every record', () => {
    expect(problemsOf(() => 200 * mebi)).toEqual([]);
  });

  it('lets the memory grow during the warm-up and while the backlog drains', () => {
    expect(problemsOf((second) => (second <= 5 ? 50 * mebi : second < 60 ? 200 * mebi : 900 * mebi))).toEqual(
      [],
    );
  });

  it('finds memory that grows', () => {
    expect(problemsOf((second) => (100 + 3 * second) * mebi)).toEqual([
      expect.stringMatching(/^the memory grew from \d+ to \d+ bytes$/),
    ]);
  });

  it('finds a disk that exceeded its limit, or never reached it', () => {
    expect(problemsOf(() => mebi, { mostDiskBytes: 65 * mebi })).toEqual([
      expect.stringContaining('the files took'),
    ]);
    expect(problemsOf(() => mebi, { mostDiskBytes: 30 * mebi })).toEqual([
      expect.stringContaining('never reached'),
    ]);
  });

  it('finds what is wrong in the topic', () => {
    const check = new TopicCheck(200);
    const visit = (n: number, change = ''): void => {
      const { key, value } = kilobyteRecord(n);
      check.visit({ key: Buffer.from(key), value: Buffer.from(value + change) });
    };
    visit(100);
    visit(50); // of the same key
    visit(1);
    visit(1);
    visit(2, '!');
    visit(200);
    expect(check).toMatchObject({ outOfOrder: 1, duplicated: 1, foreign: 2, lost: 197 });
    expect(problemsOf(() => mebi, { check })).toEqual([
      '197 records are lost',
      '2 records in the topic were never sent',
      '1 records are out of order',
    ]);
  });
});

import { middlewareCases } from '@holdfast/testing';
import { middlewareConformance } from '@holdfast/testing/vitest';
import { describe, expect, it } from 'vitest';
import { journal } from '../src/journal.js';

// With files of the default size, most of the time goes to reading and writing zeros.
const small = {
  directory: '/outbox',
  segmentBytes: 16 * 1024,
  maxBytes: 2 ** 20,
  maxInFlightRecords: 1_000,
} as const;

middlewareConformance({ name: 'journal', create: () => journal(small) });

describe("journal({ acknowledge: 'journaled' })", { timeout: 120_000 }, () => {
  const cases = middlewareCases({
    name: 'journal',
    // Accepted records leave memory, so only the disk can be full: it is, before the suite runs out
    // of records.
    create: () => journal({ ...small, acknowledge: 'journaled', maxBytes: 256 * 1024 }),
  });
  // Records accepted at the end of a schedule are on disk and not in the topic: the fault tests
  // check those.
  for (const { title, run } of cases.filter(({ title: one }) => !one.includes('generated schedules'))) {
    it(title, async () => {
      expect(await run()).toEqual([]);
    });
  }
});

import { middlewareCases } from '@holdfast/testing';
import { middlewareConformance } from '@holdfast/testing/vitest';
import { describe, expect, it } from 'vitest';
import { journal } from '../src/journal.js';

// With files as large as they are by default, most of the time goes to reading zeros, and to filling them.
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
    // What is accepted leaves memory, so that the disk alone can be full: before the suite has no more to give.
    create: () => journal({ ...small, acknowledge: 'journaled', maxBytes: 256 * 1024 }),
  });
  // What it has accepted at the end of a schedule is on disk and not in the topic: the tests of faults look there.
  for (const { title, run } of cases.filter(({ title: one }) => !one.includes('generated schedules'))) {
    it(title, async () => {
      expect(await run()).toEqual([]);
    });
  }
});

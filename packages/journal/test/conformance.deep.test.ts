/** The shared middleware cases over a journal with files as large as they are by default. */
import { middlewareCases } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { journal } from '../src/journal.js';

// Each case has the minutes of a deep test: most of its time goes to zeros, 64 MiB for each file.
for (const { title, run } of middlewareCases({
  name: 'journal',
  create: () => journal({ directory: '/outbox' }),
})) {
  it(title, async () => {
    expect(await run()).toEqual([]);
  });
}

/** The shared middleware cases over a journal with files of the default size. */
import { middlewareCases } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { journal } from '../src/journal.js';

// Each case has the minutes of a deep test: most of its time goes to zeros, 64 MiB per file.
for (const { title, run } of middlewareCases({
  name: 'journal',
  create: () => journal({ directory: '/outbox' }),
})) {
  it(title, async () => {
    expect(await run()).toEqual([]);
  });
}

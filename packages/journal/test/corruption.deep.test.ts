/** Flips every bit of a journal, and cuts it at every byte. */
import { describe, it } from 'vitest';
import { cut, everyBit, everyCut, flip, journalOf, journals } from './corruption.fixture.js';

describe.each(journals)('a journal, encrypted: $encrypted, closed: $closed', ({ encrypted, closed }) => {
  it('notices every flipped bit, and keeps every other frame', async () => {
    await flip(await journalOf(encrypted, closed), everyBit);
  });

  it('notices a cut at every byte, and keeps every frame before it', async () => {
    await cut(await journalOf(encrypted, closed), everyCut);
  });
});

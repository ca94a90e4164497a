/** A record of 64 MiB comes back from the journal as it was. */
import { it } from 'vitest';
import { largeComesBack, mebi } from './records.fixture.js';

it('a record of 64 MiB comes back as it was', async () => {
  await largeComesBack(64 * mebi);
});

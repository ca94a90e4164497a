import { it } from 'vitest';
import { expectConserved } from './conservation.fixture.js';

it('100,000 records, of which 5 % fail at first and 0.1 % permanently: none is missing, memory is flat', async () => {
  await expectConserved(100_000);
});

/** More ways in which the owner of a broker ends. */
import { describe, it } from 'vitest';
import { takesAllAlong } from './owner.fixture.js';

describe('an owner that dies', () => {
  it.each([
    ['of SIGTERM', 'say(); setInterval(() => 0, 1000);', 'SIGTERM'],
    ['of an exception', 'say(); throw new Error("on purpose, for a test");', undefined],
  ] as const)('%s takes its broker and the data along', takesAllAlong);
});

/** A process that dies, and a disk that fails, at every call to the disk. */
import { describe, it } from 'vitest';
import { dies, diesAgain, everyCall, failsOnce, failures, stops } from './faults.fixture.js';

describe('a process that dies at any call to the disk', () => {
  it.each(stops)('is killed %s it, and nothing is lost', async (stop) => {
    await dies(everyCall, stop, 'kill');
  });

  it.each(stops)('loses power %s it, and nothing is lost', async (stop) => {
    await dies(everyCall, stop, 'crash');
  });

  it('starts in strict mode after a power loss: a crash is not damage', async () => {
    await dies(everyCall, 'during', 'crash', 'strict');
  });

  it('may die again at any call of the recovery, and of the recovery from that', async () => {
    await diesAgain(everyCall);
  });
});

describe('a disk that fails at any call', () => {
  it.each(failures)('once: %j', async (effect) => {
    await failsOnce(everyCall, effect);
  });
});

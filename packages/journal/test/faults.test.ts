import { describe, it } from 'vitest';
import { dies, diesAgain, everyFifthCall, failsOnce, failures, stops } from './faults.fixture.js';

const places = <T>(all: readonly T[]): [T, number][] => all.map((one, place) => [one, place]);

describe('a process that dies at a call to the disk', () => {
  it.each(places(stops))('is killed %s it, and nothing is lost', async (stop, place) => {
    await dies(everyFifthCall(place), stop, 'kill');
  });

  it.each(places(stops))('loses power %s it, and nothing is lost', async (stop, place) => {
    await dies(everyFifthCall(place + 2), stop, 'crash');
  });

  it('starts in strict mode after a power loss: a crash is not damage', async () => {
    await dies(everyFifthCall(1), 'during', 'crash', 'strict');
  });

  it('may die again at a call of the recovery, and of the recovery from that', async () => {
    await diesAgain(everyFifthCall(0));
  });
});

describe('a disk that fails at a call', () => {
  it.each(places(failures))('once: %j', async (effect, place) => {
    await failsOnce(everyFifthCall(place + 3), effect);
  });
});

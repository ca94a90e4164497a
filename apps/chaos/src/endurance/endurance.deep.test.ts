/** A minute of three times more than goes on, in 64 MB of heap. */
import { expect, it } from 'vitest';
import { chaos, results } from '../chaos.fixture.js';

const seconds = 60;

it(`${seconds} s at three times what goes on, in 64 MB: flat memory, bounded disk, nothing lost`, async () => {
  const { stdout, stderr, code } = await chaos(`endurance --seconds ${seconds} --json`);
  expect(code, stderr).toBe(0);
  const [result] = results(stdout);
  expect(result).toMatchObject({
    problems: [],
    lost: 0,
    outOfOrder: 0,
    foreign: 0,
    refused: 0,
    undeliverable: 0,
  });
  expect(result?.['accepted']).toBe(result?.['sent']);
});

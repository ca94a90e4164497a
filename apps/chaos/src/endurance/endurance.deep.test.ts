/** Sends three times as fast as Kafka takes it for a minute, in a heap of 64 MB. */
import { expect, it } from 'vitest';
import { chaos, results } from '../chaos.fixture.js';

const seconds = 60;

it(`${seconds} s at three times the delivery rate, in 64 MB: flat memory, bounded disk, no loss`, async () => {
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

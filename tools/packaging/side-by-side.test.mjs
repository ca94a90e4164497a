import { expect, it } from 'vitest';
import { sideBySide } from './side-by-side.mjs';

it('runs no more jobs at a time than allowed, and returns their results in order', async () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  let started = 0;
  const job = (/** @type {string} */ name) => async () => {
    started++;
    await new Promise((/** @type {(value: void) => void} */ resolve) => waiting.push(resolve));
    return name;
  };
  const done = sideBySide(['a', 'b', 'c'].map(job), 2);
  expect(started).toBe(2);
  waiting.pop()?.();
  await expect.poll(() => started).toBe(3);
  waiting.pop()?.();
  waiting.pop()?.();
  expect(await done).toEqual(['a', 'b', 'c']);
});

it('does nothing without a job', async () => {
  expect(await sideBySide([])).toEqual([]);
});

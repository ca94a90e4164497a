import { expect, it } from 'vitest';
import { result } from '../check.mjs';
import { repeatable, seedOf } from './seed.mjs';

const progress = /** @type {import('../../setup/progress.mjs').Progress} */ ({});
/** @param {() => Promise<import('../check.mjs').Result>} run */
const ran = (run) => repeatable({ name: 'kills', does: '', run }, 'kills', '77').run(progress);

it('takes the given seed, otherwise a new one each time', () => {
  expect(seedOf({ HOLDFAST_SEED: '77' })).toBe('77');
  const drawn = [seedOf({}), seedOf({ HOLDFAST_SEED: '' }), seedOf({})];
  for (const seed of drawn) expect(seed).toMatch(/^\d+$/);
  expect(new Set(drawn).size).toBeGreaterThan(1);
});

it.each(['abc', '-1', '1.5', '99999999999'])('refuses the seed %s', (given) => {
  expect(() => seedOf({ HOLDFAST_SEED: given })).toThrow(
    `HOLDFAST_SEED must be a whole number such as 12345, not '${given}'`,
  );
});

it('prints with a failure how to repeat it', async () => {
  const failed = await ran(async () => result({ passed: 1, failed: 2, output: 'lost one\n' }));
  expect(failed).toMatchObject({ passed: 1, failed: 2 });
  expect(failed.output).toBe(
    'lost one\nthe seed was 77; again: HOLDFAST_SEED=77 npm run test:deep -- kills\n',
  );
  const brokeOff = await ran(() => Promise.reject(new Error('no disk')));
  expect(brokeOff).toMatchObject({ passed: 0, failed: 1 });
  expect(brokeOff.output).toMatch(/^kills broke off: Error: no disk[^]*\nthe seed was 77; again: /);
});

it('prints nothing about the seed on success', async () => {
  expect((await ran(async () => result({ passed: 1 }))).output).toBe('');
});

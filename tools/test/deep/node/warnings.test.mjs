import { expect, it } from 'vitest';
import { ourWarnings } from './warnings.mjs';

const message = 'TimeoutNegativeWarning: -5 is a negative number.\nTimeout duration was set to 1.';
const oneLine = 'TimeoutNegativeWarning: -5 is a negative number.';
const ours = '    at Clock.wait (file:///repo/packages/core/src/clock.ts:3:5)';
const theirs = '    at wait (/repo/node_modules/kafkajs/src/retry.js:3:5)';
const nodes = '    at new Timeout (node:internal/timers:180:17)';

it('finds a warning that our code caused', () => {
  const said = `a test\n(node:12) ${oneLine}\n${nodes}\n${ours}\n${theirs}\nanother\n`;
  expect(ourWarnings(said)).toEqual([`${oneLine} ${ours.trim()}`]);
});

it('finds it when it has two lines, and reports it once', () => {
  const one = `\u001b[33m(node:12) ${message}\n${nodes}\n${ours}\n`;
  expect(ourWarnings(one + one)).toEqual([`${oneLine} ${ours.trim()}`]);
});

it('ignores those of packages and of Node.js itself', () => {
  expect(ourWarnings(`(node:12) ${oneLine}\n${nodes}\n${theirs}\n${ours}\n`)).toEqual([]);
  expect(ourWarnings(`(node:12) ExperimentalWarning: x\n${nodes}\n`)).toEqual([]);
});

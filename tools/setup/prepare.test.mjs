import { expect, it } from 'vitest';
import { whyNotThisNode } from './prepare.mjs';

it.each([
  ['20.18.3', true],
  ['20.19.0', false],
  ['21.0.0', false],
  ['18.20.8', true],
])('Node.js %s is too old: %s', (version, tooOld) => {
  expect(whyNotThisNode(version) !== undefined).toBe(tooOld);
});

import { expect, it } from 'vitest';
import { needsBinding } from './needs.js';

it.each([
  [['kills'], true],
  [['kills', '--client', 'both'], true],
  [['kills', '--client', 'kafkajs'], false],
  [['kills', '--client', 'file'], false],
  [['endurance'], false],
  [['endurance', '--client', 'confluent'], true],
  [['outages'], true],
  [['syscalls'], false],
  [['outages', '--help'], false],
  [['--help'], false],
  [[], false],
])('with %j the binding is needed: %j', (argv, needed) => {
  expect(needsBinding(argv)).toBe(needed);
});

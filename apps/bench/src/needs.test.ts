import { expect, it } from 'vitest';
import { needsBinding } from './needs.js';

it.each([
  [[], true],
  [['kafkajs-vs-single/promises/1KiB/kafka'], false],
  [['kafkajs-vs-single/promises/1KiB/mock'], true],
  [['confluent-vs-batched'], true],
  [['dead-topic/kafkajs'], false],
  [['dead-topic'], true],
  [['journal-append', 'chain'], false],
  [['--list'], false],
  [['--redraw'], false],
  [['--help'], false],
  [['no-such-case'], false],
])('with %j the binding is needed: %j', (argv, needed) => {
  expect(needsBinding(argv)).toBe(needed);
});

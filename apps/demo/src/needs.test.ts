import { expect, it } from 'vitest';
import { needsBinding } from './needs.js';

const real = (): Promise<boolean> => Promise.resolve(true);
const none = (): Promise<boolean> => Promise.resolve(false);

it.each([
  [[], false],
  [['--act', 'pause'], false],
  [['--client', 'kafkajs', '--all'], false],
  [['--client', 'confluent'], true],
  [['--client', 'kafkajs,confluent'], true],
  [['--all'], true],
  [['--all', '--help'], false],
  [['--client', 'rdkafka'], false],
])('on a real Kafka, with %j the binding is needed: %j', async (argv, needed) => {
  expect(await needsBinding(argv, real)).toBe(needed);
});

it('is needed for the mock cluster, and there only for the one act that it can play', async () => {
  expect(await needsBinding(['--act', 'pause'], none)).toBe(true);
  expect(await needsBinding(['--act', 'leader'], none)).toBe(false);
});

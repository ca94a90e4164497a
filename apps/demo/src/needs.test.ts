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

it('needs it for the mock cluster, and that for the one act that can be played there', async () => {
  expect(await needsBinding(['--act', 'pause'], none)).toBe(true);
  expect(await needsBinding(['--act', 'leader'], none)).toBe(false);
});

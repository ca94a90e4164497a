import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { needsBinding } from './needs.mjs';
import { steps, stepIds } from './steps.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-needs-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const hasKafka = async () => true;

it("calls the script's own function, with its arguments", async () => {
  fs.writeFileSync(
    path.join(folder, 'needs.js'),
    `export const needsBinding = async (args, hasKafka) => args.includes('confluent') && (await hasKafka());`,
  );
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  const script = path.join(folder, 'main.js');
  expect(await needsBinding(script, ['--client', 'confluent'], hasKafka)).toBe(true);
  expect(await needsBinding(script, ['--client', 'kafkajs'], hasKafka)).toBe(false);
});

it('returns false for a script without one', async () => {
  expect(await needsBinding(path.join(folder, 'main.js'), [], hasKafka)).toBe(false);
});

it('lists each step after those that it depends on', () => {
  for (const id of stepIds) {
    const before = stepIds.slice(0, stepIds.indexOf(id));
    expect(before, id).toEqual(expect.arrayContaining([...steps[id].after]));
  }
});

it('builds without the binding, and fetches Kafka and Prometheus without any other step', () => {
  expect(steps.build.after).toEqual(['modules']);
  expect(steps.kafka.after).toEqual([]);
  expect(steps.prometheus.after).toEqual([]);
});

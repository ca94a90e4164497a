/**
 * The command as users run it: on a real Kafka, over both clients, next to services that are
 * separate processes.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { readTopic } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const bin = join(root, 'packages/holdfast/dist/cli/bin.js');
const urlOf = (name: string): string => pathToFileURL(join(root, `packages/${name}/dist/index.js`)).href;

type Client = 'kafkajs' | 'confluent';

/** The beginning of a module that uses a client: `adapter` and `config`. */
const heads: { readonly [C in Client]: (brokers: readonly string[]) => string } = {
  kafkajs: (brokers) => `
import { kafkajsAdapter as adapter, readTopic as read } from '${urlOf('adapter-kafkajs')}';
const config = { brokers: ${JSON.stringify(brokers)} };`,
  confluent: (brokers) => `
import { confluentAdapter as adapter, readTopic as read } from '${urlOf('adapter-confluent')}';
const config = { 'bootstrap.servers': '${brokers.join(',')}' };`,
};

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ brokers: 1, require: 'real' });
});
afterAll(() => cluster.down());

describe.each(['kafkajs', 'confluent'] as const)('the command, over %s', (client) => {
  const [orders, later, missing] = [`orders-${client}`, `later-${client}`, `missing-${client}`];
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-command-'));

  beforeAll(() => {
    module('producer.mjs', [
      'export default () => createProducer({ adapter: adapter(config), use: recommended() });',
      'export const readTopic = (topic, options) => read(config, topic, options);',
    ]);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function module(name: string, lines: readonly string[]): string {
    const file = join(directory, name);
    const head = `import { createProducer, inspectJournal, recommended } from '${urlOf('holdfast')}';${heads[client](cluster.brokers)}`;
    writeFileSync(file, [head, ...lines, ''].join('\n'));
    return file;
  }

  /** Resolves with the lines of stdout, each as JSON. */
  async function holdfast(words: string, expected = 0): Promise<unknown[]> {
    const child = spawn(process.execPath, [bin, ...words.split(' '), '--json'], { cwd: directory });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => (output[name] += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code, output.stderr).toBe(expected);
    return output.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  }

  /** Resolves with the values in the topic, by key, in order. */
  async function stored(topic: string): Promise<{ readonly [key: string]: readonly number[] }> {
    const byKey: { [key: string]: number[] } = {};
    for (const { key, value } of await readTopic(cluster.brokers, topic))
      (byKey[String(key)] ??= []).push(Number(String(value)));
    return byKey;
  }

  const byKey = (count: number): { readonly [key: string]: readonly number[] } => {
    const all = Array.from({ length: count }, (_, i) => i);
    return Object.fromEntries([0, 1, 2].map((key) => [`k${key}`, all.filter((i) => i % 3 === key)]));
  };

  it('sends what a killed service left in its journal for a topic that did not exist', async () => {
    await cluster.createTopic(orders, { partitions: 3 });
    const service = module('service.mjs', [
      `const journal = { directory: 'outbox', acknowledge: 'journaled', maxInFlightRecords: 400 };`,
      'const producer = await createProducer({ adapter: adapter(config), use: recommended({ journal }) });',
      'const to = (topic, count) => Array.from({ length: count }, (_, i) => ({ topic, key: `k${i % 3}`, value: String(i) }));',
      `await producer.sendBatch([...to('${later}', 3_000), ...to('${orders}', 300)]);`,
      'for (;;) {',
      // A moment passes before delivered records are acknowledged on disk.
      `  const { totals } = await inspectJournal('outbox');`,
      '  const { pausedTopics } = producer.stats().stages.journal;',
      `  if (totals.live === 3_000 && pausedTopics === 1) console.log('ready');`,
      '  await new Promise((resolve) => setTimeout(resolve, 50));',
      '}',
    ]);
    const child = spawn(process.execPath, [service], { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(createInterface(child.stdout), 'line');
    expect(await stored(orders)).toEqual(byKey(300));
    child.kill('SIGKILL');
    await once(child, 'exit');

    expect(await holdfast('journal inspect outbox')).toMatchObject([{ totals: { live: 3_000 } }]);
    await holdfast('journal verify outbox');
    await cluster.createTopic(later, { partitions: 3 });
    const replay = 'journal replay outbox --producer producer.mjs';
    expect(await holdfast('journal replay outbox --dry-run')).toMatchObject([{ live: 3_000, delivered: 0 }]);
    expect(await holdfast(replay)).toMatchObject([{ live: 3_000, delivered: 3_000, failed: 0 }]);
    expect(await stored(later)).toEqual(byKey(3_000));
    expect(await holdfast(replay)).toMatchObject([{ live: 0, delivered: 0 }]);
  });

  it('lists and replays the dead letters of a topic, once', async () => {
    await cluster.createTopic(`${missing}.dlq`, { partitions: 2 });
    const service = module('letters.mjs', [
      `const deadLetterQueue = { topic: { suffix: '.dlq' } };`,
      'const producer = await createProducer({ adapter: adapter(config), deliveryTimeoutMs: 2_000, use: recommended({ deadLetterQueue }) });',
      `const records = Array.from({ length: 30 }, (_, i) => ({ topic: '${missing}', key: \`k\${i % 3}\`, value: String(i) }));`,
      'const settled = await producer.sendBatch(records);',
      'console.log(JSON.stringify(settled.map(({ status }) => status)));',
      'await producer.close();',
    ]);
    const { stdout } = await promisify(execFile)(process.execPath, [service], { cwd: directory });
    expect(new Set(JSON.parse(stdout) as string[])).toEqual(new Set(['dead-lettered']));

    const source = `dead-letters list --topic ${missing}.dlq --producer producer.mjs`;
    expect(await holdfast(source)).toHaveLength(30);
    await cluster.createTopic(missing, { partitions: 3 });
    const replay = `dead-letters replay --topic ${missing}.dlq --progress replayed.ids --producer producer.mjs`;
    expect(await holdfast(replay)).toMatchObject([{ due: 30, replayed: 30, failed: 0 }]);
    expect(await stored(missing)).toEqual(byKey(30));
    expect(await holdfast(replay)).toMatchObject([{ replayed: 0, alreadyReplayed: 30 }]);
    expect(await stored(missing)).toEqual(byKey(30));
  });
});

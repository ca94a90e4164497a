import { appendFile, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createProducer, silentLogger, type ConsumedRecord } from '@holdfast/core';
import { deadLetterQueue } from '@holdfast/dead-letter-queue';
import { memoryKafka } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cli, Target, valuesTo } from '../cli.fixture.js';

let cli: Cli;
beforeEach(async () => (cli = await Cli.make()));
afterEach(() => cli.remove());

const parsed = (text: string): unknown => JSON.parse(text);
const lines = (text: string): unknown[] => text.trimEnd().split('\n').map(parsed);

async function fileOf(directory: string): Promise<string> {
  const [name = ''] = await readdir(directory);
  return join(directory, name);
}

/** Yields the dead letters of a topic, as the adapter's `readTopic` does. */
async function topicOf(count: number) {
  const kafka = memoryKafka({ topics: { 'orders.dlq': 1 } });
  const producer = await createProducer({
    adapter: kafka.adapter(),
    use: [deadLetterQueue({ topic: 'orders.dlq' })],
    env: { logger: silentLogger },
  });
  const records = valuesTo(count).map((value) => ({ topic: 'orders', key: 'k', value }));
  await producer.sendBatch(records);
  await producer.close();
  return async function* readTopic(topic: string): AsyncGenerator<ConsumedRecord> {
    for (const one of kafka.messages(topic)) {
      const { key, value, headers, partition, offset, timestamp } = one;
      yield { topic, key, value, headers, partition, offset, timestamp };
    }
  };
}

describe('holdfast dead-letters list', () => {
  it('shows a line per letter, without a byte of a record', async () => {
    const directory = await cli.letters(3);
    const { code, out, err } = await cli.run('dead-letters', 'list', directory);
    expect({ code, err }).toEqual({ code: 0, err: 'holdfast: listed 3 dead letters\n' });
    expect(out.split('\n')).toHaveLength(4);
    expect(out).toMatch(
      /^\d{4}-.*Z {2}failed {2}UNKNOWN_TOPIC {2}orders {2}key 12 bytes, value 2 bytes {2}.*jsonl:1/,
    );
    expect(out).not.toMatch(/secret|v1/);
    const json = await cli.again().run('dead-letters', 'list', '--json', await fileOf(directory));
    expect(json.out).not.toMatch(/secret|v1/);
    expect(lines(json.out)[1]).toMatchObject({
      status: 'failed',
      error: { code: 'UNKNOWN_TOPIC' },
      record: { topic: 'orders', timestamp: 1, keyBytes: 12, valueBytes: 2 },
    });
  });

  it('shows keys and values with --values', async () => {
    const directory = await cli.letters(2);
    expect((await cli.run('dead-letters', 'list', directory, '--values')).out).toContain(
      'key "secret-key-1", value "v1"',
    );
    const json = await cli.again().run('dead-letters', 'list', directory, '--values', '--json');
    expect(lines(json.out)[1]).toMatchObject({
      record: { key: 'secret-key-1', value: 'v1', headers: { h: 'secret-header-1' } },
    });
  });

  it('can be filtered', async () => {
    const directory = await cli.letters(5);
    const count = async (...options: string[]): Promise<string> =>
      (await cli.again().run('dead-letters', 'list', directory, ...options)).err;
    expect(await count('--code', 'RECORD_TOO_LARGE')).toContain('listed 0 dead letters');
    expect(await count('--code', 'RECORD_TOO_LARGE', '--code', 'UNKNOWN_TOPIC')).toContain('listed 5');
    expect(await count('--status', 'unknown')).toContain('listed 0');
    const own = await cli.module({
      default: ({ record }: { record: { timestamp: number } }) => record.timestamp > 3,
    });
    expect((await cli.run('dead-letters', 'list', directory, '--filter', own)).err).toContain(
      'listed 1 dead letter\n',
    );
  });

  it('shows the letters left after a replay, and all with --all', async () => {
    const directory = await cli.letters(4);
    const refuses = (value: string): boolean => value === 'v2';
    const producer = await cli.module({ default: new Target(refuses) });
    expect((await cli.run('dead-letters', 'replay', directory, '--producer', producer)).code).toBe(1);
    const left = await cli.again().run('dead-letters', 'list', directory, '--values');
    expect(left.out).toContain('value "v2"');
    expect(left.out.split('\n')).toHaveLength(2);
    expect(left.err).toBe('holdfast: listed 1 dead letter; 3 replayed before (--all shows them)\n');
    expect((await cli.again().run('dead-letters', 'list', directory, '--all')).err).toContain('listed 4');
  });

  it('reports lines that are not dead letters, and exits with 1', async () => {
    const directory = await cli.letters(1);
    const file = await fileOf(directory);
    await appendFile(file, 'torn');
    const { code, err } = await cli.run('dead-letters', 'list', directory);
    expect(code).toBe(1);
    expect(err).toContain(`holdfast: ${file}:2: its end is missing`);
  });

  it('shows nothing that a terminal would obey', async () => {
    const directory = await cli.letters(1);
    const file = await fileOf(directory);
    const line = (await readFile(file, 'utf8')).replace('"topic":"orders"', '"topic":"\\u001b[31morders"');
    await appendFile(file, line);
    const { out } = await cli.run('dead-letters', 'list', directory);
    expect(out).toContain('\\u{1b}[31morders');
    expect(out).not.toContain('\u001b');
  });

  it('reads a topic with the export of a module, without a producer', async () => {
    const producer = await cli.module({ readTopic: await topicOf(4) });
    const { code, out } = await cli.run(
      'dead-letters',
      'list',
      '--topic',
      'orders.dlq',
      '--producer',
      producer,
    );
    expect(code).toBe(0);
    expect(out).toContain('orders.dlq[0]@3');
  });

  it('reports a missing path', async () => {
    const { code, err } = await cli.run('dead-letters', 'list', cli.path('nothing'));
    expect(code).toBe(2);
    expect(err).toMatch(/nothing' is not a file or directory of dead letters: there is nothing there/);
  });
});

describe('holdfast dead-letters replay', () => {
  it('sends each letter once, over several runs', async () => {
    const directory = await cli.letters(40);
    const target = new Target();
    const producer = await cli.module({ default: target });
    const { code, out } = await cli.run('dead-letters', 'replay', directory, '--producer', producer);
    expect(code).toBe(0);
    expect(out).toBe('40 dead letters delivered, 0 failed; 0 left out, 0 replayed before, 0 unreadable\n');
    expect(target.values).toEqual(valuesTo(40));
    expect(target.ends).toEqual(['flush', 'close']);
    const json = async (...options: string[]): Promise<unknown> => {
      const again = cli.again();
      const other = await again.module({ default: new Target() });
      const ran = await again.run(
        'dead-letters',
        'replay',
        directory,
        '--producer',
        other,
        '--json',
        ...options,
      );
      return parsed(ran.out);
    };
    expect(await json()).toMatchObject({ read: 40, replayed: 0, alreadyReplayed: 40, failures: [] });
    expect(await json('--again')).toMatchObject({ replayed: 40 });
    expect(await json('--no-progress')).toMatchObject({ replayed: 40 });
    expect(await json('--progress', cli.path('other.ids'))).toMatchObject({ replayed: 40 });
    expect(await json('--progress', cli.path('other.ids'))).toMatchObject({ replayed: 0 });
  });

  it('exits with 1 when a letter fails, and reports which', async () => {
    const directory = await cli.letters(3);
    const producer = await cli.module({ default: () => new Target((value) => value === 'v1') });
    const { code, out } = await cli.run('dead-letters', 'replay', directory, '--producer', producer);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^2 dead letters delivered, 1 failed; .*\n {2}.*jsonl:2 {2}orders {2}UNKNOWN_TOPIC: no such topic\n$/,
    );
  });

  it('only counts with --dry-run, without a producer', async () => {
    const directory = await cli.letters(3);
    const producer = await cli.module({ readTopic: await topicOf(2), default: () => expect.unreachable() });
    const files = await cli.run('dead-letters', 'replay', directory, '--dry-run', '--producer', producer);
    expect(files).toMatchObject({ code: 0, err: '' });
    expect(files.out).toContain('3 dead letters would be sent');
    const again = cli.again();
    const module = await again.module({ readTopic: await topicOf(2), default: () => expect.unreachable() });
    const topic = ['--topic', 'orders.dlq', '--producer', module, '--no-progress', '--dry-run'];
    expect((await again.run('dead-letters', 'replay', ...topic)).out).toContain(
      '2 dead letters would be sent',
    );
  });

  it('sends the letters of a topic', async () => {
    const target = new Target();
    const producer = await cli.module({ default: () => target, readTopic: await topicOf(4) });
    const argv = ['--topic', 'orders.dlq', '--producer', producer, '--progress', cli.path('orders.dlq.ids')];
    expect((await cli.run('dead-letters', 'replay', ...argv)).code).toBe(0);
    expect(target.values).toEqual(valuesTo(4));
  });

  it('notes what was delivered when it is interrupted, and the next run sends the rest', async () => {
    const directory = await cli.letters(40);
    const filter = await cli.module(
      {
        default: ({ record }: { record: { timestamp: number } }) => {
          if (record.timestamp === 20) cli.interrupt();
          return true;
        },
      },
      'filter.mjs',
    );
    const target = new Target();
    const argv = ['dead-letters', 'replay', directory, '--producer', await cli.module({ default: target })];
    const { code, out, err } = await cli.run(...argv, '--filter', filter);
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toMatch(
      /^holdfast: 20 delivered, 0 failed, of \d+ dead letters read; run it again for the rest\n$/,
    );
    expect(target.ends).toEqual(['close']);
    const again = cli.again();
    const rest = new Target();
    await again.module({ default: rest });
    expect((await again.run(...argv)).code).toBe(0);
    expect(rest.values).toEqual(valuesTo(40).slice(20));
  });
});

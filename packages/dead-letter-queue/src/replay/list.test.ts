import { createProducer, type ConsumedRecord, type Headers } from '@holdfast/core';
import { fakeClock, memoryKafka, simulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { deadLetterQueue } from '../dead-letter-queue.js';
import { directory, Harness, values } from '../harness.fixture.js';
import { fileDeadLetters } from './file-dead-letters.js';
import { listDeadLetters } from './list.js';
import { all, asIterable, replay, Target, upTo, written } from './replay.fixture.js';
import type { UnreadableLetter } from './source.js';
import { topicDeadLetters } from './topic-dead-letters.js';

describe('listDeadLetters', () => {
  it('yields what the file sink stored, in order and unchanged', async () => {
    const disk = await written(30);
    const letters = await all(listDeadLetters(fileDeadLetters(directory, { disk })));
    expect(values(letters)).toEqual(upTo(30).map(String));
    expect(letters[7]?.place).toMatch(/^\/dead-letters\/.*\.jsonl:\d+$/);
    expect(letters[7]?.record).toMatchObject({
      topic: 'orders',
      headers: { n: '7' },
      partition: 2,
      timestamp: 7,
    });
    const [path = ''] = disk.files(directory);
    expect((await all(listDeadLetters(fileDeadLetters(path, { disk })))).length).toBeLessThan(30);
  });

  it('skips torn lines and lines that are not dead letters, and reports where they are', async () => {
    const disk = await written(3);
    const [path = ''] = disk.files(directory);
    const lines = Buffer.from(disk.readFile(path)).toString().split('\n');
    disk.writeFile(path, Buffer.from([lines[0], '{"v":1}', lines[1], lines[2]?.slice(0, -4)].join('\n')));
    const unreadable: UnreadableLetter[] = [];
    const source = fileDeadLetters(directory, { disk });
    const letters = await all(listDeadLetters(source, { onUnreadable: (one) => unreadable.push(one) }));
    expect(values(letters)).toEqual(['0', '1']);
    expect(unreadable).toEqual([
      { place: `${path}:2`, problem: "its 'id' is not a string" },
      { place: `${path}:4`, problem: 'its end is missing: a crash tore it, or it is being written' },
    ]);
  });

  it('skips what a replay has delivered, unless all is set', async () => {
    const disk = await written(20);
    const source = fileDeadLetters(directory, { disk });
    const target = new Target();
    target.refuses = (value) => value === '15';
    await replay(disk, target);
    const replayed: string[] = [];
    const onReplayed = ({ id }: { id: string }): void => void replayed.push(id);
    const left = await all(listDeadLetters(source, { disk, onReplayed }));
    expect(values(left)).toEqual(['15', '16', '17', '18', '19']);
    expect(replayed).toHaveLength(15);
    expect(await all(listDeadLetters(source, { disk, all: true }))).toHaveLength(20);
    expect(await all(listDeadLetters(source, { disk, progress: false }))).toHaveLength(20);
    expect(await all(listDeadLetters(source, { disk, progress: '/other.ids' }))).toHaveLength(20);
    await expect(all(listDeadLetters(source, { progress: '' }))).rejects.toThrow("'progress'");
  });

  it('reads lines longer than a chunk', async () => {
    const disk = simulatedDisk();
    const h = await new Harness({ file: { directory } }, { disk }).start();
    for (const length of [300_000, 10, 700_000]) h.fail([{ value: 'x'.repeat(length) }]);
    await h.settled();
    const letters = await all(listDeadLetters(fileDeadLetters(directory, { disk })));
    expect(letters.map(({ record }) => record.value?.length)).toEqual([300_000, 10, 700_000]);
  });

  it('skips a directory with the name of a file', async () => {
    const disk = await written(3);
    await disk.makeDirectory(`${directory}/old.jsonl`);
    expect(await all(listDeadLetters(fileDeadLetters(directory, { disk })))).toHaveLength(3);
  });

  it('rejects when there is nothing at the path', async () => {
    const source = fileDeadLetters('/nowhere', { disk: simulatedDisk() });
    await expect(all(listDeadLetters(source))).rejects.toThrow("there is no file or directory '/nowhere'");
  });

  it('rejects a file with a foreign name, as its progress would be noted nowhere', async () => {
    const disk = await written(1);
    disk.writeFile('/dead-letters/x.json', Buffer.from('{}\n'));
    const source = fileDeadLetters('/dead-letters/x.json', { disk });
    await expect(all(listDeadLetters(source))).rejects.toThrow(
      "'/dead-letters/x.json' is not a file of dead letters",
    );
  });

  it('yields what the topic sink of a whole producer sent', async () => {
    const kafka = memoryKafka({ topics: { 'orders.dlq': 2 } });
    const clock = fakeClock();
    const producer = await createProducer({
      adapter: kafka.adapter(),
      use: [deadLetterQueue({ topic: 'orders.dlq' })],
      env: { clock },
    });
    const headers = { topic: 'mine', n: ['1', '2'] };
    const record = { topic: 'orders', key: 'k', value: 'v', headers, partition: 7, timestamp: 5 };
    const [outcome] = await clock.until(producer.sendBatch([record]));
    expect(outcome).toMatchObject({ status: 'dead-lettered', to: 'topic:orders.dlq' });
    await clock.until(producer.close());
    const messages = kafka
      .messages('orders.dlq')
      .map((one): ConsumedRecord => ({ ...one, headers: asBytes(one.headers) }));
    const letters = await all(listDeadLetters(topicDeadLetters(asIterable(messages))));
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      place: expect.stringMatching(/^orders\.dlq\[\d\]@0$/) as string,
      error: { code: 'UNKNOWN_TOPIC', kafka: { code: 3 } },
      record: { topic: 'orders', partition: 7, timestamp: 5, headers: asBytes(headers) },
    });
  });
});

const asBytes = (headers: Readonly<Headers>): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' || value instanceof Uint8Array
        ? Buffer.from(value)
        : value.map((one) => Buffer.from(one)),
    ]),
  );

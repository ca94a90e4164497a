import { createProducer, type ConsumedRecord } from '@holdfast/core';
import { nodeDisk, type SerializedRecord } from '@holdfast/core/stage';
import { fakeClock, memoryKafka, simulatedDisk } from '@holdfast/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directory, Harness, text } from '../harness.fixture.js';
import { fileDeadLetters } from './file-dead-letters.js';
import { listDeadLetters } from './list.js';
import {
  all,
  asIterable,
  generated,
  replay,
  Target,
  upTo,
  written,
  writtenKeyless,
} from './replay.fixture.js';
import type { DeadLetterReplayOptions } from './options.js';
import { replayDeadLetters } from './replay.js';
import type { DeadLetterSource, StoredDeadLetter } from './source.js';
import { topicDeadLetters } from './topic-dead-letters.js';

/** For tests of many replays, which a busy machine may run slowly. */
const slow = { timeout: 120_000 };

describe('replayDeadLetters', () => {
  it('sends everything unchanged, in order, once', async () => {
    const disk = await written(250);
    const target = new Target();
    expect(await replay(disk, target)).toEqual({
      read: 250,
      due: 250,
      replayed: 250,
      failed: 0,
      heldBack: 0,
      skipped: 0,
      alreadyReplayed: 0,
      unreadable: 0,
      failures: [],
      stoppedAt: undefined,
    });
    expect(target.values).toEqual(upTo(250));
    expect(target.sent[4]).toMatchObject({
      topic: 'orders',
      headers: { n: '4' },
      partition: 2,
      timestamp: 4,
    });
    expect(await replay(disk, target)).toMatchObject({
      read: 250,
      due: 0,
      replayed: 0,
      alreadyReplayed: 250,
    });
    expect(target.sent).toHaveLength(250);
    expect(await replay(disk, target, { again: true })).toMatchObject({ replayed: 250, alreadyReplayed: 0 });
  });

  it("leaves the bytes unchanged: a producer's serializers are not applied", async () => {
    const disk = await written(3);
    const clock = fakeClock();
    const kafka = memoryKafka({ topics: { orders: 3 } });
    const producer = await createProducer({
      adapter: kafka.adapter(),
      serializers: { key: (id: number) => `${id}!`, value: (order: object) => JSON.stringify(order) },
      env: { clock },
    });
    const source = fileDeadLetters(directory, { disk });
    const report = await clock.until(replayDeadLetters(source, producer, { disk, clock }));
    expect(report).toMatchObject({ replayed: 3, failed: 0 });
    await clock.until(producer.close());
    const sent = kafka.messages('orders').map(({ key, value }) => [key, value].map(String));
    expect(sent).toEqual([
      ['k0', '0'],
      ['k1', '1'],
      ['k2', '2'],
    ]);
  });

  it('reports letters that fail again, holds back those behind them, and sends only these the next time', async () => {
    const disk = await written(20);
    const target = new Target();
    target.refuses = (value) => value.endsWith('7');
    const report = await replay(disk, target);
    expect(report).toMatchObject({ due: 20, replayed: 7, failed: 1, heldBack: 12 });
    expect(report.failures.map(({ letter, error }) => [text(letter.record.value), String(error)])).toEqual([
      ['7', 'Error: refused 7'],
    ]);
    target.refuses = () => false;
    expect(await replay(disk, target)).toMatchObject({ due: 13, replayed: 13, alreadyReplayed: 7 });
    expect(target.values).toEqual(upTo(20));
  });

  it('stops when nothing is delivered for too long, reports where, and continues from there', async () => {
    const left = await writtenKeyless(50);
    const clock = fakeClock();
    const dead = {
      send: () => new Promise((_, reject) => void clock.after(100, () => reject(new Error('down')))),
    };
    const source = fileDeadLetters(directory, { disk: left });
    const options = { disk: left, clock, maxInFlight: 2, stopAfterMs: 1_000 };
    const report = await clock.until(replayDeadLetters(source, dead, options));
    expect(report).toMatchObject({ replayed: 0, failed: 20, heldBack: 0 });
    expect(report.stoppedAt).toMatch(/:21$/);
    expect(await replay(left, new Target())).toMatchObject({ due: 50, replayed: 50, stoppedAt: undefined });
  });

  it('skips what the filter rejects, and does not note it as delivered', async () => {
    const disk = await written(10);
    const target = new Target();
    const filter = ({ record }: StoredDeadLetter): boolean => Number(text(record.value)) % 2 === 0;
    expect(await replay(disk, target, { filter })).toMatchObject({ replayed: 5, skipped: 5 });
    expect(await replay(disk, target)).toMatchObject({ replayed: 5, alreadyReplayed: 5 });
  });

  it('only counts in a dry run', async () => {
    const disk = await written(10);
    const before = disk.calls.mutations;
    const target = new Target();
    expect(await replay(disk, target, { dryRun: true })).toMatchObject({ read: 10, due: 10, replayed: 0 });
    expect([target.sent.length, disk.calls.mutations - before]).toEqual([0, 0]);
  });

  it('respects the rate, and ends when the signal is aborted', async () => {
    const disk = await written(20);
    const clock = fakeClock();
    const target = new Target();
    const stop = new AbortController();
    const replaying = replay(disk, target, { rate: 2, clock, signal: stop.signal });
    replaying.catch(() => undefined);
    await clock.advance(2_600);
    expect(target.values).toEqual([0, 1, 2, 3, 4, 5]);
    stop.abort(new Error('enough'));
    await expect(replaying).rejects.toThrow('enough');
    expect([target.sent.length, clock.pending]).toEqual([6, 0]);
    expect(await replay(disk, target)).toMatchObject({ replayed: 14, alreadyReplayed: 6 });
  });

  it('respects the rate after the target has made it wait', async () => {
    const disk = await written(40);
    const clock = fakeClock();
    const at: number[] = [];
    const send = async (): Promise<void> => {
      at.push(clock.now());
      if (at.length === 1) await new Promise<void>((resolve) => void clock.after(10_000, resolve));
    };
    const source = fileDeadLetters(directory, { disk });
    await clock.until(replayDeadLetters(source, { send }, { disk, clock, rate: 10, maxInFlight: 1 }));
    const gaps = at.slice(2).map((ms, index) => ms - (at[index + 1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(80);
    expect(gaps.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(37 * 99);
  });

  it('ends on abort while it waits for the target, and not when the rate permits the next letter', async () => {
    const disk = await written(3);
    const clock = fakeClock();
    const stop = new AbortController();
    const send = async (): Promise<void> => {
      await new Promise<void>((resolve) => void clock.after(1_000, resolve));
      stop.abort(new Error('enough'));
    };
    const source = fileDeadLetters(directory, { disk });
    const options = { disk, clock, rate: 0.001, maxInFlight: 1, signal: stop.signal };
    await expect(clock.until(replayDeadLetters(source, { send }, options))).rejects.toThrow('enough');
    expect(clock.now()).toBeLessThan(2_000);
  });

  it('has no more than maxInFlight in flight', async () => {
    const disk = await writtenKeyless(30);
    let inFlight = 0;
    let most = 0;
    const send = async (): Promise<void> => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
    };
    await replayDeadLetters(fileDeadLetters(directory, { disk }), { send }, { disk, maxInFlight: 4 });
    expect(most).toBe(4);
  });

  it('makes its progress file private; where it cannot, it rejects with the remedy', async () => {
    const disk = await written(2);
    await replay(disk, new Target());
    const progress = `${directory}/replayed.ids`;
    disk.chmod(progress, 0o660);
    await replay(disk, new Target());
    expect(await disk.info(progress)).toMatchObject({ mode: 0o600 });
    disk.chmod(progress, 0o660);
    disk.faults.every({ operation: 'makePrivate' }, { error: 'EPERM' });
    await expect(replay(disk, new Target())).rejects.toMatchObject({
      code: 'DEAD_LETTERS_INSECURE',
      message: expect.stringContaining(`chmod -R go-rwx '${progress}'`) as string,
    });
  });

  it('reads a topic, with a progress file or without', async () => {
    const record = { topic: 'dlq', partition: 0, key: null, value: null, timestamp: 9 };
    const headers = {
      'dead-letter-id': 'a',
      'original-topic': 't',
      timestamp: '1',
      'original-timestamp': '2',
    };
    const source = topicDeadLetters(
      asIterable([
        { ...record, offset: 0, headers },
        { ...record, offset: 1, headers: {} },
        { ...record, offset: 2, headers }, // the same letter again
      ]),
    );
    const disk = simulatedDisk();
    const target = new Target();
    await expect(replayDeadLetters(source, target, { disk })).rejects.toThrow("'progress' is missing");
    const progress = '/state/dlq.ids';
    await disk.makeDirectory('/state');
    const report = await replayDeadLetters(source, target, { disk, progress });
    expect(report).toMatchObject({ read: 2, replayed: 1, alreadyReplayed: 1, unreadable: 1 });
    expect(await replayDeadLetters(source, target, { disk, progress })).toMatchObject({ replayed: 0 });
    expect(await replayDeadLetters(source, target, { progress: false })).toMatchObject({ replayed: 1 });
    expect(target.sent[0]).toMatchObject({ topic: 't', key: null, value: null, headers: {}, timestamp: 2 });
    expect(target.sent[0]?.partition).toBeUndefined();
  });

  it('throws for records of a topic that have been read before', async () => {
    const source = topicDeadLetters(generated<ConsumedRecord>([]));
    expect(await all(listDeadLetters(source))).toEqual([]);
    await expect(all(listDeadLetters(source))).rejects.toThrow('readTopic');
    const replaying = replayDeadLetters(source, new Target(), { progress: false });
    await expect(replaying).rejects.toMatchObject({ code: 'DEAD_LETTERS_FAILED' });
  });

  it.each(['lock', 'open'] as const)(
    'says what is wrong where nothing can be noted (%s)',
    async (operation) => {
      const disk = await written(2);
      await replay(disk, new Target());
      disk.faults.every(
        { operation, path: operation === 'open' ? `${directory}/replayed.ids` : directory },
        { error: 'EACCES' },
      );
      await expect(replay(disk, new Target())).rejects.toMatchObject({
        code: 'DEAD_LETTERS_FAILED',
        message: expect.stringContaining("(EACCES); give 'progress' a path") as string,
      });
    },
  );

  it('refuses a second replay at the same time, on a real disk', async () => {
    const real = await mkdtemp(join(tmpdir(), 'dead-letters-'));
    try {
      const source = fileDeadLetters(real);
      const lock = await nodeDisk.lock(real);
      await expect(replayDeadLetters(source, new Target())).rejects.toMatchObject({
        code: 'DEAD_LETTERS_LOCKED',
      });
      if ('release' in lock) await lock.release();
      expect(await replayDeadLetters(source, new Target())).toMatchObject({ read: 0 });
    } finally {
      await rm(real, { recursive: true });
    }
  });

  it('ends when a user function throws, once the letters in flight are settled', async () => {
    const disk = await written(5);
    const throws = (): never => {
      throw new Error('mine');
    };
    await expect(replay(disk, new Target(), { onProgress: throws })).rejects.toThrow('mine');
    await expect(replay(disk, new Target(), { filter: throws, again: true })).rejects.toThrow('mine');
    await expect(replay(disk, new Target(), { unheardOf: 1 } as object)).rejects.toThrow('unheardOf');
  });

  it('reports all wrong arguments at once, before it reads', async () => {
    const wrong = ['./dead-letters', null, { rate: 0, signal: {} }];
    const problems = [
      "'rate' must be a number from 5e-324 to Infinity records per second, not 0",
      "'signal' must be an AbortSignal",
      'the first argument must be fileDeadLetters(…) or topicDeadLetters(…)',
      'the target must have a function send(record)',
    ];
    const refused = (args: unknown[]): Promise<unknown> =>
      Promise.resolve(Reflect.apply(replayDeadLetters, undefined, args));
    await expect(refused(wrong)).rejects.toMatchObject({ code: 'INVALID_OPTIONS', problems });
    const source = fileDeadLetters('/nowhere', { disk: simulatedDisk() });
    await expect(refused([source, new Target(), null])).rejects.toThrow('options must be an object');
    for (const none of [null, undefined, './dead-letters'])
      await expect(all(listDeadLetters(none as unknown as DeadLetterSource))).rejects.toThrow(
        'fileDeadLetters(',
      );
  });

  it('refuses a missing directory', async () => {
    const missing = replayDeadLetters(fileDeadLetters('/mistyped'), new Target(), { disk: simulatedDisk() });
    await expect(missing).rejects.toThrow("there is no directory '/mistyped'");
  });

  it('refuses a filter that returns a promise, which would let every letter through', async () => {
    const disk = await written(3);
    const target = new Target();
    const filter: unknown = () => Promise.reject(new Error('mine'));
    const options = { filter } as DeadLetterReplayOptions;
    await expect(replay(disk, target, options)).rejects.toThrow('must not return a promise');
    expect(target.sent).toEqual([]);
  });

  it('ends even if every letter fails again, into the same directory', async () => {
    const disk = await writtenKeyless(40);
    const h = await new Harness({ file: { directory } }, { disk, run: 2 }).start();
    h.fail([{ value: '40' }]); // its file is there, and read last
    await h.settled();
    const send = async ({ value }: SerializedRecord): Promise<void> => {
      h.fail([{ value }]);
      await h.settled();
      throw new Error('again');
    };
    const report = await replayDeadLetters(
      fileDeadLetters(directory, { disk }),
      { send },
      { disk, maxInFlight: 1 },
    );
    expect(report).toMatchObject({ read: 41, failed: 41, replayed: 0 });
    expect(await replay(disk, new Target())).toMatchObject({ read: 82, replayed: 82 });
  });

  it(
    'goes on where it was, whichever call of the disk it was killed or lost its power at',
    slow,
    async () => {
      const letters = 230;
      const whole = await written(letters);
      const rehearsal = whole.fork();
      await replay(rehearsal, new Target());
      expect(rehearsal.calls.mutations).toBeGreaterThan(5);
      for (let call = 1; call <= rehearsal.calls.mutations; call++) {
        for (const stop of ['before', 'during', 'after'] as const) {
          const disk = whole.fork();
          disk.faults.at({ call }, { stop });
          const target = new Target();
          const first = await replay(disk, target).catch(() => undefined);
          for (const next of [disk.kill({ seed: call }), disk.crash({ seed: call })]) {
            const again = new Target();
            const report = await replay(next, again);
            expect(report).toMatchObject({ failed: 0, unreadable: 0, read: letters });
            expect(new Set([...target.values, ...again.values])).toEqual(new Set(upTo(letters)));
            const twice = again.values.filter((value) => target.values.includes(value));
            if (first !== undefined) expect(twice).toEqual([]);
            expect(await replay(next, again)).toMatchObject({ due: 0 });
          }
        }
      }
    },
  );

  it.each([
    ['text', 'my notes\nand no end'],
    ['JSON', '{"a":1}'],
    ['bytes', Buffer.from([0xff, 0xfe, 10])],
  ])('refuses a file of something else (%s) as its progress, and leaves it as it is', async (_, given) => {
    const disk = await written(3);
    const content = Buffer.from(given);
    disk.writeFile('/mine', content);
    const target = new Target();
    const report = replay(disk, target, { progress: '/mine' });
    await expect(report).rejects.toThrow("'/mine' is not the progress file of a replay");
    expect([Buffer.from(disk.readFile('/mine')), target.sent]).toEqual([content, []]);
    await expect(replay(disk, target, { progress: directory })).rejects.toThrow('it is not a file');
  });

  it('does not accept a letter whose id would be noted as that of another', async () => {
    const disk = await written(2);
    const [path = ''] = disk.files(directory);
    const lines = Buffer.from(disk.readFile(path)).toString();
    const id = /"id":"([^"]+)"/.exec(lines)?.[1] ?? '';
    disk.writeFile(path, Buffer.from(`${lines.replace(id, `x\\n${id}`)}${lines}`));
    const target = new Target();
    expect(await replay(disk, target)).toMatchObject({ replayed: 2, alreadyReplayed: 1, unreadable: 1 });
    expect(target.values).toEqual([1, 0]);
  });

  it('stops with an error when it cannot note what it has sent', async () => {
    const disk = await written(230);
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    await expect(replay(disk, new Target(), { maxInFlight: 1 })).rejects.toMatchObject({
      code: 'DEAD_LETTERS_FAILED',
      message: expect.stringContaining('cannot be noted') as string,
    });
    disk.faults.clear();
    expect(await replay(disk, new Target(), { again: true })).toMatchObject({ replayed: 230 });
  });
});

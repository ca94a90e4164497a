import { ProducerError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { delivered, directory, ends, fails, Harness, mayBeWritten, values } from './harness.fixture.js';
import type { CallbackLetter } from './letter/dead-letter.js';

const file = { directory };
const taken = delivered;

describe('deadLetterQueue', () => {
  it('asks the sinks in their order until one takes the record', async () => {
    const called: string[] = [];
    const h = await new Harness({
      topic: 'dlq',
      file,
      callback: ({ id }) => void called.push(id),
      order: ['callback', 'file', 'topic'],
    }).start();
    h.fail([{}]);
    await h.settled();
    expect(ends(h.up)).toEqual(['callback']);
    expect([called.length, h.letters.length, h.stored().length]).toEqual([1, 0, 0]);
    expect(h.said.deadLetter).toEqual([
      { records: 1, topic: 'orders', to: 'callback', code: 'AUTHORIZATION_FAILED' },
    ]);
  });

  it('goes from the topic to the file, and says so once', async () => {
    const h = await new Harness({ topic: 'dlq', file }).start();
    for (let i = 0; i < 3; i++) {
      h.fail([{ value: 'hunter2', key: 'secret' }]);
      h.answerLetters(fails('UNKNOWN_TOPIC'));
      await h.settled();
    }
    expect(ends(h.up).every((one) => one.endsWith('-000001.jsonl'))).toBe(true);
    expect(values(h.stored())).toEqual(['hunter2', 'hunter2', 'hunter2']);
    expect(h.said['deadLetter.refused']).toHaveLength(3);
    expect(h.said['deadLetter.refused'][0]).toEqual({ records: 1, sink: 'topic', refusal: 'UNKNOWN_TOPIC' });
    expect(h.env.logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn the topic sink does not take dead letters; they go to the next',
      "warn records of topic 'orders' go to the dead letters: AUTHORIZATION_FAILED",
    ]);
    h.fail([{ value: 'hunter2', key: 'secret' }]);
    h.answerLetters(delivered);
    await h.settled();
    expect(h.env.logger.text()).toContain('warn the topic sink takes dead letters again');
    h.fail([{}, {}], mayBeWritten());
    h.answerLetters(delivered);
    await h.settled();
    expect(h.stage.stats?.()).toMatchObject({
      file: { takenRecords: 3, takenByCode: { AUTHORIZATION_FAILED: 3 } },
      topic: { takenRecords: 3, takenByCode: { AUTHORIZATION_FAILED: 1, REQUEST_TIMED_OUT: 2 } },
    });
    expect(h.env.logger.text()).not.toMatch(/hunter2|secret/);
  });

  it('says once a minute that records of a topic end here, and why they did', async () => {
    const letters: CallbackLetter[] = [];
    const h = await new Harness({ callback: (letter) => void letters.push(letter) }).start();
    const cause = new ProducerError('UNKNOWN_TOPIC', 'make it', { retriable: true });
    const lines = (): number => h.env.logger.text().split('go to the dead letters').length - 1;
    for (let i = 0; i < 3; i++) h.fail([{}], fails('DELIVERY_TIMEOUT', { cause }));
    h.fail([{ topic: 'events' }]);
    await h.settled();
    expect(lines()).toBe(2);
    expect(letters[0]?.error).toMatchObject({ code: 'DELIVERY_TIMEOUT', cause: 'UNKNOWN_TOPIC' });
    expect(letters[3]?.error).not.toHaveProperty('cause');
    await h.env.clock.advance(60_000);
    h.fail([{}], fails('DELIVERY_TIMEOUT', { cause }));
    await h.settled();
    expect(lines()).toBe(3);
  });

  it('hands the record up as it came when no sink takes it, loudly, once a stretch', async () => {
    let works = false;
    const h = await new Harness({
      callback: () => {
        if (!works) throw new Error('hunter2');
      },
    }).start();
    h.fail([{}], mayBeWritten());
    h.fail([{}]);
    await h.settled();
    expect(ends(h.up)).toEqual(['unknown REQUEST_TIMED_OUT', 'failed AUTHORIZATION_FAILED']);
    expect(h.up.map(({ outcome }) => outcome)).toMatchObject([{ notKept: true }, { notKept: true }]);
    const errors = (): number => h.env.logger.text().split('no sink takes dead letters').length - 1;
    expect([errors(), h.said['deadLetter.failed'].length]).toEqual([1, 2]);
    works = true;
    h.fail([{}]);
    await h.settled();
    expect(h.env.logger.lines.map(({ level, message }) => `${level} ${message}`)).toContain(
      'warn dead letters are taken again, by the callback sink',
    );
    works = false;
    h.fail([{}]);
    await h.settled();
    expect(errors()).toBe(2);
    expect(h.env.logger.text()).not.toContain('hunter2');
    expect(h.stage.stats?.()).toEqual({
      waitingRecords: 0,
      oldestWaitingMs: 0,
      waitingBytes: 0,
      refusedRecords: 3,
      callback: { takenRecords: 1, takenByCode: { AUTHORIZATION_FAILED: 1 } },
    });
  });

  it('says of a record that may be in its topic that it may, and of no other', () => {
    const h = new Harness({ topic: 'dlq' });
    h.fail([{}], mayBeWritten());
    h.answerLetters(taken);
    h.fail([{}], fails('UNKNOWN_TOPIC'));
    h.answerLetters(taken);
    const told = h.up.map(({ outcome }) => outcome);
    expect(told).toMatchObject([
      { status: 'dead-lettered', error: { code: 'REQUEST_TIMED_OUT', maybeWritten: true } },
      { status: 'dead-lettered', error: { code: 'UNKNOWN_TOPIC', maybeWritten: false } },
    ]);
  });

  it('leaves those alone that the filter leaves, and those that the end of the producer ended', () => {
    const h = new Harness({ topic: 'dlq', filter: (record) => record.topic !== 'metrics' });
    h.fail([{ topic: 'metrics' }]);
    h.fail([{}], fails('CLOSED'));
    h.fail([{}], fails('LEFT_IN_JOURNAL'));
    expect(ends(h.up)).toEqual(['failed AUTHORIZATION_FAILED', 'failed CLOSED', 'failed LEFT_IN_JOURNAL']);
    h.fail([{}]);
    expect(h.letters).toHaveLength(1);
  });

  it('takes a record when the filter throws, and says so once', () => {
    const h = new Harness({
      topic: 'dlq',
      filter: () => {
        throw new Error('hunter2');
      },
    });
    h.fail([{}, {}]);
    expect(h.letters[0]?.batch).toHaveLength(2);
    expect(h.said.callbackError).toHaveLength(2);
    expect(h.env.logger.text()).toBe('error filter of deadLetterQueue threw; see the event callbackError ');
  });

  it('takes an async filter for one that throws, and its rejection for no news', () => {
    const filter: unknown = () => Promise.reject(new Error('hunter2'));
    const h = new Harness({ topic: 'dlq', filter: filter as () => boolean });
    h.fail([{}]);
    expect([h.letters.length, h.said.callbackError.length]).toEqual([1, 1]);
  });

  it('keeps the order of a lane in each sink, whichever answers first', async () => {
    const h = await new Harness({ topic: 'dlq', file }).start();
    const [a] = h.fail([{ key: 'k', value: 'a' }]);
    h.fail([
      { key: 'k', value: 'b' },
      { key: 'other', value: 'x' },
      { key: 'k', value: 'c' },
    ]);
    // The other lane goes, its own waits.
    expect(h.letters.map(({ batch }) => values(batch))).toEqual([['a'], ['x']]);
    h.answerLetters(fails(), h.letters[0]?.batch);
    await h.settled();
    expect(a?.outcome?.status).toBe('dead-lettered');
    expect(h.letters.map(({ batch }) => values(batch))).toEqual([['a'], ['x'], ['b', 'c']]);
    const [b, c] = h.letters[2]?.batch ?? [];
    if (b === undefined || c === undefined) throw new Error('b and c are on their way');
    h.answerLetters(fails(), [c]); // the later one first
    await h.settled();
    expect(values(h.stored())).toEqual(['a']);
    h.answerLetters(fails(), [b]);
    await h.settled();
    expect(values(h.stored())).toEqual(['a', 'b', 'c']);
  });

  it('lets records without a lane go at once', () => {
    const h = new Harness({ topic: 'dlq' });
    h.fail([{ value: 'a' }]);
    h.fail([{ value: 'b' }]);
    expect(h.letters.map(({ batch }) => values(batch))).toEqual([['a'], ['b']]);
  });

  it('is full while no sink has taken what it holds', async () => {
    const h = new Harness({ topic: 'dlq', maxHeldBytes: 10 });
    expect(h.stage.ready?.()).toBeUndefined();
    h.fail([{ value: '0123456789' }]);
    const room = h.stage.ready?.();
    expect(room).toBeInstanceOf(Promise);
    await h.env.clock.advance(40);
    expect(h.stage.stats?.()).toMatchObject({ waitingRecords: 1, waitingBytes: 10, oldestWaitingMs: 40 });
    h.answerLetters(taken);
    await room;
    expect(h.stage.ready?.()).toBeUndefined();
  });
});

describe('close', () => {
  it('waits for letters on their way', async () => {
    const h = await new Harness({ topic: 'dlq' }).start();
    h.fail([{}]);
    const closing = Promise.resolve(h.stage.close?.(h.env.clock.now() + 1_000));
    await h.env.clock.advance(500);
    h.answerLetters(taken);
    await closing;
    expect(ends(h.up)).toEqual(['topic:dlq']);
    expect(h.env.clock.pending).toBe(0);
  });

  it('ends at the deadline what is on its way as it came up, and what waits behind it', async () => {
    const h = await new Harness({ topic: 'dlq' }).start();
    h.fail([{ key: 'k' }], mayBeWritten());
    h.fail([{ key: 'k' }]);
    await h.env.clock.until(Promise.resolve(h.stage.close?.(h.env.clock.now() + 1_000)));
    expect(ends(h.up)).toEqual(['unknown REQUEST_TIMED_OUT', 'failed AUTHORIZATION_FAILED']);
    h.answerLetters(taken); // too late
    expect(h.up).toHaveLength(2);
    expect(h.letters).toHaveLength(1);
  });

  it('diverts nothing afterwards', async () => {
    const h = await new Harness({ topic: 'dlq', file, callback: () => undefined }).start();
    const sent = h.send([{}]);
    await h.env.clock.until(Promise.resolve(h.stage.close?.(h.env.clock.now())));
    h.answer(sent, fails());
    await h.settled();
    expect(ends(h.up)).toEqual(['failed AUTHORIZATION_FAILED']);
    expect(h.letters).toEqual([]);
  });

  it('does not wait for a callback that hangs, nor calls it for those that wait', async () => {
    let calls = 0;
    const h = await new Harness({ callback: () => new Promise<void>(() => void calls++) }).start();
    h.fail([{}, {}]);
    await h.env.clock.until(Promise.resolve(h.stage.close?.(h.env.clock.now() + 100)));
    await h.settled();
    expect([calls, h.up.length, h.env.clock.pending]).toEqual([1, 2, 0]);
  });
});

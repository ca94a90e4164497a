import { ProducerError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { delivered, directory, ends, fails, Harness, mayBeWritten, values } from './harness.fixture.js';
import type { CallbackLetter } from './letter/dead-letter.js';

const file = { directory };
const taken = delivered;

describe('deadLetterQueue', () => {
  it('tries the sinks in order until one takes the record', async () => {
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
    expect(h.emitted.deadLetter).toEqual([
      { records: 1, topic: 'orders', to: 'callback', code: 'AUTHORIZATION_FAILED' },
    ]);
  });

  it('goes from the topic to the file, and logs it once', async () => {
    const h = await new Harness({ topic: 'dlq', file }).start();
    for (let i = 0; i < 3; i++) {
      h.fail([{ value: 'hunter2', key: 'secret' }]);
      h.answerLetters(fails('UNKNOWN_TOPIC'));
      await h.settled();
    }
    expect(ends(h.up).every((one) => one.endsWith('-000001.jsonl'))).toBe(true);
    expect(values(h.stored())).toEqual(['hunter2', 'hunter2', 'hunter2']);
    expect(h.emitted['deadLetter.refused']).toHaveLength(3);
    expect(h.emitted['deadLetter.refused'][0]).toEqual({
      records: 1,
      sink: 'topic',
      refusal: 'UNKNOWN_TOPIC',
    });
    expect(h.env.logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn the topic sink refuses dead letters; the next sink gets them',
      "warn records of topic 'orders' are dead-lettered: AUTHORIZATION_FAILED",
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

  it('logs once a minute that records of a topic are dead-lettered, and why', async () => {
    const letters: CallbackLetter[] = [];
    const h = await new Harness({ callback: (letter) => void letters.push(letter) }).start();
    const cause = new ProducerError('UNKNOWN_TOPIC', 'make it', { retriable: true });
    const lines = (): number => h.env.logger.text().split('are dead-lettered').length - 1;
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

  it('keeps the outcome when no sink takes the record, and logs one error until a sink does', async () => {
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
    expect([errors(), h.emitted['deadLetter.failed'].length]).toEqual([1, 2]);
    works = true;
    h.fail([{}]);
    await h.settled();
    expect(h.env.logger.lines.map(({ level, message }) => `${level} ${message}`)).toContain(
      'warn dead letters are stored again: the callback sink takes them',
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

  it('marks a record that may be in its topic, and no other', () => {
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

  it('leaves records alone that the filter rejects or that the close of the producer ended', () => {
    const h = new Harness({ topic: 'dlq', filter: (record) => record.topic !== 'metrics' });
    h.fail([{ topic: 'metrics' }]);
    h.fail([{}], fails('CLOSED'));
    h.fail([{}], fails('LEFT_IN_JOURNAL'));
    expect(ends(h.up)).toEqual(['failed AUTHORIZATION_FAILED', 'failed CLOSED', 'failed LEFT_IN_JOURNAL']);
    h.fail([{}]);
    expect(h.letters).toHaveLength(1);
  });

  it('diverts a record when the filter throws, and logs it once', () => {
    const h = new Harness({
      topic: 'dlq',
      filter: () => {
        throw new Error('hunter2');
      },
    });
    h.fail([{}, {}]);
    expect(h.letters[0]?.batch).toHaveLength(2);
    expect(h.emitted.callbackError).toHaveLength(2);
    expect(h.env.logger.text()).toBe('error filter of deadLetterQueue threw; see the event callbackError ');
  });

  it('treats an async filter as one that throws, and ignores its rejection', () => {
    const filter: unknown = () => Promise.reject(new Error('hunter2'));
    const h = new Harness({ topic: 'dlq', filter: filter as () => boolean });
    h.fail([{}]);
    expect([h.letters.length, h.emitted.callbackError.length]).toEqual([1, 1]);
  });

  it('keeps a lane in order in each sink, whichever letter is done first', async () => {
    const h = await new Harness({ topic: 'dlq', file }).start();
    const [a] = h.fail([{ key: 'k', value: 'a' }]);
    h.fail([
      { key: 'k', value: 'b' },
      { key: 'other', value: 'x' },
      { key: 'k', value: 'c' },
    ]);
    // A letter of another lane goes. One of the same lane waits.
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

  it('does not hold back records without a lane', () => {
    const h = new Harness({ topic: 'dlq' });
    h.fail([{ value: 'a' }]);
    h.fail([{ value: 'b' }]);
    expect(h.letters.map(({ batch }) => values(batch))).toEqual([['a'], ['b']]);
  });

  it('is full until a sink takes what it holds', async () => {
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
  it('waits for letters in flight', async () => {
    const h = await new Harness({ topic: 'dlq' }).start();
    h.fail([{}]);
    const closing = Promise.resolve(h.stage.close?.(h.env.clock.now() + 1_000));
    await h.env.clock.advance(500);
    h.answerLetters(taken);
    await closing;
    expect(ends(h.up)).toEqual(['topic:dlq']);
    expect(h.env.clock.pending).toBe(0);
  });

  it('settles letters in flight and waiting ones with their own outcome at the deadline', async () => {
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

  it('does not wait for a callback that hangs, and does not call it for queued letters', async () => {
    let calls = 0;
    const h = await new Harness({ callback: () => new Promise<void>(() => void calls++) }).start();
    h.fail([{}, {}]);
    await h.env.clock.until(Promise.resolve(h.stage.close?.(h.env.clock.now() + 100)));
    await h.settled();
    expect([calls, h.up.length, h.env.clock.pending]).toEqual([1, 2, 0]);
  });
});

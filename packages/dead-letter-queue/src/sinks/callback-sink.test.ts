import { describe, expect, it } from 'vitest';
import { ends, fails, Harness, text } from '../harness.fixture.js';
import type { CallbackLetter } from '../letter/dead-letter.js';

describe('the callback sink', () => {
  it('passes the record unchanged, the error and the time, one letter at a time, in order', async () => {
    const seen: CallbackLetter[] = [];
    let running = 0;
    const h = await new Harness({
      async callback(letter) {
        expect(++running).toBe(1);
        seen.push(letter);
        await Promise.resolve();
        running--;
      },
    }).start();
    const headers = { app: 'shop', tag: ['a', 'b'] };
    h.fail([{ key: 'k', value: '1', headers, partition: 2, timestamp: 7 }, { value: '2' }]);
    expect(seen).toEqual([]); // not inside a call by the user
    await h.settled();
    expect(seen.map(({ record }) => text(record.value))).toEqual(['1', '2']);
    expect(seen[0]).toMatchObject({
      at: h.env.clock.wallTime(),
      status: 'failed',
      retries: 0,
      error: { code: 'AUTHORIZATION_FAILED', class: 'ProducerError', message: 'scripted' },
      outcome: fails(),
      record: { topic: 'orders', headers, partition: 2, timestamp: 7 },
    });
    expect(ends(h.up)).toEqual(['callback', 'callback']);
  });

  it('counts a throw and a rejection as a refusal', async () => {
    const h = await new Harness({
      callback: ({ record }) => {
        if (text(record.value) === 'throws') throw new Error('x');
        return text(record.value) === 'rejects' ? Promise.reject(new Error('y')) : undefined;
      },
    }).start();
    h.fail([{ value: 'throws' }, { value: 'fine' }, { value: 'rejects' }]);
    await h.settled();
    expect(ends(h.up).sort()).toEqual([
      'callback',
      'failed AUTHORIZATION_FAILED',
      'failed AUTHORIZATION_FAILED',
    ]);
    expect(h.emitted['deadLetter.failed'][0]).toMatchObject({ records: 2, refusal: 'CALLBACK_FAILED' });
  });

  it('processes results that arrived while the process was suspended before a call counts as late', async () => {
    const h = await new Harness({
      callbackTimeoutMs: 100,
      callback: () => new Promise<void>((resolve) => h.env.clock.arrive(5, resolve)),
    }).start();
    h.fail([{}]);
    await h.env.clock.advance(0);
    h.env.clock.block(3_000);
    await h.env.clock.runAll();
    expect(ends(h.up)).toEqual(['callback']);
  });

  it('refuses other letters while a call runs on after its timeout', async () => {
    let calls = 0;
    let release = (): void => undefined;
    const h = await new Harness({
      callbackTimeoutMs: 100,
      callback: () => (++calls === 1 ? new Promise<void>((resolve) => (release = resolve)) : undefined),
    }).start();
    h.fail([{}, {}]);
    await h.env.clock.advance(100);
    h.fail([{}]);
    await h.settled();
    expect(h.up).toHaveLength(3);
    expect([calls, h.emitted['deadLetter.failed'].at(-1)?.refusal]).toEqual([1, 'CALLBACK_TIMEOUT']);
    release();
    await h.settled();
    h.fail([{}]);
    await h.settled();
    expect([calls, ends(h.up).at(-1), h.env.clock.pending]).toEqual([2, 'callback', 0]);
  });
});

import { describe, expect, it } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { refused } from '../chain/held-adapter.fixture.js';
import { Gate, order, setUp } from './producer.fixture.js';

describe('fireAndForget', () => {
  it('answers true for what was taken; its outcome is counted and its failure reported', async () => {
    const { producer, adapter } = await setUp();
    const failures: string[] = [];
    producer.on('failed', ({ outcome }) => failures.push(outcome.error.code));
    expect(producer.fireAndForget(order('a'))).toBe(true);
    adapter.answer();
    expect(producer.fireAndForget(order('b'))).toBe(true);
    adapter.answer(refused);
    expect(producer.stats()).toMatchObject({ sent: 2, delivered: 1, failed: 1, held: 0 });
    expect(failures).toEqual(['LEADER_UNAVAILABLE']);
  });

  it('answers false for a wrong record, and for one sent after close', async () => {
    const { producer } = await setUp();
    expect(producer.fireAndForget({ topic: '', value: 'v' })).toBe(false);
    await producer.close();
    expect(producer.fireAndForget(order('v'))).toBe(false);
    expect(producer.stats()).toMatchObject({
      sent: 2,
      failed: 2,
      errors: { failed: { INVALID_RECORD: 1, CLOSED: 1 } },
    });
  });

  it('never waits for room: false, and the record is among those that failed, whole', async () => {
    const gate = new Gate();
    const { producer, adapter } = await setUp({ use: [gate.middleware] });
    const record = { ...order('a', 'k'), headers: { h: 'x' }, partition: 2 };
    expect(producer.fireAndForget(record)).toBe(false);
    expect(producer.failed[0]).toMatchObject({
      outcome: { status: 'failed', error: { code: 'BUFFER_FULL', retriable: true } },
      record: { topic: 'orders', partition: 2, headers: { h: 'x' } },
    });
    gate.open(1);
    expect(producer.fireAndForget(order('b'))).toBe(true);
    expect(adapter.values).toEqual(['b']);
  });

  it('a loop that waits for room ends when the producer closes, whether there is room or not', async () => {
    const gate = new Gate();
    const { producer } = await setUp({ use: [gate.middleware] });
    const waiting = producer.ready();
    gate.open(1);
    await waiting;
    expect(producer.ready()).toBeUndefined();
    const loop = async (): Promise<void> => {
      for (;;) if (!producer.fireAndForget(order('v'))) await producer.ready();
    };
    const ended = loop();
    const closing = producer.close({ timeoutMs: 0 });
    gate.open(1);
    await expect(ended).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(producer.ready()).rejects.toMatchObject({ code: 'CLOSED' });
    void producer.ready(); // nobody hears of it, and nothing is thrown
    await turn();
    gate.open(1);
    await expect(producer.ready()).rejects.toMatchObject({ code: 'CLOSED' });
    void closing;
  });

  it('does not overtake those that wait for room', async () => {
    const gate = new Gate();
    const { producer, adapter } = await setUp({ use: [gate.middleware] });
    void producer.send(order('first'));
    gate.room = 1;
    expect(producer.fireAndForget(order('second'))).toBe(false);
    gate.open(1);
    await turn();
    expect(adapter.values).toEqual(['first']);
  });

  it('waits in line behind a serializer, in order, and so does its own', async () => {
    const answers: ((bytes: string) => void)[] = [];
    const { producer, adapter } = await setUp<string, string>({
      serializers: {
        value: (value) =>
          value.startsWith('slow') ? new Promise((resolve) => void answers.push(resolve)) : value,
      },
    });
    for (const value of ['slow 1', 'quick', 'slow 2'])
      expect(producer.fireAndForget(order(value))).toBe(true);
    expect(adapter.calls).toEqual([]);
    answers[1]?.('2');
    answers[0]?.('1');
    await turn();
    expect(adapter.values).toEqual(['1', 'quick', '2']);
  });

  it('lets no more than 10,000 wait for serializers: nobody’s memory would hold them', async () => {
    const { producer } = await setUp<string, string>({
      serializers: { value: () => new Promise<string>(() => undefined) },
    });
    let taken = 0;
    for (let i = 0; i < 10_005; i++) if (producer.fireAndForget(order('v'))) taken++;
    expect(taken).toBe(10_000);
    expect(producer.stats()).toMatchObject({
      held: 10_000,
      failed: 5,
      errors: { failed: { BUFFER_FULL: 5 } },
    });
  });
});

describe('ready', () => {
  it('is undefined while there is room, else a promise for when asking again is worth it', async () => {
    const gate = new Gate();
    const { producer } = await setUp({ use: [gate.middleware] });
    gate.open(1);
    expect(producer.ready()).toBeUndefined();
    producer.fireAndForget(order('a'));
    let ready = false;
    void producer.ready()?.then(() => (ready = true));
    await turn();
    expect(ready).toBe(false);
    gate.open(1);
    await turn();
    expect(ready).toBe(true);
    expect(producer.ready()).toBeUndefined();
  });

  it('waits for those in line first', async () => {
    const gate = new Gate();
    const { producer } = await setUp({ use: [gate.middleware] });
    void producer.send(order('a'));
    let ready = false;
    void producer.ready()?.then(() => (ready = true));
    gate.open(2);
    await turn();
    expect(ready).toBe(true);
  });

  it('does not reject when the promise of a stage does', async () => {
    const broken = {
      name: 'broken',
      bind: (next: never) => ({ send: next, ready: () => Promise.reject(new Error('x')) }),
    };
    const { producer } = await setUp({ use: [broken] });
    await producer.ready();
  });
});

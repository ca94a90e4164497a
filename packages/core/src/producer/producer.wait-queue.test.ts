import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import type { Waited } from '../contract/events.js';
import type { Middleware } from '../contract/middleware.js';
import { Gate, order, setUp } from './producer.fixture.js';
import type { Producer } from './producer.js';

/** Notes what becomes of each record: its value, and the code of its error. */
function sendNoting(producer: Producer, ended: string[], values: Iterable<string>): void {
  for (const value of values) {
    producer.send(order(value), (error) => ended.push(`${value} ${error?.code ?? 'delivered'}`));
  }
}

/** A stage that counts how often it is asked for room, and has none until told. */
class Asked {
  times = 0;
  hasRoom = false;

  constructor(private readonly answer: () => Promise<void>) {}

  /** Asked without end, it stops answering: the test could not fail otherwise. */
  private answerOrStop(): Promise<void> {
    return this.times > 1_000 ? new Promise(() => undefined) : this.answer();
  }

  readonly middleware: Middleware = {
    name: 'asked',
    bind: (next) => ({
      send: next,
      ready: () => {
        this.times++;
        return this.hasRoom ? undefined : this.answerOrStop();
      },
    }),
  };
}

describe('records that wait in line for room', () => {
  it('go on in order of arrival, as far as there is room', async () => {
    const gate = new Gate();
    const { producer, adapter } = await setUp({ use: [gate.middleware] });
    const ended: string[] = [];
    sendNoting(producer, ended, 'abc');
    expect(adapter.values).toEqual([]);
    gate.open(2);
    await turn();
    expect(adapter.values).toEqual(['a', 'b']);
    expect(producer.stats()).toMatchObject({ waitingForRoom: 1 });
    gate.open(1);
    await turn();
    expect(adapter.values).toEqual(['a', 'b', 'c']);
    adapter.answer();
    expect(ended).toEqual(['a delivered', 'b delivered', 'c delivered']);
  });

  it('are seen: how long the first waits, and how long each has waited when it goes on', async () => {
    const gate = new Gate();
    const waited: Waited[] = [];
    const { producer, clock } = await setUp({
      use: [gate.middleware],
      on: { waited: (one) => waited.push(one) },
    });
    void producer.fireAndForget(order('refused'));
    sendNoting(producer, [], 'ab');
    await clock.advance(30);
    expect(producer.stats()).toMatchObject({ waitingForRoom: 2, longestWaitForRoomMs: 30 });
    gate.open(1);
    await turn();
    await clock.advance(20);
    gate.open(1);
    await turn();
    expect(producer.stats()).toMatchObject({ waitingForRoom: 0, longestWaitForRoomMs: 0 });
    expect(waited).toEqual([
      { stage: 'room', records: 1, totalMs: 30, longestMs: 30 },
      { stage: 'room', records: 1, totalMs: 50, longestMs: 50 },
    ]);
  });

  it('are not counted any more when their serializer has failed behind one that goes on', async () => {
    const never = new Promise<string>(() => undefined);
    const value = (text: string) => (text === 'slow' ? never : Promise.reject(new Error('broken')));
    const { producer } = await setUp<string, string>({ serializers: { value } });
    const ended: string[] = [];
    sendNoting(producer, ended, ['slow', 'broken', 'broken']);
    await turn();
    expect(ended).toEqual(['broken SERIALIZER_FAILED', 'broken SERIALIZER_FAILED']);
    expect(producer.stats()).toMatchObject({ held: 1, waitingForRoom: 1 });
  });

  it('leave it after maxBlockMs, each at its own time, and no timer stays', async () => {
    const gate = new Gate();
    const { producer, clock, adapter } = await setUp({ use: [gate.middleware], maxBlockMs: 100 });
    const ended: string[] = [];
    sendNoting(producer, ended, 'a');
    await clock.advance(60);
    sendNoting(producer, ended, 'b');
    await clock.advance(39);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual(['a BLOCK_TIMEOUT']);
    await clock.advance(60);
    expect(ended).toEqual(['a BLOCK_TIMEOUT', 'b BLOCK_TIMEOUT']);
    expect(clock.pending).toBe(0);
    gate.open(5);
    await turn();
    expect(adapter.values).toEqual([]);
  });

  it('wait for ever when maxBlockMs and deliveryTimeoutMs are Infinity', async () => {
    const gate = new Gate();
    const forEver = { maxBlockMs: Infinity, deliveryTimeoutMs: Infinity };
    const { producer, clock, adapter } = await setUp({ use: [gate.middleware], ...forEver });
    const sent = producer.send(order('a'));
    expect(clock.pending).toBe(0);
    await clock.advance(1e12);
    gate.open(1);
    await turn();
    adapter.answer();
    await expect(sent).resolves.toMatchObject({ topic: 'orders' });
  });

  it('leave it at their own deliveryTimeoutMs, whoever is in front, and the others keep their order', async () => {
    const gate = new Gate();
    const { producer, clock, adapter } = await setUp({ use: [gate.middleware], deliveryTimeoutMs: 1_000 });
    const ended: string[] = [];
    const send = (value: string, deliveryTimeoutMs?: number): void =>
      producer.send({ ...order(value), deliveryTimeoutMs }, (error) => {
        ended.push(`${clock.now()}: ${value} ${error?.message ?? 'delivered'}`);
      });
    send('default');
    send('short', 10);
    send('endless', Infinity);
    send('shorter', 5);
    send('default too');
    await clock.advance(20);
    const late = (ms: number): string =>
      `no room in the chain within deliveryTimeoutMs (${ms} ms): records come faster than Kafka takes them`;
    expect(ended).toEqual([`5: shorter ${late(5)}`, `10: short ${late(10)}`]);
    await clock.advance(980);
    expect(ended.slice(2)).toEqual([`1000: default ${late(1_000)}`, `1000: default too ${late(1_000)}`]);
    gate.open(5);
    await turn();
    expect(adapter.values).toEqual(['endless']);
    adapter.answer();
    expect(ended.slice(4)).toEqual(['1000: endless delivered']);
  });

  it('go on when room came while the process stood still for maxBlockMs', async () => {
    const gate = new Gate();
    const { producer, clock, adapter } = await setUp({ use: [gate.middleware], maxBlockMs: 100 });
    const ended: string[] = [];
    sendNoting(producer, ended, 'ab');
    clock.arrive(5, () => gate.open(1));
    clock.block(1_000);
    await clock.runAll();
    adapter.answer();
    expect(adapter.values).toEqual(['a']);
    expect(ended).toEqual(['b BLOCK_TIMEOUT', 'a delivered']);
  });

  it('ask a stage that wakes them in vain once a millisecond, and not without end', async () => {
    const asked = new Asked(() => Promise.resolve());
    const { producer, clock, adapter } = await setUp({ use: [asked.middleware], maxBlockMs: 100 });
    const sent = producer.send(order('a'));
    await turn();
    const before = asked.times;
    await turn();
    expect(asked.times).toBe(before);
    await clock.advance(50);
    expect(asked.times).toBeLessThanOrEqual(before + 50);
    asked.hasRoom = true;
    await clock.advance(1);
    adapter.answer();
    await expect(sent).resolves.toMatchObject({ topic: 'orders' });
  });

  it('come to their end though the stage breaks when it is asked for room', async () => {
    const asked = new Asked(() => Promise.reject(new Error('broken')));
    const { producer, clock } = await setUp({ use: [asked.middleware], maxBlockMs: 100 });
    const ended: string[] = [];
    sendNoting(producer, ended, 'a');
    await clock.advance(100);
    expect(ended).toEqual(['a BLOCK_TIMEOUT']);
    expect(asked.times).toBeLessThanOrEqual(103);
  });

  it('are 100,000 that go on and 30,000 that expire at times of their own, in linear time', async () => {
    const gate = new Gate();
    const { producer, clock, adapter } = await setUp({
      use: [gate.middleware],
      maxBlockMs: 100,
      failedLimit: 0,
    });
    let expired = 0;
    const send = (): void =>
      void producer.send(order('v'), (error) => {
        if (error?.code === 'BLOCK_TIMEOUT') expired++;
      });
    const started = process.cpuUsage();
    for (let i = 0; i < 100_000; i++) send();
    gate.open(100_000);
    await turn();
    expect(adapter.calls).toHaveLength(100_000);
    for (let i = 0; i < 30_000; i++) {
      send();
      if (i % 1_000 === 0) await clock.advance(1);
    }
    await clock.advance(100);
    expect(expired).toBe(30_000);
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(10_000);
  });
});

describe('the async context of the caller', () => {
  const request = new AsyncLocalStorage<string>();

  /**
   * Sends one record in each context while there is no room, and answers in which context each was
   * handed on.
   */
  async function contextsSeen(traits: Middleware['traits']): Promise<(string | undefined)[]> {
    const seen: (string | undefined)[] = [];
    const gate = new Gate();
    const reader: Middleware = {
      name: 'reader',
      ...(traits === undefined ? {} : { traits }),
      bind: (next) => ({
        send(batch, settle) {
          seen.push(request.getStore());
          next(batch, settle);
        },
      }),
    };
    const { producer, adapter } = await setUp({
      use: [reader, gate.middleware],
      serializers: { value: (value) => (value === 'slow' ? Promise.resolve(value) : String(value)) },
    });
    for (const [context, value] of [
      ['first', 'a'],
      ['second', 'slow'],
      ['third', 'c'],
    ] as const) {
      request.run(context, () => producer.send(order(value), () => undefined));
    }
    await turn();
    request.run('of whoever makes room', () => gate.open(5));
    await turn();
    await turn();
    adapter.answer();
    return seen;
  }

  it('is there for a stage that reads it, also for records that waited for room or a serializer', async () => {
    expect(await contextsSeen({ readsContext: true })).toEqual(['first', 'second', 'third']);
  });

  it('is not kept for records that wait when no stage reads it', async () => {
    const seen = await contextsSeen(undefined);
    expect(seen).toHaveLength(3);
    expect(seen).not.toContain('third');
  });
});

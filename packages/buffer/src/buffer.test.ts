import { createDelivery } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { codes, harness, keys, values } from './harness.fixture.js';
import { buffer } from './buffer.js';

const keyless = (n: number): { value: string }[] => Array.from({ length: n }, (_, i) => ({ value: `v${i}` }));

describe('batches', () => {
  it('sends what came in one turn as one batch in the next turn', async () => {
    const { env, below, send } = harness();
    send([{ key: 'a' }, { key: 'b' }]);
    send([{ key: 'c' }]);
    expect(below).toHaveLength(0);
    await env.clock.runSoon();
    expect(below.map(({ batch }) => keys(batch))).toEqual([['a', 'b', 'c']]);
  });

  it('limits a batch to maxBatchRecords and maxBatchBytes', async () => {
    const byRecords = harness({ maxBatchRecords: 2 });
    byRecords.send(keyless(5));
    await byRecords.env.clock.runSoon();
    expect(byRecords.below.map(({ batch }) => batch.length)).toEqual([2, 2, 1]);
    const byBytes = harness({ maxBatchBytes: 10 });
    byBytes.send([
      { value: '12345' },
      { value: '67890' },
      { value: 'x' },
      { value: 'longer than a whole batch' },
    ]);
    await byBytes.env.clock.runSoon();
    expect(byBytes.below.map(({ batch }) => values(batch))).toEqual([
      ['12345', '67890'],
      ['x'],
      ['longer than a whole batch'],
    ]);
  });

  it('lingers only with lingerMs, and not when the batch is full or a flush waits', async () => {
    const { env, below, send, stage, deliver } = harness({ lingerMs: 100, maxBatchRecords: 3 });
    const [first] = send([{ key: 'a' }]);
    await env.clock.advance(99);
    expect(below).toHaveLength(0);
    await env.clock.advance(1);
    expect(below).toHaveLength(1);
    if (first !== undefined) deliver([first]);
    send([{ key: 'b' }, { key: 'c' }, { key: 'd' }]);
    await env.clock.runSoon();
    expect(below).toHaveLength(2);
    send([{ key: 'e' }]);
    const flushed = stage.flush?.(env.clock.now() + 1_000);
    await env.clock.runSoon();
    expect(below).toHaveLength(3);
    for (const [call, { batch }] of below.entries()) deliver(batch, call);
    await env.clock.until(Promise.resolve(flushed));
  });

  it('waits while maxInFlight batches have no answer, but not for a stuck one', async () => {
    const { env, below, send } = harness({ maxInFlight: 2 });
    const sendAndCall = async (topic: string): Promise<ReturnType<typeof env.calls.started>> => {
      send([{ topic, key: 'a' }]);
      await env.clock.runSoon();
      return env.calls.started();
    };
    const call = await sendAndCall('one');
    await sendAndCall('two');
    send([{ topic: 'three', key: 'a' }]);
    await env.clock.runSoon();
    expect(below).toHaveLength(2);
    env.calls.answered(call);
    await env.clock.runSoon();
    expect(below).toHaveLength(3);
    env.calls.started();
    send([{ topic: 'four', key: 'a' }]);
    await env.clock.advance(249);
    expect(below).toHaveLength(3);
    await env.clock.advance(1);
    expect(below).toHaveLength(4);
  });

  it('does not wait for calls that no batch of its own made: retry may make any number', async () => {
    const { env, below, send } = harness({ maxInFlight: 2 });
    for (let i = 0; i < 10; i++) env.calls.started();
    send([{ key: 'a' }]);
    await env.clock.runSoon();
    expect(below).toHaveLength(1);
  });

  it('waits while maxInFlightRecords are in flight, wherever they are held', async () => {
    const { env, below, send, deliver } = harness({ maxInFlightRecords: 3, maxBatchRecords: 2 });
    const all = send(keyless(5));
    await env.clock.runSoon();
    expect(below.map(({ batch }) => batch.length)).toEqual([2, 1]);
    deliver(all.slice(0, 2), 0);
    await env.clock.runSoon();
    expect(below.map(({ batch }) => batch.length)).toEqual([2, 1, 2]);
  });
});

describe('lanes', () => {
  it('have at most one batch each in flight, and hold back no other lane', async () => {
    const { env, below, send, deliver } = harness({ maxBatchRecords: 2 });
    const [a1] = send([{ key: 'a', value: '1' }]);
    await env.clock.runSoon();
    send([
      { key: 'a', value: '2' },
      { key: 'b', value: '1' },
      { key: 'a', value: '3' },
    ]);
    await env.clock.runSoon();
    expect(below.map(({ batch }) => keys(batch))).toEqual([['a'], ['b']]);
    if (a1 !== undefined) deliver([a1], 0);
    await env.clock.runSoon();
    expect(below.slice(2).map(({ batch }) => values(batch))).toEqual([['2', '3']]);
  });

  it('open only when the last of their records in flight is settled', async () => {
    const { env, below, send, deliver } = harness();
    const [a1, a2] = send([{ key: 'a' }, { key: 'a' }]);
    await env.clock.runSoon();
    send([{ key: 'a', value: 'later' }]);
    if (a2 !== undefined) deliver([a2]);
    await env.clock.runSoon();
    expect(below).toHaveLength(1);
    if (a1 !== undefined) deliver([a1]);
    await env.clock.runSoon();
    expect(values(below[1]?.batch)).toEqual(['later']);
  });

  it('differ by topic and explicit partition; records with neither key nor partition have none', async () => {
    const { env, below, send } = harness();
    send([{ topic: 'one', key: 'k' }, { topic: 'one', partition: 3 }, { value: 'free' }]);
    await env.clock.runSoon();
    send([
      { topic: 'two', key: 'k' },
      { topic: 'one', partition: 4 },
      { value: 'free too' },
      { topic: 'one', partition: 3 },
    ]);
    await env.clock.runSoon();
    expect(below[1]?.batch).toHaveLength(3);
  });
});

describe('overflow', () => {
  it('block: keeps excess records outside the bounds, in order, and ready() waits for room', async () => {
    const { env, below, send, stage, deliver } = harness({ maxRecords: 2, maxBatchRecords: 2 });
    const all = send(keyless(5));
    expect(stage.ready?.()).toBeInstanceOf(Promise);
    await env.clock.runSoon();
    expect(below.map(({ batch }) => values(batch))).toEqual([['v0', 'v1']]);
    let isReady = false;
    void stage.ready?.()?.then(() => (isReady = true));
    deliver(all.slice(0, 2));
    await env.clock.runSoon();
    deliver(all.slice(2, 4));
    await env.clock.runSoon();
    expect(below.map(({ batch }) => values(batch))).toEqual([['v0', 'v1'], ['v2', 'v3'], ['v4']]);
    expect(isReady).toBe(true);
    expect(stage.ready?.()).toBeUndefined();
  });

  it.each(['reject', 'drop-newest'] as const)(
    '%s: the new record fails with its own code and event',
    (overflow) => {
      const { env, send, stage, up } = harness({ maxRecords: 2, overflow });
      const dropped: string[] = [];
      env.events.on('buffer.dropped', ({ code }) => dropped.push(code));
      send(keyless(3));
      const code = overflow === 'reject' ? 'BUFFER_FULL' : 'DROPPED_NEWEST';
      expect(codes(up)).toEqual([code]);
      expect(values(up)).toEqual(['v2']);
      expect(dropped).toEqual([code]);
      expect(stage.ready?.()).toBeUndefined();
    },
  );

  it('drop-oldest: the oldest waiting record makes room, whatever its lane', async () => {
    const { env, send, up, below } = harness({ maxRecords: 3, overflow: 'drop-oldest' });
    send([{ key: 'a', value: 'below' }]);
    await env.clock.runSoon();
    send([
      { key: 'a', value: 'oldest' },
      { key: 'b', value: 'next' },
      { key: 'c', value: 'newest' },
    ]);
    expect(values(up)).toEqual(['oldest']);
    expect(codes(up)).toEqual(['DROPPED_OLDEST']);
    await env.clock.runSoon();
    expect(values(below[1]?.batch)).toEqual(['next', 'newest']);
  });

  it('drop-oldest: refuses the new record when all others are in flight', async () => {
    const { env, send, up } = harness({ maxRecords: 1, overflow: 'drop-oldest' });
    send([{ value: 'below' }]);
    await env.clock.runSoon();
    send([{ value: 'no room' }]);
    expect(codes(up)).toEqual(['BUFFER_FULL']);
  });

  it('refuses a record that can never fit, and stays within maxBytes', () => {
    const { send, stage, up } = harness({ maxBytes: 10 });
    send([{ value: '12345678901' }, { value: '12345678' }, { value: '123' }]);
    expect(codes(up)).toEqual(['RECORD_TOO_LARGE']);
    expect(stage.stats?.()).toMatchObject({ waitingBytes: 8, waitingRecords: 2 });
  });
});

describe('deadlines', () => {
  it('fail records that wait too long, also behind a closed lane and outside the bounds', async () => {
    const { env, send, up } = harness({ maxRecords: 2 });
    send([{ key: 'a', value: 'below' }], { deadline: 10_000 });
    await env.clock.runSoon();
    send([{ key: 'a', value: 'behind' }, { value: 'outside' }], { deadline: 500 });
    await env.clock.advance(499);
    expect(up).toHaveLength(0);
    await env.clock.advance(200);
    expect(codes(up)).toEqual(['DELIVERY_TIMEOUT', 'DELIVERY_TIMEOUT']);
    expect(up.every(({ outcome }) => outcome?.status === 'failed')).toBe(true);
  });

  it('leave no timer behind when nothing waits', async () => {
    const { env, send } = harness();
    send([{ key: 'a' }]);
    await env.clock.runSoon();
    expect(env.clock.pending).toBe(0);
  });

  it('free the room of expired records', async () => {
    const { env, send, stage } = harness({ maxRecords: 1, maxInFlightRecords: 1 });
    const [first] = send([{ key: 'a' }], { deadline: 100 });
    expect(first).toBeDefined();
    await env.clock.runSoon();
    send([{ key: 'a' }], { deadline: 100 });
    await env.clock.advance(200);
    expect(stage.stats?.()).toMatchObject({ waitingRecords: 0, inFlightRecords: 1 });
  });
});

describe('flush and close', () => {
  it('flush waits for the records that came before it, not for later ones', async () => {
    const { env, send, stage, deliver } = harness();
    const first = send([{ key: 'a' }]);
    const flushed = Promise.resolve(stage.flush?.(Infinity));
    await env.clock.advance(10);
    send([{ key: 'b' }]);
    deliver(first, 0);
    await env.clock.until(flushed);
    expect(stage.stats?.()).toMatchObject({ inFlightRecords: 1 });
  });

  it('close fails what still waits at the deadline; what is in flight is settled later', async () => {
    const { env, send, stage, up, deliver } = harness();
    const below = send([{ key: 'a' }]);
    await env.clock.runSoon();
    send([{ key: 'a', value: 'waiting' }]);
    const done = Promise.resolve(stage.close?.(env.clock.now() + 100));
    await env.clock.until(done);
    expect(codes(up)).toEqual(['CLOSED']);
    deliver(below, 0);
    expect(codes(up)).toEqual(['CLOSED', 'delivered']);
    send([{ key: 'b' }]);
    expect(codes(up)).toEqual(['CLOSED', 'delivered', 'CLOSED']);
    expect(env.clock.pending).toBe(0);
  });
});

describe('records beyond those that the buffer keeps as objects', () => {
  it('keep their bytes in pages, and are sent in their order', async () => {
    const { env, below, deliver, send } = harness();
    const count = 20_000;
    const sent = send(Array.from({ length: count }, (_, i) => ({ key: `k${i % 7}`, value: `v${i}` })));
    expect(sent.at(-1)?.parked).toBe(true);
    for (let call = 0, left = count; left > 0; call++) {
      await env.clock.runSoon();
      left -= below[call]?.batch.length ?? left;
      deliver(below[call]?.batch ?? [], call);
    }
    const came = values(below.flatMap(({ batch }) => batch));
    const laneOf = (lane: number): string[] =>
      Array.from({ length: count }, (_, i) => i)
        .filter((i) => i % 7 === lane)
        .map((i) => `v${i}`);
    for (let lane = 0; lane < 7; lane++) {
      expect(came.filter((value) => Number(value?.slice(1)) % 7 === lane)).toEqual(laneOf(lane));
    }
  });
});

describe('settling', () => {
  it('uses the settle function that each delivery came with', async () => {
    const { env, stage, below, deliver, send, up } = harness();
    const mine = send([{ key: 'a' }]);
    const others: string[] = [];
    const theirs = createDelivery({ topic: 'orders', key: 'b', value: 'x' });
    stage.send([theirs], (batch) => others.push(...codes(batch)));
    await env.clock.runSoon();
    expect(below).toHaveLength(1);
    deliver([...mine, theirs]);
    expect(codes(up)).toEqual(['delivered']);
    expect(others).toEqual(['delivered']);
  });
});

describe('options', () => {
  it('are refused all at once, with name, bounds and the given value', () => {
    const wrong = { maxBatchRecords: 0, lingerMs: -1, overflow: 'wait', linger: 5 };
    expect((): unknown => Reflect.apply(buffer, undefined, [wrong])).toThrow(
      /'maxBatchRecords' must be .*'lingerMs' must be .*'overflow' must be 'block'.*unknown option 'linger'/,
    );
  });
});

it('counts correctly when a stage below settles the records of one batch through that of another', async () => {
  const { env, stage, below, up, send } = harness({ maxBatchRecords: 2, maxRecords: 6 });
  send(keyless(6));
  await env.clock.runSoon();
  expect(stage.ready?.()).toBeDefined();
  for (const { batch } of below) {
    for (const one of batch) {
      one.outcome = { status: 'delivered', topic: 'orders', partition: 0, offset: 0, timestamp: 0 };
    }
    below[2]?.settle([...batch]);
  }
  expect(up).toHaveLength(6);
  expect(stage.stats?.()).toMatchObject({ inFlightRecords: 0, inFlightBytes: 0, waitingBytes: 0 });
  expect(stage.ready?.()).toBeUndefined();
});

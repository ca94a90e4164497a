import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { deliveryOf, turn } from './deliveries.fixture.js';
import type { Delivery } from './delivery.js';
import { textOf } from './held-adapter.fixture.js';
import { Line } from './line.js';

function setUp({ maxBlockMs = 100 } = {}) {
  const clock = fakeClock();
  let free = 0;
  let asked = 0;
  let open: (() => void)[] = [];
  const on: string[] = [];
  const expired: string[] = [];
  const line = new Line({
    clock,
    maxBlockMs,
    ready: () => {
      asked++;
      return free > 0 ? undefined : new Promise((resolve) => open.push(resolve));
    },
    handOn: (delivery) => {
      free--;
      on.push(textOf(delivery));
    },
    expired: (delivery, serializing) =>
      expired.push(`${textOf(delivery)}${serializing ? ' serializing' : ''}`),
  });
  /** As a stage does when `room` records have left it. */
  const makeRoom = async (room: number): Promise<void> => {
    free = room;
    for (const one of open.splice(0)) one();
    await turn();
  };
  /** As a stage does that wakes those who wait although it has no room. */
  const wakeInVain = (): void => {
    const waiting = open;
    open = [];
    for (const one of waiting) one();
  };
  return { clock, line, on, expired, makeRoom, wakeInVain, asked: () => asked };
}

const serializing = (): { promise: Promise<boolean>; end: (stays: boolean) => Promise<void> } => {
  let resolve: (stays: boolean) => void = () => undefined;
  const promise = new Promise<boolean>((done) => (resolve = done));
  return {
    promise,
    end: async (stays) => {
      resolve(stays);
      await turn();
    },
  };
};

describe('Line', () => {
  it('hands on in order of arrival, as far as there is room', async () => {
    const { line, on, asked, makeRoom } = setUp();
    for (const value of 'abc') line.join(deliveryOf(value));
    expect(on).toEqual([]);
    expect(asked()).toBe(1);
    await makeRoom(2);
    expect(on).toEqual(['a', 'b']);
    expect(line.length).toBe(1);
    await makeRoom(1);
    expect(on).toEqual(['a', 'b', 'c']);
  });

  it('keeps those behind a serializer waiting, room or not', async () => {
    const { line, on, makeRoom } = setUp();
    await makeRoom(10);
    const first = serializing();
    const second = serializing();
    line.join(deliveryOf('a'), first.promise);
    line.join(deliveryOf('b'), second.promise);
    line.join(deliveryOf('c'));
    expect(line.waitingForRoom).toBe(false);
    await second.end(true);
    expect(on).toEqual([]);
    await first.end(true);
    expect(on).toEqual(['a', 'b', 'c']);
  });

  it('goes on past one whose serializer failed', async () => {
    const { line, on, makeRoom } = setUp();
    await makeRoom(10);
    const first = serializing();
    line.join(deliveryOf('a'), first.promise);
    line.join(deliveryOf('b'));
    await first.end(false);
    expect(on).toEqual(['b']);
    expect(line.length).toBe(0);
  });

  it('lets go after maxBlockMs, each at its own time, and leaves no timer', async () => {
    const { line, clock, on, expired, makeRoom } = setUp();
    line.join(deliveryOf('a'));
    await clock.advance(60);
    line.join(deliveryOf('b'));
    await clock.advance(39);
    expect(expired).toEqual([]);
    await clock.advance(1);
    expect(expired).toEqual(['a']);
    await clock.advance(60);
    expect(expired).toEqual(['a', 'b']);
    expect(line.length).toBe(0);
    expect(clock.pending).toBe(0);
    await makeRoom(5);
    expect(on).toEqual([]);
  });

  it('hands on those for whom room came while the process stood still for maxBlockMs', async () => {
    const { clock, line, on, expired, makeRoom } = setUp();
    for (const value of 'ab') line.join(deliveryOf(value));
    clock.arrive(5, () => void makeRoom(1));
    clock.block(1_000);
    await clock.runAll();
    expect([on, expired]).toEqual([['a'], ['b']]);
  });

  it('lets go at the delivery deadline when that comes first', async () => {
    const { line, clock, expired } = setUp();
    line.join(deliveryOf('a', 30));
    await clock.advance(30);
    expect(expired).toEqual(['a']);
  });

  it('says of one that expires whether it waited for its serializer', async () => {
    const { line, clock, on, expired, makeRoom } = setUp();
    await makeRoom(10);
    const first = serializing();
    line.join(deliveryOf('a'), first.promise);
    await clock.advance(50);
    line.join(deliveryOf('b'));
    await clock.advance(50);
    expect(expired).toEqual(['a serializing']);
    expect(on).toEqual(['b']);
    await first.end(true);
    expect(on).toEqual(['b']);
  });

  it('waits for ever without a limit', async () => {
    const { line, clock } = setUp({ maxBlockMs: Infinity });
    line.join(deliveryOf('a'));
    expect(clock.pending).toBe(0);
  });

  it('says when those in line now have left it, gone on or expired', async () => {
    const { line, clock, makeRoom } = setUp();
    let passed = 0;
    await line.passed();
    line.join(deliveryOf('a'));
    void line.passed().then(() => passed++);
    line.join(deliveryOf('b'));
    void line.passed().then(() => passed++);
    await makeRoom(1);
    expect(passed).toBe(1);
    await clock.advance(100);
    expect(passed).toBe(2);
  });

  it('gives up everybody at clear, serializing or not', async () => {
    const { line, clock, on, makeRoom } = setUp();
    const first = serializing();
    line.join(deliveryOf('a'), first.promise);
    line.join(deliveryOf('b'));
    expect(line.clear().map(textOf)).toEqual(['a', 'b']);
    expect(line.length).toBe(0);
    await first.end(true);
    await makeRoom(5);
    expect(on).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('asks once a millisecond a stage that wakes it in vain, and not without end', async () => {
    const { line, clock, on, asked, makeRoom, wakeInVain } = setUp();
    line.join(deliveryOf('a'));
    wakeInVain();
    await turn();
    wakeInVain();
    await turn();
    const before = asked();
    await turn();
    expect(asked()).toBe(before);
    await clock.advance(1);
    expect(asked()).toBe(before + 1);
    wakeInVain();
    await clock.advance(1);
    await makeRoom(1);
    await clock.advance(1);
    expect(on).toEqual(['a']);
  });

  it('does not starve the event loop when a stage says "ready" and is not', async () => {
    const clock = fakeClock();
    const line = new Line({
      clock,
      maxBlockMs: 100,
      ready: () => Promise.reject(new Error('broken')),
      handOn: () => undefined,
      expired: () => undefined,
    });
    line.join(deliveryOf('a'));
    await turn();
    await clock.advance(100);
    expect(line.length).toBe(0);
  });

  it('hands on 100,000 places, and lets 100,000 expire at times of their own, in linear time', async () => {
    const { line, clock, on, expired, makeRoom } = setUp();
    const deliveries: Delivery[] = Array.from({ length: 100_000 }, () => deliveryOf('x'));
    const started = process.cpuUsage();
    for (const delivery of deliveries) line.join(delivery);
    await makeRoom(100_000);
    expect(on).toHaveLength(100_000);
    await makeRoom(0);
    for (const [index, delivery] of deliveries.entries()) {
      line.join(delivery);
      if (index % 1_000 === 0) await clock.advance(1);
    }
    await clock.advance(100);
    expect(expired).toHaveLength(100_000);
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(5_000);
  });
});

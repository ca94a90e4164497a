import { checkProperty, createDelivery, fakeClock } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../contract/delivery.js';
import { WaitQueue } from './wait-queue.js';

const maxBlockMs = 100;

const someRecords = fc.array(
  fc.record({
    afterMs: fc.nat({ max: 30 }),
    // Shorter than maxBlockMs, so that later records may expire before earlier ones, or longer.
    deadlineMs: fc.nat({ max: 200 }),
    /** A serializer that takes this long; `undefined`: there is none. */
    serializesMs: fc.option(fc.nat({ max: 200 }), { nil: undefined }),
  }),
  { maxLength: 40 },
);

describe('WaitQueue', () => {
  it('lets each record go on in its turn, or ends it at its own time, with at most one timer of its own', async () => {
    const property = fc.asyncProperty(someRecords, fc.nat({ max: 1_000 }), async (all, roomAtMs) => {
      const clock = fakeClock();
      const deliveries: Delivery[] = [];
      const numbers = new Map<Delivery, number>();
      const handedOn: number[] = [];
      const ended = new Map<number, number>();
      let hasRoom = false;
      let openRoom = (): void => undefined;
      const room = new Promise<void>((resolve) => (openRoom = resolve));
      const queue = new WaitQueue({
        clock,
        maxBlockMs,
        keepsContext: false,
        ready: () => (hasRoom ? undefined : room),
        handOn: (delivery) => handedOn.push(numbers.get(delivery) ?? -1),
        expired: (delivery) => ended.set(numbers.get(delivery) ?? -1, clock.now()),
      });
      clock.after(roomAtMs, () => {
        hasRoom = true;
        openRoom();
      });
      const untils: number[] = [];
      for (const [number, { afterMs, deadlineMs, serializesMs }] of all.entries()) {
        await clock.advance(afterMs);
        const now = clock.now();
        const delivery = createDelivery({ topic: 'orders', value: 'v' }, { deadline: now + deadlineMs });
        numbers.set(delivery, number);
        deliveries.push(delivery);
        untils.push(now + Math.min(maxBlockMs, deadlineMs));
        const serialized =
          serializesMs === undefined
            ? undefined
            : new Promise<boolean>((resolve) => void clock.after(serializesMs, () => resolve(true)));
        queue.join(delivery, serialized);
      }
      await clock.runAll();
      expect(queue).toHaveLength(0);
      expect(queue.waitingRecords).toBe(0);
      expect(clock.pending).toBe(0);
      expect(handedOn).toEqual([...handedOn].sort((one, other) => one - other));
      for (const [number, until] of untils.entries()) {
        expect(handedOn.includes(number)).toBe(!ended.has(number));
        if (ended.has(number)) expect(ended.get(number)).toBe(until);
      }
    });
    await checkProperty(property);
  });

  it('finds the latest that expires first, and waits on for the others', async () => {
    const clock = fakeClock();
    const ended: string[] = [];
    const queue = new WaitQueue({
      clock,
      maxBlockMs: Infinity,
      keepsContext: false,
      ready: () => new Promise(() => undefined),
      handOn: () => expect.unreachable(),
      expired: ({ record }) => ended.push(`${record.topic} at ${clock.now()}`),
    });
    for (const [topic, deadline] of [
      ['long', 300],
      ['short', 100],
      ['middle', 200],
    ] as const)
      queue.join(createDelivery({ topic, value: 'v' }, { deadline }));
    expect(clock.pending).toBe(1);
    await clock.runAll();
    expect(ended).toEqual(['short at 100', 'middle at 200', 'long at 300']);
  });
});

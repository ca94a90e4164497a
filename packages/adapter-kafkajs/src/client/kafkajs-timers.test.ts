import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { takeOverTimers, type TimedConnection } from './kafkajs-timers.js';

function connection(enforceRequestTimeout = true) {
  let scheduled = 0;
  const pending: unknown[] = [];
  const one = {
    requestQueue: { enforceRequestTimeout, pending, scheduleCheckPendingRequests: () => void scheduled++ },
    requestTimeout: 30_000,
    connectionTimeout: 1_000,
    connect: () => new Promise<void>(() => undefined),
  } satisfies TimedConnection;
  return { one, pending, scheduled: () => scheduled };
}

describe('takeOverTimers', () => {
  it('lets kafkajs check its pending requests only while there are any: they may be throttled', () => {
    const { one, pending, scheduled } = connection();
    takeOverTimers(one, fakeClock());
    one.requestQueue.scheduleCheckPendingRequests();
    expect(scheduled()).toBe(0);
    pending.push('a request');
    one.requestQueue.scheduleCheckPendingRequests();
    expect(scheduled()).toBe(1);
  });

  it("returns kafkajs's own limit, which kafkajs does not enforce any more", () => {
    const limited = connection().one;
    expect(takeOverTimers(limited, fakeClock())).toBe(30_000);
    expect(limited.requestQueue.enforceRequestTimeout).toBe(false);
    expect(takeOverTimers(connection(false).one, fakeClock())).toBe(Infinity);
  });

  it('gives up connecting after connectionTimeout, by the clock of the chain', async () => {
    const clock = fakeClock();
    const { one } = connection();
    takeOverTimers(one, clock);
    const connecting = one.connect();
    connecting.catch(() => undefined);
    await clock.advance(999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    await expect(connecting).rejects.toThrow('no answer within 1000 ms');
    expect(clock.pending).toBe(0);
  });
});

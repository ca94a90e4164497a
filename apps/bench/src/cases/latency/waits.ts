import { setTimeout as delay } from 'node:timers/promises';

type Send = (index: number) => Promise<unknown>;

/** Replaced in tests. */
export interface Time {
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const realTime: Time = { now: () => performance.now(), sleep: (ms) => delay(ms) };

/**
 * Sends one after the other: each waits until the one before has resolved. Resolves with the time
 * that each took, in ms.
 */
export async function inTurn(count: number, send: Send, { now } = realTime): Promise<number[]> {
  const waits: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = now();
    await send(index);
    waits.push(now() - start);
  }
  return waits;
}

/**
 * Sends at a fixed interval in ms, whether earlier sends have resolved or not. Resolves with the
 * time from when each was due until it resolved, in ms: a side that delays what comes next is
 * charged for it.
 */
export async function onSchedule(
  count: number,
  everyMs: number,
  send: Send,
  { now, sleep } = realTime,
): Promise<number[]> {
  const waits: number[] = [];
  const sends: Promise<unknown>[] = [];
  const start = now();
  for (let index = 0; index < count; index++) {
    const due = start + index * everyMs;
    while (now() < due) await sleep(due - now());
    const sent = send(index).then(() => waits.push(now() - due));
    // A failure while others are due is reported at the end.
    sent.catch(() => undefined);
    sends.push(sent);
  }
  await Promise.all(sends);
  return waits;
}

import { setTimeout as delay } from 'node:timers/promises';

type Send = (index: number) => Promise<unknown>;

/** Replaced in tests. */
export interface Time {
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const realTime: Time = { now: () => performance.now(), sleep: (ms) => delay(ms) };

/** One send after the other: each waits until the one before has resolved. How long each took, in ms. */
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
 * A send every so many ms, whether those before have resolved or not. How long after it was due each resolved, in ms: a side
 * that holds up what comes next is charged for it, too.
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
    // One that fails while others are due is told of in the end.
    sent.catch(() => undefined);
    sends.push(sent);
  }
  await Promise.all(sends);
  return waits;
}

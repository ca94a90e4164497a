import { describe, expect, it } from 'vitest';
import { Notify } from './notify.js';

async function isOpen(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe('a notify', () => {
  it('lets all pass who wait when it is opened, and nobody who comes later', async () => {
    const notify = new Notify();
    expect(notify.isAwaited).toBe(false);
    notify.notifyAll();
    const waiting = [notify.wait(), notify.wait()];
    expect(notify.isAwaited).toBe(true);
    notify.notifyAll();
    await Promise.all(waiting);
    expect(notify.isAwaited).toBe(false);
    expect(await isOpen(notify.wait())).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { Gate } from './notify.js';

async function isOpen(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe('a gate', () => {
  it('lets all pass who wait when it is opened, and nobody who comes later', async () => {
    const gate = new Gate();
    expect(gate.isAwaited).toBe(false);
    gate.open();
    const waiting = [gate.wait(), gate.wait()];
    expect(gate.isAwaited).toBe(true);
    gate.open();
    await Promise.all(waiting);
    expect(gate.isAwaited).toBe(false);
    expect(await isOpen(gate.wait())).toBe(false);
  });
});

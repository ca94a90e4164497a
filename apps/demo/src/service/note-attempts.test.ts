import { createProducer, silentLogger } from '@holdfast/core';
import { checkMiddleware, fakeClock, scriptedAdapter } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { noteAttempts } from './note-attempts.js';

describe('the middleware that notes unknown outcomes', () => {
  it('keeps the contract', async () => {
    const nothing = (): void => undefined;
    const create = () => noteAttempts(nothing, nothing);
    expect(await checkMiddleware({ name: 'note-attempts', create, seed: 1, runs: 20 })).toEqual([]);
  });

  it('notes each record that goes down, and those with an attempt that ended as unknown', async () => {
    const clock = fakeClock();
    const script = [[{}, { outcome: 'unknown' }, { outcome: 'failed' }]] as const;
    const down: unknown[] = [];
    const noted: unknown[] = [];
    const producer = await createProducer({
      adapter: scriptedAdapter({ clock, script }),
      use: [
        noteAttempts(
          ({ value }) => down.push(value?.toString()),
          ({ value }) => noted.push(value?.toString()),
        ),
      ],
      env: { clock, logger: silentLogger },
    });
    const outcomes = producer.sendBatch(['one', 'two', 'three'].map((value) => ({ topic: 't', value })));
    await clock.advance(1);
    expect((await outcomes).map(({ status }) => status)).toEqual(['delivered', 'unknown', 'failed']);
    expect(down).toEqual(['one', 'two', 'three']);
    expect(noted).toEqual(['two']);
  });
});

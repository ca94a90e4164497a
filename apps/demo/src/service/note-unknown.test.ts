import { createProducer, silentLogger } from '@holdfast/core';
import { checkMiddleware, fakeClock, scriptedAdapter } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { noteUnknown } from './note-unknown.js';

describe('the middleware that notes what was unknown', () => {
  it('keeps the contract', async () => {
    const create = () => noteUnknown(() => undefined);
    expect(await checkMiddleware({ name: 'note-unknown', create, seed: 1, runs: 20 })).toEqual([]);
  });

  it('notes each record whose attempt ended as unknown, and no other', async () => {
    const clock = fakeClock();
    const script = [[{}, { outcome: 'unknown' }, { outcome: 'failed' }]] as const;
    const noted: unknown[] = [];
    const producer = await createProducer({
      client: scriptedAdapter({ clock, script }),
      use: [noteUnknown(({ value }) => noted.push(value?.toString()))],
      env: { clock, logger: silentLogger },
    });
    const outcomes = producer.sendBatch(['one', 'two', 'three'].map((value) => ({ topic: 't', value })));
    await clock.advance(1);
    expect((await outcomes).map(({ status }) => status)).toEqual(['delivered', 'unknown', 'failed']);
    expect(noted).toEqual(['two']);
  });
});

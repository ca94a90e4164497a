import { createProducer, ProducerError, type Middleware } from '@holdfast/core';
import { buffer } from '@holdfast/buffer';
import { memoryKafka, simulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { recommended } from './recommended.js';

const names = (use: readonly Middleware[]): string[] => use.map(({ name }) => name);

describe('recommended', () => {
  it('without options has everything that needs no disk', () => {
    expect(names(recommended())).toEqual(['metrics', 'buffer', 'retry', 'circuitBreaker']);
  });

  it('with a journal has everything, in the right order', () => {
    expect(names(recommended({ journal: { directory: 'outbox' } }))).toEqual([
      'metrics',
      'journal',
      'deadLetterQueue',
      'buffer',
      'retry',
      'circuitBreaker',
    ]);
  });

  it.each(['delivered', 'journaled'] as const)('composes with acknowledge: %s', async (acknowledge) => {
    const use = recommended({ journal: { directory: '/outbox', acknowledge } });
    const client = memoryKafka().adapter();
    const producer = await createProducer({ adapter: client, use, env: { disk: simulatedDisk() } });
    await producer.close();
  });

  it('leaves out what is false, and accepts a middleware in place of options', () => {
    const own: Middleware = { name: 'own', bind: (next) => ({ send: next }) };
    const mine = buffer({ maxRecords: 5 });
    expect(recommended({ metrics: false, circuitBreaker: false, retry: own, buffer: mine })).toEqual([
      mine,
      own,
    ]);
    expect(names(recommended({ journal: { directory: 'outbox' }, deadLetterQueue: false }))).not.toContain(
      'deadLetterQueue',
    );
  });

  it('passes options to metrics', () => {
    const refused = (): void => void recommended({ metrics: { maxTopics: 0 } });
    expect(refused).toThrow(/metrics: 'maxTopics' must be/);
  });

  describe('lets the journal accept records that are not delivered within 10 s', () => {
    const acceptsAfterMs = (use: readonly Middleware[]): number | undefined =>
      use.find(({ name }) => name === 'journal')?.traits?.acceptsAfterMs;
    const directory = 'outbox';

    it('by default, above a dead-letter queue', () => {
      expect(acceptsAfterMs(recommended({ journal: { directory } }))).toBe(10_000);
      expect(acceptsAfterMs(recommended({ journal: { directory, acceptAfterMs: 500 } }))).toBe(500);
      expect(acceptsAfterMs(recommended({ journal: { directory, acceptAfterMs: Infinity } }))).toBe(Infinity);
      expect(acceptsAfterMs(recommended({ journal: { directory }, deadLetterQueue: false }))).toBe(Infinity);
    });

    it('which requires a handler for records that fail later', async () => {
      const use = recommended({ journal: { directory, acceptAfterMs: 500 }, deadLetterQueue: false });
      const producer = createProducer({
        adapter: memoryKafka().adapter(),
        use,
        env: { disk: simulatedDisk() },
      });
      await expect(producer).rejects.toMatchObject({
        code: 'INVALID_CHAIN',
        message: expect.stringContaining("'journal' answers on acceptance after 500 ms") as string,
      });
    });
  });

  it('reports what is wrong with any of them, at once', () => {
    const wrong = {
      buffer: { maxRecords: 0 },
      retry: { jitter: 'some' },
      journal: {},
      circuitBraker: {},
      deadLetterQueue: 5,
    };
    const refused = (): void => void Reflect.apply(recommended, undefined, [wrong]);
    expect(refused).toThrow(ProducerError);
    for (const words of [
      /maxRecords/,
      /jitter/,
      /directory/,
      /unknown option 'circuitBraker'/,
      /'deadLetterQueue' must/,
    ]) {
      expect(refused).toThrow(words);
    }
    for (const none of ['x', null])
      expect(() => void Reflect.apply(recommended, undefined, [none])).toThrow(/must be an object/);
    expect(() => void Reflect.apply(recommended, undefined, [{ journal: null }])).toThrow(/'journal' must/);
  });
});

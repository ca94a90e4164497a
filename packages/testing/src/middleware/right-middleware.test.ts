import type { Middleware } from '@holdfast/core';
import { SerializedRecord } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { checkMiddleware } from './check-middleware.js';
import { RateLimitStage } from './rate-limit.fixture.js';
import { QueueStage, RetryStage, check, cipher, keeper, stamp, type Bind } from './stages.fixture.js';

describe('a middleware that is right passes:', () => {
  it('stamp, which adds a header', async () => {
    expect(await checkMiddleware({ name: 'stamp', create: () => stamp('shop'), runs: 5 })).toEqual([]);
  });

  it('a queue that keeps lanes, says when it is full and ends what it holds', async () => {
    expect(await check('queue', (next, env) => new QueueStage(next, env), { keepsLanes: true })).toEqual([]);
  });

  it.each([100, 1, 0.1])('a rate limit of %d a second', async (perSecond) => {
    const limit: Bind = (next, env) => new RateLimitStage(next, env, perSecond);
    expect(await check('limit', limit)).toEqual([]);
  });

  it('a stage that tries again', async () => {
    const retry = (delayMs: number): Middleware => ({
      name: 'again',
      traits: { resends: true },
      bind: (next, env) => new RetryStage(next, env, delayMs),
    });
    const features = { createWithoutDelay: () => retry(0) };
    expect(
      await checkMiddleware({ name: 'again', create: () => retry(300), features, seed: 1, runs: 5 }),
    ).toEqual([]);
  }, 60_000);

  it('a stage that answers for a record itself, with a fork, and tells what became of it', async () => {
    expect(await check('keeper', keeper(), { answers: 'acceptance' })).toEqual([]);
  });

  it('one that changes what it forks', async () => {
    const sealed = keeper(
      ({ topic, key, timestamp }) => new SerializedRecord(topic, key, null, undefined, undefined, timestamp),
    );
    expect(await check('sealed', sealed, { answers: 'acceptance' }, { changesRecords: true })).toEqual([]);
  });

  it('a stage that changes values', async () => {
    expect(await check('cipher', cipher, {}, { changesRecords: true })).toEqual([]);
  });

  it('a stage that changes topic, key and partition', async () => {
    const route: Bind = (next) => ({
      send(batch, settle) {
        for (const { record } of batch) {
          record.key = record.value;
          record.topic = `eu.${record.topic}`;
          record.partition = 1;
        }
        next(batch, settle);
      },
    });
    expect(await check('route', route, {}, { changesRecords: true })).toEqual([]);
  });

  it('an async send', async () => {
    const late: Bind = (next) => ({
      // eslint-disable-next-line @typescript-eslint/no-misused-promises -- third parties write it so
      async send(batch, settle) {
        await Promise.resolve();
        next(batch, settle);
      },
    });
    expect(await check('late', late)).toEqual([]);
  });
});

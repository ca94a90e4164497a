import { fork, type Middleware } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { checkMiddleware } from './check-middleware.js';
import { QueueStage, RetryStage, check, copy, stamp, type Bind } from './stages.fixture.js';

describe('a middleware that is right passes:', () => {
  it('stamp, which adds a header', async () => {
    expect(await checkMiddleware({ name: 'stamp', create: () => stamp('shop'), runs: 5 })).toEqual([]);
  });

  it('a queue that keeps lanes, says when it is full and ends what it holds', async () => {
    expect(await check('queue', (next, env) => new QueueStage(next, env), { keepsLanes: true })).toEqual([]);
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

  it('a stage that answers for a record itself, with a fork', async () => {
    const accept: Bind = (next) => ({
      send(batch, settle) {
        const own = batch.map((one) => fork(one, copy(one.record)));
        for (const one of batch) one.outcome = { status: 'accepted', by: 'keeper' };
        settle(batch);
        next(own, () => undefined);
      },
    });
    // It hands its fork down once and forgets what becomes of it, so a failure is a loss that only a topic shows.
    expect(await check('keeper', accept, { answers: 'acceptance' }, { changesRecords: true })).toEqual([]);
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

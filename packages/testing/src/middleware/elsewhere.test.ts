import type { Middleware } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import type { MemoryKafka } from '../memory/memory-kafka.js';
import { checkMiddleware } from './check-middleware.js';
import { allOrNothing, boast, dedup, FailoverStage, mirror, secondKafka } from './elsewhere.fixture.js';
import { check, said } from './stages.fixture.js';

describe('a stage that delivers elsewhere', () => {
  it('passes: a failover, whose second cluster is looked at', async () => {
    let second: MemoryKafka = secondKafka();
    const create = (): Middleware => {
      second = secondKafka();
      return {
        name: 'failover',
        traits: { needsDeliveryResults: true },
        bind: (next, env) => new FailoverStage(next, env, second.adapter()),
      };
    };
    const features = { deliversElsewhere: () => second.messages() };
    expect(await checkMiddleware({ name: 'failover', create, features, seed: 1, runs: 10 })).toEqual([]);
    expect(second.messages().length).toBeGreaterThan(0);
  });

  it('passes: a mirror', async () => {
    expect(await check('mirror', mirror, {}, { deliversElsewhere: true })).toEqual([]);
  });

  it('passes: a dedup', async () => {
    expect(await check('dedup', dedup, {}, { deliversElsewhere: true })).toEqual([]);
  });

  it('has to say so', async () => {
    expect(await said('mirror', mirror)).toContain('holds what was never sent: topic mirror.');
    expect(await said('boast', boast)).toContain(
      "'boast' settled as 'delivered' what the stage below never said to be; a stage that delivers in another way says features.deliversElsewhere",
    );
  });

  it('is believed, and found out where it can be looked up', async () => {
    expect(await check('boast', boast, {}, { deliversElsewhere: true })).toEqual([]);
    expect(await said('boast', boast, {}, { deliversElsewhere: () => [] })).toMatch(
      /I1: .* was reported 'delivered', but is neither in the topic nor in what 'deliversElsewhere' returned/,
    );
  });

  it('is held to everything else', async () => {
    expect(await said('both', allOrNothing, {}, { deliversElsewhere: true })).toContain(
      "'both' settled as 'failed' (certainly not written) a delivery of which an attempt was 'delivered'; say 'unknown'",
    );
    const forgets = await said(
      'mirror',
      (next) => ({ send: (batch, settle) => next(batch.slice(1), settle) }),
      {},
      {
        deliversElsewhere: true,
      },
    );
    expect(forgets).toContain("'mirror' never settled a delivery");
  });
});

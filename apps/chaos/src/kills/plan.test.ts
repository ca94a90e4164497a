import { seededRandom } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Moments, momentNames, type Moment } from './moment.js';
import { planOf, type KillsOptions } from './plan.js';

const options: KillsOptions = {
  kills: 100,
  clients: ['kafkajs', 'confluent'],
  seed: 1,
  acknowledge: undefined,
  fsync: undefined,
};

describe('the plan', () => {
  it('has every client in every mode, and the given number of kills', () => {
    const plan = planOf(options);
    expect(plan.map(({ client, journal }) => `${client} ${journal.acknowledge}`)).toEqual([
      'kafkajs journaled',
      'confluent journaled',
      'kafkajs delivered',
      'confluent delivered',
    ]);
    expect(plan.map(({ kills }) => kills)).toEqual([25, 25, 25, 25]);
  });

  it.each([1, 3, 7, 399, 1_000])('shares %i kills out, at most 100 to a round', (kills) => {
    const shares = planOf({ ...options, kills }).map((round) => round.kills);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(kills);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(Math.max(...shares)).toBeLessThanOrEqual(100);
  });

  it('is the same for the same seed, and respects the options', () => {
    expect(planOf(options)).toEqual(planOf(options));
    expect(planOf({ ...options, seed: 2 })).not.toEqual(planOf(options));
    const [round] = planOf({ ...options, acknowledge: 'delivered', fsync: 'never' });
    expect(round?.journal).toMatchObject({ acknowledge: 'delivered', fsync: 'never' });
  });
});

describe('the moments', () => {
  const moments = (seed: number): Moment[] => {
    const chosen = new Moments(seededRandom(seed));
    return Array.from({ length: 300 }, () => chosen.next());
  };

  it('are the same for the same seed', () => {
    expect(moments(1)).toEqual(moments(1));
    expect(moments(1)).not.toEqual(moments(2));
  });

  it.each([1, 2, 3, 4, 5])('begin with one at which something was acknowledged (seed %i)', (seed) => {
    expect(moments(seed)[0]).toMatchObject({ kind: 'acknowledged' });
  });

  it('are of every kind, with kills of recoveries, and of recoveries from those', () => {
    const names = moments(3).map(({ name }) => name);
    expect([...new Set(names)].sort()).toEqual([...momentNames].sort());
    expect(names.join(' ')).toContain('start start');
  });
});

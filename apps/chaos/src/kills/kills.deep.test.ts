/**
 * Kills producers with a journal (`kill -9`): 105 times over one broker, 40 times over three that
 * die too.
 */
import { describe, expect, it } from 'vitest';
import { chaos, everyPair, pairsOf, results, sumOf } from '../chaos.fixture.js';

describe('npm run chaos -- kills, for longer', () => {
  it('kills producers over both clients 105 times, and they keep I1 to I4', async () => {
    const { stdout, stderr, code } = await chaos('kills --kills 105 --brokers 1 --trouble 12 --json');
    expect(code, stderr).toBe(0);
    const rounds = results(stdout);
    expect(rounds.flatMap((round) => round['violations'])).toEqual([]);
    expect([...new Set(pairsOf(rounds))]).toEqual(everyPair);
    // A process to be killed while it closes may finish first.
    expect(sumOf(rounds, 'kills')).toBeGreaterThanOrEqual(95);
    expect(sumOf(rounds, 'killedRecoveries')).toBeGreaterThan(5);
    expect(sumOf(rounds, 'resent')).toBeGreaterThan(1_000);
    expect(sumOf(rounds, 'acknowledged')).toBeGreaterThan(1_000);
  });

  it('loses nothing on a cluster of three brokers, one of which is always dead or paused', async () => {
    const { stdout, stderr, code } = await chaos('kills --kills 40 --trouble 3 --json');
    expect(code, stderr).toBe(0);
    const rounds = results(stdout);
    expect(rounds.flatMap((round) => round['violations'])).toEqual([]);
    expect(sumOf(rounds, 'kills')).toBeGreaterThanOrEqual(30);
    expect(sumOf(rounds, 'brokerTroubles')).toBeGreaterThan(3);
  });

  it('finds the loss when the journal is thrown away eight times', async () => {
    const { stdout, stderr, code } = await chaos(
      'kills --kills 40 --client file --acknowledge journaled --trouble 1 --sabotage --json',
    );
    expect(code, stderr).toBe(1);
    const [round] = results(stdout);
    expect(round?.['lost']).toBeGreaterThan(0);
    expect(stderr).toContain('was answered');
  });
});

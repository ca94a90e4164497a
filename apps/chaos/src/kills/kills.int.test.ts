import { describe, expect, it } from 'vitest';
import { chaos, everyPair, pairsOf, results, sumOf } from '../chaos.fixture.js';

/**
 * With so few kills, only some seeds include a kill during recovery and a paused broker. This is
 * one of them.
 */
const seed = 6_577;

describe('npm run chaos -- kills', () => {
  it('kills producers over both clients ten times, and they keep I1 to I4', async () => {
    const { stdout, stderr, code } = await chaos(
      `kills --kills 10 --brokers 1 --trouble 2 --seed ${seed} --json`,
    );
    expect(code, stderr).toBe(0);
    const rounds = results(stdout);
    expect(rounds.flatMap((round) => round['violations'])).toEqual([]);
    expect(pairsOf(rounds)).toEqual(everyPair);
    // A process to be killed while it closes may finish first.
    expect(sumOf(rounds, 'kills')).toBeGreaterThanOrEqual(9);
    expect(sumOf(rounds, 'killedRecoveries')).toBeGreaterThan(0);
    expect(sumOf(rounds, 'brokerTroubles')).toBeGreaterThan(0);
    expect(sumOf(rounds, 'resent')).toBeGreaterThan(0);
    // The first life of each round dies at its 828th, 560th, 1,125th and 972nd acknowledgement.
    expect(sumOf(rounds, 'acknowledged')).toBeGreaterThan(3_000);
  });

  it('refuses wrong options before it starts anything', async () => {
    const { stdout, stderr, code } = await chaos('kills --client rdkafka');
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain("--client: kafkajs, confluent, file, both, not 'rdkafka'");
  });
});

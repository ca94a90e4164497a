import { beforeAll, describe, expect, it } from 'vitest';
import { build, chaos, results, sumOf } from '../chaos.fixture.js';

const kills = 105;

beforeAll(build);

describe('npm run chaos -- kills', () => {
  it(
    `kills producers over both clients ${kills} times, and they keep I1 to I4`,
    { timeout: 300_000 },
    async () => {
      const { stdout, stderr, code } = await chaos(`kills --kills ${kills} --brokers 1 --trouble 12 --json`);
      expect(code, stderr).toBe(0);
      const rounds = results(stdout);
      expect(rounds.flatMap((round) => round['violations'])).toEqual([]);
      expect(
        new Set(rounds.map(({ client, acknowledge }) => `${String(client)} ${String(acknowledge)}`)).size,
      ).toBe(4);
      // One that was to be killed while it closed may have been quicker.
      expect(sumOf(rounds, 'kills')).toBeGreaterThanOrEqual(100);
      expect(sumOf(rounds, 'killedRecoveries')).toBeGreaterThan(5);
      expect(sumOf(rounds, 'resent')).toBeGreaterThan(1_000);
      expect(sumOf(rounds, 'acknowledged')).toBeGreaterThan(1_000);
    },
  );

  it('finds what is lost when the journal is thrown away', async () => {
    // Eight times: one or two may find nothing in it that Kafka has not.
    const { stdout, stderr, code } = await chaos(
      'kills --kills 40 --client file --acknowledge journaled --trouble 1 --sabotage --json',
    );
    expect(code, stderr).toBe(1);
    const [round] = results(stdout);
    expect(round?.['lost']).toBeGreaterThan(0);
    expect(stderr).toContain('was answered');
  });

  it('refuses wrong options before anything starts', async () => {
    const { stdout, stderr, code } = await chaos('kills --client rdkafka');
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain("--client: kafkajs, confluent, file, both, not 'rdkafka'");
  });
});

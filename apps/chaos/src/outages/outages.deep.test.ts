import { beforeAll, expect, it } from 'vitest';
import { build, chaos, results, sumOf } from '../chaos.fixture.js';

beforeAll(build);

it(
  'loses and reorders nothing while all brokers are away, over both clients, with a journal and without',
  { timeout: 280_000 },
  async () => {
    const { stdout, stderr, code } = await chaos('outages --times 1 --seconds 8 --json');
    expect(code, stderr).toBe(0);
    const chains = results(stdout);
    expect(chains).toHaveLength(8);
    expect(sumOf(chains, 'lost') + sumOf(chains, 'outOfOrder')).toBe(0);
    for (const { sent } of chains) expect(sent).toBeGreaterThan(2_000);
  },
);

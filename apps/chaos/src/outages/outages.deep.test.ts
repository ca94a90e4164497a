/** No broker for 8 s and for 20 s, with eight chains that are sending or start meanwhile. */
import { expect, it } from 'vitest';
import { chaos, results, sumOf } from '../chaos.fixture.js';

// A client's own retries outlast the shorter outage, but not the longer one.
it.each([8, 20])(
  'loses and reorders nothing while all brokers are away for %i s, over both clients, with a journal and without',
  async (seconds) => {
    const { stdout, stderr, code } = await chaos(`outages --times 1 --seconds ${seconds} --json`);
    expect(code, stderr).toBe(0);
    const chains = results(stdout);
    expect(chains).toHaveLength(8);
    expect(sumOf(chains, 'lost') + sumOf(chains, 'outOfOrder')).toBe(0);
    for (const { sent } of chains) expect(sent).toBeGreaterThan(250 * seconds);
  },
);

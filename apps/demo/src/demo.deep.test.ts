/**
 * Runs the demo as a user does: every act, at full length over both clients and in its short form;
 * about fifteen minutes.
 */
import { describe, expect, it } from 'vitest';
import { demo, ended, promised, resultsIn, type ResultLine } from './demo.fixture.js';
import { acts, chains, clients, sceneName, ways, type Act, type Client } from './names.js';

const longestRunMs = 1_800_000;

async function resultsOf(argv: readonly string[], env?: NodeJS.ProcessEnv): Promise<ResultLine[]> {
  const { stdout, stderr, code } = await ended(demo([...argv, '--json'], env));
  expect(code, stderr).toBe(0);
  return resultsIn(stdout);
}

/** Both chains in every scene, plain first. */
const rowsOf = (client: Client, played: readonly Act[]) =>
  played.flatMap((act) =>
    (act === 'ways' ? ways : [undefined]).flatMap((way) =>
      chains.map((chain) => ({ client, chain, act, way })),
    ),
  );

function expectPromisesKept(results: readonly ResultLine[], client: Client, played: readonly Act[]): void {
  const rows = rowsOf(client, played);
  expect(results).toHaveLength(rows.length);
  for (const [at, { chain, act, way }] of rows.entries()) {
    const name = `${sceneName({ act, way })} ${chain}`;
    expect(results[at], name).toMatchObject({ client, chain, act, ...(way === undefined ? {} : { way }) });
    if (chain === 'holdfast') expect(results[at], name).toMatchObject(promised(act));
  }
}

const rowOf = (results: readonly ResultLine[], chain: string, act: Act): ResultLine =>
  results.find((one) => one['chain'] === chain && one['act'] === act) ?? {};

/** All of them dead-lettered once, and replayed exactly once when the cause was gone. */
function expectReplayed(results: readonly ResultLine[]): void {
  expect(rowOf(results, 'plain', 'dead-letters')['lost']).toBeGreaterThan(0);
  const { deadLettered, replayed, replayedAgain } = rowOf(results, 'holdfast', 'dead-letters');
  expect(deadLettered).toBeGreaterThan(0);
  expect({ replayed, replayedAgain }).toEqual({ replayed: deadLettered, replayedAgain: 0 });
}

describe('npm run demo', () => {
  it(
    'in its short form shows in every act that Holdfast over kafkajs keeps its promises',
    { timeout: longestRunMs },
    async () => {
      const results = await resultsOf(['--act', acts.join(','), '--rate', '300']);
      expectPromisesKept(results, 'kafkajs', acts);
      expectReplayed(results);
    },
  );

  it.each(clients)('-- --all shows it at full length over %s', { timeout: longestRunMs }, async (client) => {
    // As `npm run demo` does: without core's leak detection.
    const results = await resultsOf(['--all', '--client', client], { NODE_ENV: 'production' });
    expectPromisesKept(results, client, acts);
    expectReplayed(results);
    const { lost } = rowOf(results, 'plain', 'cluster');
    if (client === 'kafkajs') expect(lost).toBeGreaterThan(0);
  });
});

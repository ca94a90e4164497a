import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './free-port.fixture.js';
import { demo, ended, promised, resultsIn } from './demo.fixture.js';

const longestRunMs = 400_000;

/** Plays one act in its short form; the next one is interrupted halfway. */
async function playAndInterrupt() {
  const port = String(await freePort());
  const child = demo(['--act', 'cluster,pause', '--rate', '300', '--json', '--metrics-port', port]);
  let brokers: number[] = [];
  let served = '';
  let metrics = Promise.resolve('');
  createInterface({ input: child.stderr }).on('line', (line) => {
    const [, address] = /metrics of demo-kafkajs-cluster-holdfast: (\S+)/.exec(line) ?? [];
    if (address !== undefined) served = address;
    if (line.includes('start all brokers')) metrics = fetch(served).then((answer) => answer.text());
    if (!line.includes('SIGSTOP to broker')) return;
    brokers = childrenOf(child.pid);
    child.kill('SIGINT');
  });
  const { stdout, stderr, code } = await ended(child);
  if (code !== 130) throw new Error(`not interrupted: it ended with ${code}\n${stderr}`);
  return { results: resultsIn(stdout), brokers, metrics: await metrics };
}

it('npm run demo refuses wrong options before it starts anything', async () => {
  const { stdout, stderr, code } = await ended(demo(['--act', 'flood']));
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
  expect(stderr).toContain("--act: leader, ways, cluster, pause, kill, dead-letters, not 'flood'");
});

describe('npm run demo', () => {
  let run: Awaited<ReturnType<typeof playAndInterrupt>>;
  beforeAll(async () => {
    run = await playAndInterrupt();
  }, longestRunMs);

  it('shows that plain kafkajs loses records while the whole cluster is down, and Holdfast over it loses none', () => {
    const [plain, holdfast, ...more] = run.results;
    expect(more).toEqual([]);
    expect(plain).toMatchObject({ client: 'kafkajs', chain: 'plain', act: 'cluster' });
    expect(plain?.['lost']).toBeGreaterThan(0);
    expect(holdfast).toMatchObject({
      ...{ client: 'kafkajs', chain: 'holdfast', act: 'cluster', ...promised('cluster') },
      ...{ rejected: 0, deadLettered: 0, failed: 0, unknown: 0, held: 0 },
    });
    expect(holdfast?.['sent']).toBeGreaterThan(3_000);
  });

  it('serves the metrics of Holdfast while all brokers are dead', () => {
    const producer = 'messaging_client_id="demo-kafkajs-cluster-holdfast"';
    const held = new RegExp(
      `^holdfast_stage_records\\{.*${producer}.*holdfast_stage="buffer".*\\} [1-9]`,
      'm',
    );
    expect(run.metrics).toMatch(held);
    expect(run.metrics).not.toContain('-plain');
  });

  it('stops its brokers when it is interrupted', async () => {
    expect(run.brokers.length).toBeGreaterThanOrEqual(3);
    await expect.poll(() => run.brokers.filter(isAlive), { timeout: 15_000 }).toEqual([]);
  });
});

const linesOf = (program: string, ...args: string[]): string[] =>
  spawnSync(program, args, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);

// Their addresses would prove nothing: another test's broker may have one of them by then.
const childrenOf = (pid = 0): number[] => linesOf('pgrep', '-P', String(pid), 'java').map(Number);

/** A zombie does not count: it is dead, and its parent has yet to collect it. */
const isAlive = (pid: number): boolean =>
  linesOf('ps', '-o', 'stat=', '-p', String(pid)).some((state) => !state.startsWith('Z'));

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ways, type Act } from './names.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const demo = (...argv: string[]): ChildProcess =>
  spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });

/** Everything that a process writes to one of its streams, and its exit code. */
async function run(...argv: string[]) {
  const child = demo(...argv);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => (output[name] += chunk.toString()));
  }
  const code = await exitCode(child);
  return { ...output, code };
}

/** The lines of `--json`, of one act in its short form. */
async function resultsOf(act: Act): Promise<unknown[]> {
  const { stdout, stderr, code } = await run('--act', act, '--rate', '300', '--json');
  expect(code, stderr).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}

const nothingWrong = {
  ...{ acknowledgedButLost: 0, outOfOrder: 0, unexplainedDuplicates: 0, unanswered: 0, foreign: 0 },
  ...{ unaccounted: 0, breaches: [], uncaught: [] },
};

// What users run is the build.
beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'apps/demo'], {
    cwd: root,
  });
});

describe('npm run demo', () => {
  it('shows that Holdfast over kafkajs loses and reorders nothing while the whole cluster is down', async () => {
    const [plain, holdfast, ...more] = await resultsOf('cluster');
    expect(more).toEqual([]);
    expect(plain).toMatchObject({ client: 'kafkajs', chain: 'plain', act: 'cluster' });
    expect(holdfast).toMatchObject({
      ...{ client: 'kafkajs', chain: 'holdfast', act: 'cluster', lost: 0, rejected: 0, ...nothingWrong },
      ...{ deadLettered: 0, failed: 0, unknown: 0, held: 0 },
    });
  });

  it('shows that each way to send loses and reorders nothing when a leader is killed', async () => {
    const results = await resultsOf('ways');
    expect(results).toHaveLength(6);
    for (const [at, way] of ways.entries()) {
      expect(results[2 * at]).toMatchObject({ chain: 'plain', act: 'ways', way });
      expect(results[2 * at + 1]).toMatchObject({ chain: 'holdfast', way, lost: 0, ...nothingWrong });
    }
  });

  it('shows that what is too large or forbidden is dead-lettered, and replayed once the cause is gone', async () => {
    const [plain, holdfast] = await resultsOf('dead-letters');
    expect(plain).toMatchObject({ chain: 'plain', act: 'dead-letters' });
    expect(plain).not.toMatchObject({ lost: 0 });
    expect(holdfast).toMatchObject({ chain: 'holdfast', lost: 0, replayedAgain: 0, ...nothingWrong });
    expect(holdfast).not.toMatchObject({ deadLettered: 0 });
  });

  it('shows that what a journal acknowledged is in the topic although the service was killed in an outage', async () => {
    const { unanswered: _, ...promised } = nothingWrong;
    expect(await resultsOf('kill')).toEqual([
      expect.objectContaining({ chain: 'plain', act: 'kill' }),
      expect.objectContaining({ chain: 'holdfast', act: 'kill', rejected: 0, ...promised }),
    ]);
  });

  it('refuses wrong options before anything starts', async () => {
    const { stdout, stderr, code } = await run('--act', 'flood');
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain("--act: leader, ways, cluster, pause, kill, dead-letters, not 'flood'");
  });

  it('takes its brokers down when it is interrupted', async () => {
    const child = demo('--act', 'leader');
    if (child.stderr === null) throw new Error('no stderr');
    let addresses: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      addresses = /Kafka: (127.*)$/.exec(line)?.[1]?.split(', ') ?? addresses;
      if (line.includes('brokers   1 up')) break;
    }
    child.stderr.resume();
    child.kill('SIGINT');
    expect(await exitCode(child)).toBe(130);
    expect(addresses).toHaveLength(3);
    for (const address of addresses) await expect(open(address)).rejects.toThrow('ECONNREFUSED');
  });
});

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

async function open(address: string): Promise<void> {
  const [host, port] = address.split(':');
  const socket = connect({ host: host ?? '', port: Number(port) });
  await once(socket, 'connect');
  socket.destroy();
}

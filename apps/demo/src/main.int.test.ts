import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

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

// What users run is the build.
beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'apps/demo'], {
    cwd: root,
  });
});

describe('npm run demo', () => {
  it('shows that Holdfast over kafkajs loses and reorders nothing while the whole cluster is down', async () => {
    const { stdout, stderr, code } = await run('--act', 'cluster', '--rate', '300', '--json');
    expect(code, stderr).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    const [plain, holdfast] = lines.map((line): unknown => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(plain).toMatchObject({ client: 'kafkajs', chain: 'plain', act: 'cluster' });
    expect(holdfast).toMatchObject({
      ...{ client: 'kafkajs', chain: 'holdfast', act: 'cluster', lost: 0, rejected: 0, outOfOrder: 0 },
      ...{ unexplainedDuplicates: 0, acknowledgedButLost: 0, unanswered: 0, foreign: 0, uncaught: [] },
    });
  }, 90_000);

  it('shows that what a journal acknowledged is in the topic although the service was killed in an outage', async () => {
    const { stdout, stderr, code } = await run('--act', 'kill', '--rate', '300', '--json');
    expect(code, stderr).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({ chain: 'plain', act: 'kill' }),
      expect.objectContaining({
        ...{ chain: 'holdfast', act: 'kill', acknowledgedButLost: 0, rejected: 0, outOfOrder: 0 },
        ...{ unexplainedDuplicates: 0, foreign: 0, uncaught: [] },
      }),
    ]);
  }, 90_000);

  it('refuses wrong options before anything starts', async () => {
    const { stdout, stderr, code } = await run('--act', 'flood');
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain("--act: leader, cluster, pause, kill, not 'flood'");
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
  }, 90_000);
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

import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from 'vitest';
import { demo, ended, promised, resultsIn } from './demo.fixture.js';

const longestRunMs = 400_000;

/** One act in its short form; in the midst of the next one it is interrupted. */
async function playAndInterrupt() {
  const child = demo(['--act', 'cluster,pause', '--rate', '300', '--json']);
  const addresses: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    addresses.push(...(/Kafka: (127.*)$/.exec(line)?.[1]?.split(', ') ?? []));
    if (line.includes('SIGSTOP to broker')) child.kill('SIGINT');
  });
  const { stdout, stderr, code } = await ended(child);
  if (code !== 130) throw new Error(`not interrupted: it ended with ${code}\n${stderr}`);
  return { results: resultsIn(stdout), addresses };
}

it('npm run demo refuses wrong options before anything starts', async () => {
  const { stdout, stderr, code } = await ended(demo(['--act', 'flood']));
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
  expect(stderr).toContain("--act: leader, ways, cluster, pause, kill, dead-letters, not 'flood'");
});

describe('npm run demo', () => {
  let run: Awaited<ReturnType<typeof playAndInterrupt>>;
  beforeAll(async () => {
    run = await playAndInterrupt();
  }, longestRunMs);

  it('shows that plain kafkajs loses records while the whole cluster is down, and Holdfast over it none', () => {
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

  it('takes its brokers down when it is interrupted', async () => {
    expect(run.addresses).toHaveLength(3);
    for (const address of run.addresses) await expect(open(address)).rejects.toThrow('ECONNREFUSED');
  });
});

async function open(address: string): Promise<void> {
  const [host, port] = address.split(':');
  const socket = connect({ host: host ?? '', port: Number(port) });
  await once(socket, 'connect');
  socket.destroy();
}

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, type BrokerStatus, type KafkaCluster } from './index.js';
import { processState } from './processes.js';
import { waitUntil } from './wait.js';

const run = promisify(execFile);
const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const FAIL_OVER_MS = 30_000;
const CLEAN_UP_MS = 15_000;

const states = (cluster: KafkaCluster): string[] => cluster.status().map(({ state }) => state);

async function newLeader(cluster: KafkaCluster, topic: string, old: number): Promise<number> {
  let leader = old;
  const moved = async (): Promise<boolean> => {
    leader = await cluster.leader(topic, 0);
    return leader !== old && leader > 0;
  };
  const late = (): Error => new Error(`${topic} is still led by ${leader}`);
  await waitUntil(moved, performance.now() + FAIL_OVER_MS, 20, late);
  return leader;
}

describe('three brokers', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 3, kind: 'java' });
  });
  afterAll(async () => {
    await cluster.down();
  });

  it('know each other, and are real', () => {
    expect(cluster.kind).toBe('java');
    expect(cluster.brokers).toHaveLength(3);
    expect(states(cluster)).toEqual(['running', 'running', 'running']);
  });

  it('make a topic once, with all its leaders', async () => {
    await cluster.createTopic('made', { partitions: 6 });
    const partitions = await cluster.describeTopic('made');
    expect(partitions.map(({ partition }) => partition)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { leader, replicas } of partitions) {
      expect(leader).toBeGreaterThan(0);
      expect(replicas).toHaveLength(3);
    }
    await expect(cluster.createTopic('made')).rejects.toThrow(/already exists/);
    await expect(cluster.createTopic('bad name!')).rejects.toThrow(/illegal|invalid/i);
    await expect(cluster.leader('made', 6)).rejects.toThrow('it has 6, from 0');
    await expect(cluster.leader('missing', 0)).rejects.toThrow('no topic missing');
  });

  it('replace a leader that is killed, and take it back on its old port', async () => {
    await cluster.createTopic('led');
    const old = await cluster.leader('led', 0);
    const before = cluster.brokers;
    await cluster.kill(old);
    expect(cluster.status()[old - 1]).toMatchObject({ state: 'stopped', pid: undefined });
    await cluster.kill(old);
    expect(await newLeader(cluster, 'led', old)).not.toBe(old);
    await cluster.start(old);
    await cluster.ready();
    expect(cluster.brokers).toEqual(before);
    const whole = async (): Promise<boolean> => (await cluster.describeTopic('led'))[0]?.isr.length === 3;
    const late = (): Error => new Error(`broker ${old} is not in sync again`);
    await waitUntil(whole, performance.now() + FAIL_OVER_MS, 50, late);
  });

  it('replace a leader that stands still, and take it back when it goes on', async () => {
    await cluster.createTopic('paused');
    const old = await cluster.leader('paused', 0);
    await cluster.pause(old);
    expect(cluster.status()[old - 1]?.state).toBe('paused');
    await newLeader(cluster, 'paused', old);
    await cluster.resume(old);
    expect(cluster.status()[old - 1]?.state).toBe('running');
    await cluster.ready();
  });

  it('stop gracefully, all die, and all come back with their topics', async () => {
    await cluster.stop(1);
    expect(states(cluster)).toEqual(['stopped', 'running', 'running']);
    await cluster.killAll();
    expect(states(cluster)).toEqual(['stopped', 'stopped', 'stopped']);
    await expect(cluster.leader('made', 0)).rejects.toThrow(/no broker of .* answers/);
    await cluster.startAll();
    expect((await cluster.describeTopic('made')).length).toBe(6);
  });

  it('are gone with their data when they are down', async () => {
    const { dataDirectory } = cluster;
    const pids = cluster.status().map(({ pid }) => pid ?? 0);
    await cluster.down();
    await cluster.down();
    expect(existsSync(dataDirectory ?? '')).toBe(false);
    for (const pid of pids) expect(processState(pid, 'kafka.Kafka')).toBe('gone');
    await expect(cluster.start(1)).rejects.toThrow('this cluster is down');
  });
});

describe('an owner that dies', () => {
  const program = (then: string): string => `
    const { startKafka } = await import(${JSON.stringify(BUILT)});
    const cluster = await startKafka({ brokers: 1, kind: 'java' });
    console.log(JSON.stringify({ status: cluster.status(), directory: cluster.dataDirectory }));
    ${then}`;

  async function start(then: string) {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program(then)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for await (const line of createInterface({ input: owner.stdout })) {
      const { status, directory } = JSON.parse(line) as { status: BrokerStatus[]; directory: string };
      return { owner, pid: status[0]?.pid ?? 0, directory };
    }
    throw new Error(`the owner said nothing; is ${BUILT} built (npx tsc -b tools/kafka)?`);
  }

  it.each([
    ['of kill -9', 'setInterval(() => 0, 1000);', 'SIGKILL'],
    ['of SIGTERM, with the broker paused', 'await cluster.pause(1); setInterval(() => 0, 1000);', 'SIGTERM'],
    ['of an exception', 'throw new Error("on purpose, for a test");', undefined],
    ['at the end of its program', '', undefined],
  ] as const)('%s takes its broker and the data along', async (_how, then, end) => {
    const { owner, pid, directory } = await start(then);
    expect(pid).toBeGreaterThan(0);
    const exit = once(owner, 'exit');
    if (end === 'SIGTERM') {
      const paused = (): Promise<boolean> => Promise.resolve(processState(pid, directory) === 'paused');
      await waitUntil(paused, performance.now() + CLEAN_UP_MS, 10, () => new Error('never paused'));
    }
    if (end !== undefined) owner.kill(end);
    await exit;
    const clean = (): Promise<boolean> =>
      Promise.resolve(processState(pid, directory) === 'gone' && !existsSync(directory));
    await waitUntil(
      clean,
      performance.now() + CLEAN_UP_MS,
      20,
      () => new Error(`${pid} or ${directory} is left`),
    );
  });
});

describe('the command', () => {
  it('leaves a cluster running, controls it from other processes, and ends it', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const { join } = await import('node:path');
    const directory = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
    const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
    const kafka = async (...argv: string[]): Promise<string> => {
      const options = `{ print: console.log, complain: console.error, directory: ${JSON.stringify(directory)} }`;
      const code = `const { main } = await import(${JSON.stringify(main)});
        process.exitCode = await main(${JSON.stringify(argv)}, ${options});`;
      return (await run(process.execPath, ['--input-type=module', '-e', code])).stdout;
    };
    try {
      expect(await kafka('up', '--brokers', '1', '--topic', 'orders:2')).toMatch(
        /Brokers: 127\.0\.0\.1:\d+\n {2}1 .* running/,
      );
      expect(await kafka('up')).toMatch(/running already/);
      expect(await kafka('pause', '1')).toMatch(/paused/);
      expect(await kafka('resume', 'all')).toMatch(/running/);
      expect(await kafka('kill', '1')).toMatch(/stopped/);
      expect(await kafka('start', '1')).toMatch(/running/);
      await expect(kafka('kill', '2')).rejects.toMatchObject({ code: 2 });
      expect(await kafka('stop', 'all')).toMatch(/stopped/);
      expect(await kafka('up', '--brokers', '1')).toMatch(/what is left[^]*running/);
    } finally {
      expect(await kafka('down')).toMatch(/gone/);
      await rm(directory, { recursive: true, force: true });
    }
    expect(existsSync(directory)).toBe(false);
  });
});

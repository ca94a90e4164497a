import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, type KafkaCluster } from './index.js';
import { takesAllAlong } from './owner.fixture.js';
import { processState } from './processes.js';
import { waitUntil } from './wait.js';

const run = promisify(execFile);
const FAIL_OVER_MS = 60_000;

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

  it('create a topic once, with all its leaders', async () => {
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

  it('replace a paused leader, and accept it again when it resumes', async () => {
    await cluster.createTopic('paused');
    const old = await cluster.leader('paused', 0);
    await cluster.pause(old);
    expect(cluster.status()[old - 1]?.state).toBe('paused');
    await newLeader(cluster, 'paused', old);
    await cluster.resume(old);
    expect(cluster.status()[old - 1]?.state).toBe('running');
    await cluster.ready();
  });

  it('replace a leader that is killed', async () => {
    await cluster.createTopic('led');
    const old = await cluster.leader('led', 0);
    await cluster.kill(old);
    expect(cluster.status()[old - 1]).toMatchObject({ state: 'stopped', pid: undefined });
    await cluster.kill(old);
    expect(await newLeader(cluster, 'led', old)).not.toBe(old);
  });

  it('stop gracefully, all die, and all come back on their old ports with their topics', async () => {
    const before = cluster.brokers;
    const another = cluster.status().find(({ state }) => state === 'running')?.id ?? 0;
    await cluster.stop(another);
    expect(states(cluster).filter((state) => state === 'running')).toHaveLength(1);
    await cluster.killAll();
    expect(states(cluster)).toEqual(['stopped', 'stopped', 'stopped']);
    await expect(cluster.leader('made', 0)).rejects.toThrow(/no broker of .* answers/);
    await cluster.startAll();
    expect(cluster.brokers).toEqual(before);
    expect((await cluster.describeTopic('made')).length).toBe(6);
    const whole = async (): Promise<boolean> => (await cluster.describeTopic('led'))[0]?.isr.length === 3;
    await waitUntil(whole, performance.now() + FAIL_OVER_MS, 50, () => new Error('led is not in sync again'));
  });

  it('are gone, with their data, once they are down', async () => {
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
  it.each([
    [
      'of kill -9, with its broker paused',
      'await cluster.pause(1); say(); setInterval(() => 0, 1000);',
      'SIGKILL',
    ],
    ['at the end of its program', 'say();', undefined],
  ] as const)('%s takes its broker and the data along', takesAllAlong);
});

describe('the command', () => {
  it('leaves a cluster running, controls it from other processes, and ends it', async () => {
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

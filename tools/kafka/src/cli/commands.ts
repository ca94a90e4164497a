import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaCluster } from '../cluster.js';
import { discover } from '../discover.js';
import { DockerNodes } from '../docker/docker-nodes.js';
import { launchDocker } from '../docker/start-docker.js';
import { prepareClasses } from '../java/class-archive.js';
import { findInstall } from '../java/install.js';
import { attachJava, launchJava } from '../java/start-java.js';
import { LiveCluster } from '../live-cluster.js';
import { resolveOptions } from '../options.js';
import { ids } from '../wait.js';
import type { Command, UpOptions } from './arguments.js';
import { describeCluster, describeStatus } from './describe.js';
import type { RunState, StateFile } from './state.js';

const READY_TIMEOUT_MS = 60_000;

/** Where the command keeps its state, and where it prints. */
export interface Context {
  readonly state: StateFile;
  /** The folder for the clusters' data. */
  readonly directory: string;
  readonly print: (text: string) => void;
}

/** Runs the command. Rejects with an `Error` whose message is for the user. */
export async function run(command: Command, context: Context): Promise<void> {
  if (command.name === 'up') return up(command.options, context);
  const state = await context.state.read();
  if (state === undefined) return nothing(command.name, context);
  const cluster = await attach(state);
  if (command.name === 'down') {
    await cluster.down();
    await context.state.remove();
    context.print('The cluster is gone, and its data with it.');
    return;
  }
  if ('id' in command) await onBrokers(cluster, command);
  context.print(describeStatus(cluster));
}

async function up({ topics, ...options }: UpOptions, context: Context): Promise<void> {
  const before = await context.state.read();
  if (before !== undefined) {
    const cluster = await attach(before);
    if (cluster.status().some(({ state }) => state !== 'stopped')) {
      context.print('A cluster is running already; end it first with `npm run kafka -- down`.');
      context.print(describeStatus(cluster));
      return;
    }
    context.print('Removing what is left of a cluster whose brokers have all ended.');
    await cluster.down();
  }
  await context.state.remove();
  const settings = resolveOptions({ ...options, dataDirectory: context.directory, require: 'real' });
  const found = await discover(settings);
  context.print(`Kafka: ${found.reason}`);
  if (found.kind !== 'java' && found.kind !== 'docker') {
    throw new Error('there is nothing to start: unset KAFKA_BROKERS to start a cluster here');
  }
  if (found.kind === 'java') await prepareClasses(found.install, context.print);
  const kind = found.kind;
  const launched =
    kind === 'java'
      ? { kind, ...(await launchJava(found.install, settings, found.reason)) }
      : { kind, ...(await launchDocker(settings, found.reason)) };
  const { cluster, guard, ...state } = launched;
  try {
    const users = await writeUsers(cluster);
    await context.state.write({ ...state, startedAt: new Date().toISOString() });
    for (const { name, partitions } of topics) await cluster.createTopic(name, { partitions });
    guard.release();
    context.print(describeCluster(cluster, users));
  } catch (error) {
    await cluster.down();
    throw error;
  }
}

/** Writes the users' names and passwords to a file, for a secure cluster. Returns its path. */
async function writeUsers({ security, dataDirectory }: KafkaCluster): Promise<string | undefined> {
  if (security === undefined || dataDirectory === undefined) return undefined;
  const file = join(dataDirectory, 'users.json');
  const { mechanisms, users } = security;
  await writeFile(file, `${JSON.stringify({ mechanisms, users }, undefined, 2)}\n`, { mode: 0o600 });
  return file;
}

async function attach(state: RunState): Promise<KafkaCluster> {
  if (state.kind === 'docker') {
    return new LiveCluster(new DockerNodes(state.plan), 'it was started before', READY_TIMEOUT_MS);
  }
  const install = await findInstall();
  if (typeof install === 'string') throw new Error(install);
  return attachJava(install, state.plan, READY_TIMEOUT_MS);
}

async function onBrokers(
  cluster: KafkaCluster,
  { name, id }: Extract<Command, { id: number | 'all' }>,
): Promise<void> {
  if (id !== 'all') return cluster[name](id);
  if (name === 'start') return cluster.startAll();
  await Promise.all(ids(cluster).map((one) => cluster[name](one)));
}

function nothing(command: string, context: Context): void {
  context.print('No cluster is up. Start one with `npm run kafka -- up`.');
  if (command !== 'status' && command !== 'down') throw new Error(`${command}: there is no broker`);
}

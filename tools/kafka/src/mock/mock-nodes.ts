import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BrokerStatus } from '../cluster.js';
import { Guard } from '../guard.js';
import { splitAddress, type BrokerSignal, type Nodes } from '../nodes.js';
import { UsageError } from '../usage-error.js';
import { processState, reaches, signal } from '../processes.js';
import { call, type Endpoint } from '../protocol/connection.js';
import type { NewTopic } from '../protocol/create-topics.js';
import { metadataRequest, readMetadata } from '../protocol/metadata.js';

const PROGRAM = fileURLToPath(new URL('../../mock.mjs', import.meta.url));
const ASK_TIMEOUT_MS = 5_000;
const KILL_MS = 5_000;

/**
 * Returns true when the client library, and with it the mock cluster, can be loaded; otherwise the
 * reason.
 */
export function findMock(): true | string {
  try {
    createRequire(import.meta.url)('@confluentinc/kafka-javascript');
    return true;
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return `@confluentinc/kafka-javascript does not load (${reason}): run \`npm run setup\``;
  }
}

/** Starts the mock cluster. Resolves when it answers. */
export async function startMock(size: number): Promise<MockNodes> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-mock-'));
  const guard = new Guard(directory);
  const child = spawn(process.execPath, [PROGRAM, String(size), directory], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    if (child.pid !== undefined) guard.watch(child.pid, directory);
    for await (const line of createInterface({ input: child.stdout })) {
      const { brokers, error } = JSON.parse(line) as { brokers?: string[]; error?: string };
      if (brokers === undefined) throw new Error(`the mock cluster did not start: ${error}`);
      child.unref();
      child.stdout.destroy();
      return new MockNodes(child.pid ?? 0, brokers, directory, guard);
    }
    throw new Error(`the mock cluster ended before it was up (exit code ${String(child.exitCode)})`);
  } catch (error) {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
    guard.release();
    throw error;
  }
}

/**
 * All its brokers are one process: killed, paused and resumed together, and never started again.
 */
class MockNodes implements Nodes {
  readonly kind = 'mock';
  readonly idsAreKafkas = true;
  readonly dataDirectory = undefined;
  readonly brokers: readonly string[];
  readonly #pid: number;
  readonly #directory: string;
  readonly #guard: Guard;

  constructor(pid: number, brokers: readonly string[], directory: string, guard: Guard) {
    this.#pid = pid;
    this.brokers = brokers;
    this.#directory = directory;
    this.#guard = guard;
  }

  get size(): number {
    return this.brokers.length;
  }

  endpoint(id: number): Endpoint {
    const address = this.brokers[id - 1];
    if (address === undefined) throw new RangeError(`no broker ${id}`);
    return splitAddress(address);
  }

  status(id: number): BrokerStatus {
    const { port } = this.endpoint(id);
    const state = processState(this.#pid, this.#directory);
    return state === 'gone'
      ? { id, pid: undefined, port, state: 'stopped' }
      : { id, pid: this.#pid, port, state };
  }

  spawn(): Promise<void> {
    return Promise.reject(
      new UsageError(
        'a mock cluster that was killed cannot come back: its ports and data are gone; use real Kafka',
      ),
    );
  }

  async signal(_id: number, name: BrokerSignal): Promise<void> {
    signal(this.#pid, this.#directory, name === 'SIGTERM' ? 'SIGKILL' : name);
    if (name === 'SIGCONT') return;
    await reaches(this.#pid, this.#directory, name === 'SIGSTOP' ? 'paused' : 'gone', KILL_MS);
  }

  /**
   * The mock cluster creates a topic when a client first requests its metadata, with a number of
   * partitions of its own choice.
   */
  async createTopic({ name, partitions }: NewTopic): Promise<void> {
    const answer = readMetadata(await call(this.endpoint(1), metadataRequest([name], true), ASK_TIMEOUT_MS));
    const made = answer.topics[0]?.partitions.length ?? 0;
    if (made === partitions) return;
    throw new UsageError(`createTopic ${name}: the mock cluster makes topics with ${made} partitions only`);
  }

  lastWords(): string {
    return 'the mock cluster keeps no log';
  }

  async remove(): Promise<void> {
    await this.signal(1, 'SIGKILL');
    await rm(this.#directory, { recursive: true, force: true });
    this.#guard.release();
  }
}

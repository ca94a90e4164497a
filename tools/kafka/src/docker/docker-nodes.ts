import { execFile, execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrokerState, BrokerStatus } from '../cluster.js';
import type { Guard } from '../guard.js';
import type { BrokerSignal, Nodes } from '../nodes.js';
import type { Endpoint } from '../protocol/connection.js';
import { containerName, type DockerPlan } from './compose.js';

const run = promisify(execFile);
const GRACE_SECONDS = '30';

export function composePath(plan: DockerPlan): string {
  return join(plan.directory, 'compose.json');
}

/** `docker` arguments that remove the containers, their network and their data. */
export function composeDown(plan: DockerPlan): string[] {
  return ['compose', '-f', composePath(plan), 'down', '--volumes', '--timeout', '0'];
}

/** Returns undefined when an engine answers; otherwise the reason why there is none. */
export async function dockerProblem(): Promise<string | undefined> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 });
    await run('docker', ['compose', 'version'], { timeout: 10_000 });
    return undefined;
  } catch {
    return 'no Docker engine with compose answers';
  }
}

/** Brokers as containers. Keeps only the plan; Docker knows their states. */
export class DockerNodes implements Nodes {
  readonly kind = 'docker';
  readonly idsAreKafkas = true;
  readonly #plan: DockerPlan;
  readonly #guard: Guard | undefined;

  constructor(plan: DockerPlan, guard?: Guard) {
    this.#plan = plan;
    this.#guard = guard;
  }

  get size(): number {
    return this.#plan.ports.length;
  }

  get brokers(): string[] {
    return this.#plan.ports.map((port) => `127.0.0.1:${port}`);
  }

  get dataDirectory(): string {
    return this.#plan.directory;
  }

  endpoint(id: number): Endpoint {
    return { host: '127.0.0.1', port: this.#port(id) };
  }

  status(id: number): BrokerStatus {
    return { id, pid: undefined, port: this.#port(id), state: this.#state(id) };
  }

  async spawn(id: number): Promise<void> {
    await run('docker', [
      'compose',
      '-f',
      composePath(this.#plan),
      'up',
      '--detach',
      '--no-recreate',
      `broker-${id}`,
    ]);
  }

  async signal(id: number, name: BrokerSignal): Promise<void> {
    const state = this.#state(id);
    const container = containerName(this.#plan, id);
    if (state === 'paused' && name !== 'SIGSTOP') await run('docker', ['unpause', container]);
    if (state === 'running' && name === 'SIGSTOP') await run('docker', ['pause', container]);
    if (state === 'stopped') return;
    if (name === 'SIGKILL') await run('docker', ['kill', container]);
    if (name === 'SIGTERM') await run('docker', ['stop', '--time', GRACE_SECONDS, container]);
  }

  lastWords(id: number): string {
    try {
      return execFileSync('docker', ['logs', '--tail', '15', containerName(this.#plan, id)], {
        encoding: 'utf8',
      });
    } catch {
      return '';
    }
  }

  async remove(): Promise<void> {
    await run('docker', composeDown(this.#plan));
    await rm(this.#plan.directory, { recursive: true, force: true });
    this.#guard?.release();
  }

  #port(id: number): number {
    const port = this.#plan.ports[id - 1];
    if (port === undefined) throw new RangeError(`no broker ${id}`);
    return port;
  }

  #state(id: number): BrokerState {
    const query = ['inspect', '--format', '{{.State.Status}}', containerName(this.#plan, id)];
    try {
      const status = ask(query).trim();
      return status === 'running' || status === 'paused' ? status : 'stopped';
    } catch {
      return 'stopped';
    }
  }
}

function ask(query: readonly string[]): string {
  return execFileSync('docker', query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

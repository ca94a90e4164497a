import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { BrokerStatus } from '../cluster.js';
import type { Guard } from '../guard.js';
import type { BrokerSignal, Nodes } from '../nodes.js';
import { processState, reaches, signal, spawned } from '../processes.js';
import type { Endpoint } from '../protocol/connection.js';
import { ids } from '../wait.js';
import type { KafkaInstall } from './install.js';
import { brokerArguments } from './jvm.js';
import { lastWordsOf } from './last-words.js';
import { logFile, outputFile, pidFile, propertiesFile, type ClusterPlan, type NodePlan } from './layout.js';

const GRACE_MS = 30_000;
const KILL_MS = 10_000;

/**
 * Brokers as processes of this machine. Keeps only the plan and the process ids in its folder, so
 * that a second process (the command line) can take over what a first one started.
 */
export class JavaNodes implements Nodes {
  readonly kind = 'java';
  readonly idsAreKafkas = true;
  readonly #install: KafkaInstall;
  readonly #plan: ClusterPlan;
  readonly #tls: Endpoint['tls'];
  readonly #guard: Guard | undefined;

  constructor(install: KafkaInstall, plan: ClusterPlan, guard?: Guard, tls?: Endpoint['tls']) {
    this.#install = install;
    this.#plan = plan;
    this.#guard = guard;
    this.#tls = tls;
  }

  get size(): number {
    return this.#plan.nodes.length;
  }

  get brokers(): string[] {
    return this.#plan.nodes.map((node) => `127.0.0.1:${node.port}`);
  }

  get dataDirectory(): string {
    return this.#plan.directory;
  }

  endpoint(id: number): Endpoint {
    const at = { host: '127.0.0.1', port: this.#node(id).internalPort };
    return this.#tls === undefined ? at : { ...at, tls: this.#tls };
  }

  status(id: number): BrokerStatus {
    const { port } = this.#node(id);
    const pid = this.#pid(id);
    const state = pid === undefined ? 'gone' : processState(pid, this.#marker(id));
    return state === 'gone' ? { id, pid: undefined, port, state: 'stopped' } : { id, pid, port, state };
  }

  async spawn(id: number): Promise<void> {
    const { directory } = this.#plan;
    const output = openSync(outputFile(directory, id), 'a');
    try {
      const child = spawn(this.#install.java, brokerArguments(this.#install, directory, id), {
        cwd: directory,
        detached: true, // Ctrl-C is for the owner, which may still have records to deliver
        stdio: ['ignore', output, output],
      });
      if (child.pid !== undefined) {
        this.#guard?.watch(child.pid, this.#marker(id));
        writeFileSync(pidFile(directory, id), String(child.pid));
      }
      await spawned(child, this.#marker(id));
      child.unref();
    } finally {
      closeSync(output);
    }
  }

  async signal(id: number, name: BrokerSignal): Promise<void> {
    const pid = this.#pid(id);
    if (pid === undefined) return;
    const marker = this.#marker(id);
    signal(pid, marker, name);
    if (name === 'SIGSTOP') await reaches(pid, marker, 'paused', KILL_MS);
    if (name === 'SIGTERM') {
      signal(pid, marker, 'SIGCONT'); // a paused process would never see the SIGTERM
      if (!(await reaches(pid, marker, 'gone', GRACE_MS))) await this.signal(id, 'SIGKILL');
    }
    if (name === 'SIGKILL' && !(await reaches(pid, marker, 'gone', KILL_MS))) {
      throw new Error(`broker ${id} (process ${pid}) is still there ${KILL_MS} ms after kill -9`);
    }
  }

  lastWords(id: number): string {
    const files = [outputFile(this.#plan.directory, id), logFile(this.#plan.directory, id)];
    return files.map((file) => `${file}:\n${lastWordsOf(contents(file))}`).join('\n');
  }

  async remove(): Promise<void> {
    await Promise.all(ids(this).map((id) => this.signal(id, 'SIGKILL')));
    await rm(this.#plan.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    this.#guard?.release();
  }

  #node(id: number): NodePlan {
    const node = this.#plan.nodes[id - 1];
    if (node === undefined) throw new RangeError(`no broker ${id}`);
    return node;
  }

  #pid(id: number): number | undefined {
    const pid = Number(contents(pidFile(this.#plan.directory, id)));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  }

  /** The settings file is on the broker's command line, and no other process names it. */
  #marker(id: number): string {
    return propertiesFile(this.#plan.directory, id);
  }
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerPlan } from '../docker/compose.js';
import type { ClusterPlan } from '../java/layout.js';

/** The cluster that `up` left running. */
export type RunState = { readonly startedAt: string } & (
  | { readonly kind: 'java'; readonly plan: ClusterPlan }
  | { readonly kind: 'docker'; readonly plan: DockerPlan }
);

export class StateFile {
  readonly #directory: string;

  /** Creates `directory` when there is something to write. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Returns undefined when nothing was started, or when its directory is gone. */
  async read(): Promise<RunState | undefined> {
    const text = await readFile(this.#path, 'utf8').catch(() => undefined);
    const state = text === undefined ? undefined : parseState(text);
    return state !== undefined && existsSync(state.plan.directory) ? state : undefined;
  }

  /**
   * Rejects with code EEXIST when another process was faster; call `remove` first for a stale file.
   */
  async write(state: RunState): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    await writeFile(this.#path, `${JSON.stringify(state, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 });
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  get #path(): string {
    return join(this.#directory, 'state.json');
  }
}

/** Returns undefined for anything that this version of the launcher did not write. */
export function parseState(text: string): RunState | undefined {
  try {
    const state: unknown = JSON.parse(text);
    return isState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is RunState {
  if (!isObject(value) || typeof value['startedAt'] !== 'string' || !isObject(value['plan'])) return false;
  const plan = value['plan'];
  if (typeof plan['directory'] !== 'string') return false;
  if (value['kind'] === 'java') return Array.isArray(plan['nodes']) && typeof plan['secure'] === 'boolean';
  return value['kind'] === 'docker' && Array.isArray(plan['ports']) && typeof plan['project'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

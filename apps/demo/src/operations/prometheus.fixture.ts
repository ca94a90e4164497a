import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.fixture.js';

const fetched = fileURLToPath(new URL('../../../../.cache/prometheus/prometheus', import.meta.url));
const onPath = (): boolean => spawnSync('prometheus', ['--version']).status === 0;

/** The folder that `npm run setup` fetched, or the PATH; undefined when neither has it. */
export const prometheusProgram = existsSync(fetched) ? fetched : onPath() ? 'prometheus' : undefined;

const readyTimeoutMs = 30_000;
const pollMs = 200;

/** Runs a program until standard input ends, which happens however this process ends. */
const untilInputEnds = '"$@" & pid=$!; read -r _; kill -9 $pid; wait';

/** One series of a response: its labels, and its points as `[seconds since 1970, value]`. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [at: number, value: number])[];
}

export interface Scrape {
  readonly port: number;
  /** The interval of scrapes and of rule evaluations, as `500ms`. */
  readonly every: string;
  /** The text of a file of rules. */
  readonly rules: string;
}

/** A real Prometheus on loopback that scrapes one target. */
export class Prometheus implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcessByStdio<Writable, null, null>,
    private readonly folder: string,
    private readonly address: string,
  ) {}

  static async start({ port, every, rules }: Scrape): Promise<Prometheus> {
    if (prometheusProgram === undefined)
      throw new Error('no Prometheus: `npm run setup -- prometheus` says why');
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-prometheus-'));
    await writeFile(join(folder, 'rules.yml'), rules);
    const config = `
global: { scrape_interval: ${every}, scrape_timeout: ${every}, evaluation_interval: ${every} }
rule_files: [rules.yml]
scrape_configs:
  - job_name: holdfast
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;
    await writeFile(join(folder, 'prometheus.yml'), config);
    const address = `127.0.0.1:${await freePort()}`;
    const options = [
      ...[`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`],
      ...[`--web.listen-address=${address}`, '--log.level=error'],
    ];
    const child = spawn('sh', ['-c', untilInputEnds, 'sh', prometheusProgram, ...options], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const started = new Prometheus(child, folder, address);
    try {
      await started.ready();
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
    return started;
  }

  async query(expr: string): Promise<readonly Series[]> {
    return seriesIn(await this.ask('query', { query: expr }));
  }

  /** Returns the value of a query with at most one result; undefined for none. */
  async value(expr: string): Promise<number | undefined> {
    const [first, ...more] = await this.query(expr);
    if (more.length > 0) throw new Error(`${expr}: ${more.length + 1} values`);
    return first?.points[0]?.[1];
  }

  /** `from` and `to` in seconds since 1970. */
  async range(expr: string, from: number, to: number, step: string): Promise<readonly Series[]> {
    return seriesIn(await this.ask('query_range', { query: expr, start: `${from}`, end: `${to}`, step }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin.end();
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    for (;;) {
      const answer = await fetch(`http://${this.address}/-/ready`).catch(() => undefined);
      if (answer?.ok) return;
      if (performance.now() > deadline) throw new Error(`Prometheus was not ready in ${readyTimeoutMs} ms`);
      await sleep(pollMs);
    }
  }

  private async ask(what: string, parameters: Record<string, string>): Promise<unknown> {
    const search = new URLSearchParams(parameters);
    const answer = await fetch(`http://${this.address}/api/v1/${what}?${search.toString()}`);
    if (!answer.ok) throw new Error(`${parameters['query']}: ${await answer.text()}`);
    return answer.json();
  }
}

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

// The form of successful responses is part of Prometheus's API:
// https://prometheus.io/docs/prometheus/latest/querying/api/
const isAnswer = (body: unknown): body is Answer =>
  typeof body === 'object' && body !== null && 'status' in body && body.status === 'success';

function seriesIn(body: unknown): readonly Series[] {
  if (!isAnswer(body)) throw new Error(`not a response of Prometheus: ${JSON.stringify(body)}`);
  return body.data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
    labels: metric,
    points: values.map(([at, text]): [number, number] => [at, Number(text)]),
  }));
}

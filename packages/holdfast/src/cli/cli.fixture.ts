import { isUint8Array } from 'node:util/types';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createProducer, ProducerError, silentLogger, type ProducerRecord } from '@holdfast/core';
import { nodeDisk, systemClock } from '@holdfast/core/stage';
import { deadLetterQueue } from '@holdfast/dead-letter-queue';
import { journal, type EncryptionOptions } from '@holdfast/journal';
import { memoryKafka } from '@holdfast/testing';
import type { CliEnv } from './context.js';
import { Interrupted } from './errors.js';
import { main } from './main.js';
import type { OutputStream } from './terminal/output-stream.js';

type Done = (error?: Error | null) => void;

/** Collects what is written, and responds as the system would. */
export class Screen implements OutputStream {
  readonly writes: string[] = [];
  isTTY = false;
  /** Default: written at once. */
  answer: (done: Done) => void = (done) => done();

  write(text: string, done: Done = () => undefined): void {
    this.writes.push(text);
    this.answer(done);
  }

  on(): void {}

  get text(): string {
    return this.writes.join('');
  }
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Takes all records except those for which `refuses` returns true. Collects how it is ended. */
export class Target {
  readonly values: string[] = [];
  readonly ends: string[] = [];

  constructor(private readonly refuses: (value: string) => boolean = () => false) {}

  send({ value }: ProducerRecord): Promise<unknown> {
    const text = isUint8Array(value) ? Buffer.from(value).toString() : String(value);
    if (this.refuses(text)) return Promise.reject(new ProducerError('UNKNOWN_TOPIC', 'no such topic'));
    this.values.push(text);
    return Promise.resolve();
  }

  flush(): Promise<void> {
    this.ends.push('flush');
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.ends.push('close');
    return Promise.resolve();
  }
}

/** Runs the command in a folder of its own on the real disk. */
export class Cli {
  readonly stop = new AbortController();
  stdout = new Screen();
  readonly stderr = new Screen();
  importModule: CliEnv['importModule'] = (url) => Promise.resolve(this.modules.get(url));
  private readonly modules = new Map<string, unknown>();

  private constructor(readonly folder: string) {}

  static async make(): Promise<Cli> {
    return new Cli(await mkdtemp(join(tmpdir(), 'holdfast-cli-')));
  }

  /** Returns another process in the same folder. */
  again(): Cli {
    return new Cli(this.folder);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Creates a module with these exports, and resolves with its path. */
  async module(exports: unknown, name = 'module.mjs'): Promise<string> {
    const path = this.path(name);
    await writeFile(path, '');
    this.modules.set(pathToFileURL(path).href, exports);
    return path;
  }

  interrupt(signal: 'SIGINT' | 'SIGTERM' = 'SIGINT'): void {
    this.stop.abort(new Interrupted(signal));
  }

  async run(...argv: readonly string[]): Promise<Ran> {
    const { stdout, stderr, importModule } = this;
    const code = await main(argv, {
      ...{ stdout, stderr, importModule, clock: systemClock, disk: nodeDisk, version: '1.2.3' },
      signal: this.stop.signal,
    });
    return { code, out: stdout.text, err: stderr.text };
  }

  /** Creates a journal with waiting records `v0`, `v1`, …, and resolves with its directory. */
  async journal(count: number, encryption?: EncryptionOptions): Promise<string> {
    const directory = this.path('outbox');
    const kafka = memoryKafka();
    kafka.down();
    const producer = await createProducer({
      adapter: kafka.adapter(),
      use: [journal({ directory, acknowledge: 'journaled', ...(encryption && { encryption }) })],
      onUndeliverable: () => undefined,
      env: { logger: silentLogger },
    });
    await producer.sendBatch(recordsOf(count));
    await producer.close({ timeoutMs: 0 });
    return directory;
  }

  /** Creates dead letters `v0`, `v1`, …, and resolves with their directory. */
  async letters(count: number): Promise<string> {
    const directory = this.path('dead-letters');
    const producer = await createProducer({
      adapter: memoryKafka().adapter(),
      use: [deadLetterQueue({ file: { directory } })],
      env: { logger: silentLogger },
    });
    await producer.sendBatch(recordsOf(count));
    await producer.close();
    return directory;
  }
}

const recordsOf = (count: number): ProducerRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    topic: 'orders',
    key: `secret-key-${i}`,
    value: `v${i}`,
    headers: { h: `secret-header-${i}` },
    timestamp: i,
  }));

export const valuesTo = (count: number): string[] => Array.from({ length: count }, (_, i) => `v${i}`);

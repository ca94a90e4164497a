import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-cluster-'));
  await compile('../../core/src/', 'core');
  await compile('../src/', 'journal');
  await writeFile(join(directory, 'program.mjs'), program);
}, 180_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

/**
 * Compiles a package to JavaScript: a child process cannot run the sources, and a build may be
 * stale.
 */
async function compile(from: string, name: string): Promise<void> {
  const source = fileURLToPath(new URL(from, import.meta.url));
  const target = join(directory, 'node_modules', '@holdfast', name);
  const files = (await readdir(source, { recursive: true })).filter((file) => /^[^.]+\.ts$/.test(file));
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  for (const file of files) {
    const { outputText } = ts.transpileModule(await readFile(join(source, file), 'utf8'), {
      compilerOptions,
    });
    const path = join(target, file.replace(/ts$/, 'js'));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, outputText);
  }
  await writeFile(
    join(target, 'package.json'),
    JSON.stringify({ type: 'module', exports: { '.': './index.js', './*': './*.js' } }),
  );
}

/** One journal in workers that a primary forks, as in PM2's cluster mode. */
const program = `
  import cluster from 'node:cluster';
  import { once } from 'node:events';
  import { createProducer } from '@holdfast/core';
  import { journal } from '@holdfast/journal';

  const client = { name: 'none', async connect() {}, send() {}, async flush() {}, async disconnect() {} };
  async function work() {
    try {
      await createProducer({ adapter: client, use: [journal({ directory: process.argv[2] })] });
      process.send('started');
    } catch (error) {
      process.send(error.code + ' ' + error.message);
    }
  }
  async function lead() {
    const said = [];
    const fork = async () => {
      const worker = cluster.fork();
      const [message] = await once(worker, 'message');
      if (message.includes('it does not respond')) {
        // The holder lives, but could not identify itself within a second.
        worker.process.kill('SIGKILL');
        return fork();
      }
      said.push(message.replaceAll(first?.process.pid ?? 'none', 'the first worker'));
      return worker;
    };
    let first;
    first = await fork();
    const second = await fork();
    const ended = once(first, 'exit');
    first.process.kill('SIGKILL');
    await ended;
    const third = await fork();
    for (const worker of [second, third]) worker.process.kill('SIGKILL');
    console.log(JSON.stringify(said));
  }
  await (cluster.isPrimary ? lead() : work());
`;

describe('in workers of node:cluster', () => {
  it('one worker has the journal, another is refused, and a kill -9 of the first frees it', async () => {
    const path = join(directory, 'outbox');
    const child = spawn(process.execPath, [join(directory, 'program.mjs'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await new Promise((resolve) => child.once('close', resolve));
    const said: unknown = JSON.parse(output);
    expect(said).toEqual([
      'started',
      expect.stringMatching(/^JOURNAL_LOCKED .* is held by process the first worker;/),
      'started',
    ]);
  }, 180_000);
});

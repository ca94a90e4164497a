import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Runs `source` and everything that it imports of Holdfast, from the sources, in a separate
 * context, as jest does. Its `Error`, `Uint8Array` and `Promise` differ from those of Node.js,
 * whose modules throw errors of the main realm.
 */
const program = (source: string): string => `
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createContext, SourceTextModule, SyntheticModule } from 'node:vm';
import { transformWithOxc } from 'vite';

const shared = ['AbortController', 'AbortSignal', 'Buffer', 'clearTimeout', 'console', 'performance', 'process', 'queueMicrotask',
  'setImmediate', 'setTimeout', 'structuredClone', 'TextDecoder', 'TextEncoder', 'URL'];
const context = createContext(Object.fromEntries(shared.map((name) => [name, globalThis[name]])));
const modules = new Map();

const read = async (path) => {
  const { code } = await transformWithOxc(readFileSync(path, 'utf8'), path, { target: 'es2022' });
  return new SourceTextModule(code, { context, identifier: path });
};
const moduleAt = (path) => {
  if (!modules.has(path)) modules.set(path, read(path));
  return modules.get(path);
};
const builtIn = async (name) => {
  const its = await import(name);
  const names = Object.keys(its);
  return new SyntheticModule(names, function () { for (const one of names) this.setExport(one, its[one]); }, { context });
};
const link = (specifier, { identifier }) => {
  if (specifier.startsWith('.')) return moduleAt(resolve(dirname(identifier), specifier.replace(/js$/, 'ts')));
  const [, name = specifier] = /^@holdfast\\/(.*)$/.exec(specifier) ?? [];
  const path = ${JSON.stringify(packages)} + name + '/src/index.ts';
  if (existsSync(path)) return moduleAt(path);
  if (!modules.has(specifier)) modules.set(specifier, builtIn(specifier));
  return modules.get(specifier);
};
const main = new SourceTextModule(${JSON.stringify(source)}, { context, identifier: '/main.js' });
await main.link(link);
await main.evaluate();
`;

/**
 * A chain with two directories that is stopped with records in its journal and started again. Then
 * its journal is locked, and then its directory is a file.
 */
const chain = (directory: string): string => `
import { writeFileSync } from 'node:fs';
import { createProducer, ProducerError, recommended } from 'holdfast';
import { memoryKafka } from '@holdfast/testing';

const directory = ${JSON.stringify(directory)};
const kafka = memoryKafka({ topics: { orders: 1 } });
const make = (more) => createProducer({
  adapter: kafka.adapter(),
  use: recommended({ journal: { directory: directory + '/outbox', acknowledge: 'journaled', ...more } }),
});
const codeOf = (thrown) => (ProducerError.is(thrown) ? thrown.code : String(thrown));
kafka.down();
const first = await make();
await first.send({ topic: 'orders', key: 'k', value: new Uint8Array([1, 2]), headers: { a: new Uint8Array(0) } });
console.log('held by:', await make().catch(codeOf));
await first.close({ timeoutMs: 0 });
kafka.up();
const second = await make();
console.log('sent:', (await second.send({ topic: 'orders', key: Buffer.from('k'), value: 'v' })).status);
await second.flush();
await second.close();
console.log('in Kafka:', kafka.messages('orders').map(({ value }) => value.length).join());
writeFileSync(directory + '/file', '');
console.log('no directory:', await make({ directory: directory + '/file' }).catch(codeOf));
`;

it('a chain with directories works with errors, bytes and promises of another realm', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-vm-'));
  try {
    const flags = ['--experimental-vm-modules', '--no-warnings', '--input-type=module', '--eval'];
    const child = spawn(process.execPath, [...flags, program(chain(directory))], { cwd: packages });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(output.replaceAll(/^\S+ holdfast: .*\n/gm, '')).toBe(
      'held by: JOURNAL_LOCKED\nsent: accepted\nin Kafka: 2,1\nno directory: JOURNAL_FAILED\n',
    );
    expect(code).toBe(0);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);

import { afterAll, describe, expect, it } from 'vitest';
import { loadProblem } from '../src/client/load-problem.js';
import { Installed, type Client } from './installed.fixture.js';

/** Makes an adapter, and prints the result. */
const makeOne = `
  try {
    confluentAdapter({ 'bootstrap.servers': '127.0.0.1:1' });
    console.log('made');
  } catch (error) {
    console.log(error.code, error.message);
  }
  process.exit();`;
const byRequire = `const { confluentAdapter } = require('@holdfast/adapter-confluent');${makeOne}`;
const byImport = `import('@holdfast/adapter-confluent').then(({ confluentAdapter }) => {${makeOne}});`;

const formats = { esm: Installed.as('esm'), commonjs: Installed.as('commonjs') };
afterAll(async () => {
  for (const installed of Object.values(formats)) await (await installed).remove();
});

async function said(format: keyof typeof formats, client: Client, program: string): Promise<string> {
  const installed = await formats[format];
  await installed.place(client);
  const { output, end } = await installed.run(program);
  return `${output.trim()} (${end})`;
}

describe('the client is found', { timeout: 60_000 }, () => {
  it('by a module', async () => {
    expect(await said('esm', 'as it is', byImport)).toBe('made (0)');
  });

  it('by CommonJS, which bundlers and test runners make of a package', async () => {
    expect(await said('commonjs', 'as it is', byRequire)).toBe('made (0)');
  });
});

describe('a client that does not load is explained', { timeout: 60_000 }, () => {
  it.each<[client: Client, problem: RegExp]>([
    ['absent', /^INVALID_OPTIONS .* is not installed: npm install @confluentinc\/kafka-javascript \(0\)$/],
    ['not built', /^INVALID_OPTIONS .* was never built.*: npm rebuild .* --ignore-scripts=false/],
    ['without bindings', /^INVALID_OPTIONS .*'bindings', which it needs, is not: .*install again/],
    ['for another system', /^INVALID_OPTIONS .* another system or processor.*: npm rebuild /],
  ])('%s', async (client, problem) => {
    expect(await said('esm', client, byImport)).toMatch(problem);
  });

  const library = 'libsasl2.so.2: cannot open shared object file: No such file or directory';
  it.each([
    [
      "The module 'x.node' was compiled against a different Node.js version using\nNODE_MODULE_VERSION 115. " +
        'This version of Node.js requires\nNODE_MODULE_VERSION 127. Please try re-compiling',
      /another Node.js \(module version 115, this one has 127\): npm rebuild /,
    ],
    ["Module did not self-register: 'x.node'.", /does not take, or has loaded before: npm rebuild /],
    [library, /needs the shared library libsasl2.so.2, which is not on this system: install /],
    [
      'Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by x.node)',
      /the shared library ld-linux-x86-64.so.2,/,
    ],
    [
      'dlopen(x.node, 0x0001): Library not loaded: /opt/lib/libssl.3.dylib',
      /the shared library \/opt\/lib\/libssl.3.dylib,/,
    ],
    [
      "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by x.node)",
      /newer system \(it wants GLIBC_2.38\)/,
    ],
    [
      "dlopen(x.node): incompatible architecture (have 'x86_64', need 'arm64')",
      /another system or processor/,
    ],
    ['The specified module could not be found.\n\\\\?\\x.node', /needs a library .* or was not built/],
    ['something else\nwith a stack', /is installed and does not load: something else$/],
  ])('%s', (message, problem) => {
    expect(loadProblem(Object.assign(new Error(message), { code: 'ERR_DLOPEN_FAILED' }))).toMatch(problem);
  });

  it('also when the thrown value is no error', () => {
    expect(loadProblem(undefined)).toMatch(/does not load: no reason given$/);
  });
});

describe('in a worker thread, where the client would end the process', { timeout: 60_000 }, () => {
  it('the adapter and the reader are refused when they are made', async () => {
    const output = await said(
      'esm',
      'as it is',
      `const { Worker, isMainThread } = require('node:worker_threads');
       if (isMainThread) new Worker(__filename);
       else import('@holdfast/adapter-confluent').then(({ confluentAdapter, readTopic }) => {
         const config = { 'bootstrap.servers': '127.0.0.1:1' };
         const instance = { produce() {}, connect() {}, getMetadata() {}, on() {} };
         for (const make of [
           () => confluentAdapter(config),
           () => confluentAdapter(instance),
           () => readTopic(config, 't'),
         ]) {
           try { make(); console.log('made'); } catch (error) { console.log(error.code, error.problems.at(-1)); }
         }
       });`,
    );
    const refused =
      'INVALID_OPTIONS @confluentinc/kafka-javascript ends the whole process when it runs in a worker thread: ' +
      "make the adapter on the main thread or in a child process (vitest: pool 'forks'; jest: without workerThreads), " +
      'or use @holdfast/adapter-kafkajs';
    expect(output).toBe(`${[refused, refused, refused].join('\n')} (0)`);
  });
});

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const module = JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'pass-through.mjs')).href);
/** @type {string} */
let folder;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-run-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/**
 * Runs `program` through a process that passes everything on, `args` and `signal` included;
 * `signal` is sent when the program says that it has started.
 *
 * @param {string} program
 * @param {{ args?: string[], signal?: NodeJS.Signals, byNpm?: boolean }} [options] `byNpm`: the signal reaches the shell
 *   alone in which npm runs its commands
 */
async function through(program, { args = [], signal, byNpm = false } = {}) {
  const file = path.join(folder, 'script.mjs');
  fs.writeFileSync(file, program);
  const entry = `import { passThrough } from ${module};
    passThrough(${JSON.stringify(file)}, ${JSON.stringify(args)}, process.env);`;
  const command = [process.execPath, '--input-type=module', '-e', entry];
  const [first = '', ...rest] = byNpm ? ['sh', '-c', '"$@"; exit', 'sh', ...command] : command;
  const child = spawn(first, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: byNpm ? { ...process.env, npm_lifecycle_event: 'demo' } : process.env,
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.stdout.setEncoding('utf8');
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (signal && chunk.includes('started')) child.kill(signal);
  }
  return { said, code: await closed };
}

it('passes arguments and the exit code on', async () => {
  const program = 'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7';
  expect(await through(program, { args: ['--json', 'a b'] })).toEqual({
    said: '["--json","a b"]\n',
    code: 7,
  });
});

it.each(/** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))(
  'passes %s on, and waits for the script to end',
  async (signal) => {
    const program = `process.on('${signal}', () => { console.log('closing'); process.exit(5); });
      setInterval(() => {}, 1000); console.log('started');`;
    expect(await through(program, { signal })).toEqual({ said: 'started\nclosing\n', code: 5 });
  },
);

it('kills the script when it is killed itself', async () => {
  const program = `console.log('started'); setTimeout(() => console.log('left'), 20_000);`;
  expect((await through(program, { signal: 'SIGKILL' })).said).toBe('started\n');
});

it('passes on that npm was terminated', async () => {
  const program = `process.on('SIGTERM', () => { console.log('closing'); process.exit(); });
    setTimeout(() => console.log('left'), 20_000); console.log('started');`;
  expect((await through(program, { signal: 'SIGTERM', byNpm: true })).said).toBe('started\nclosing\n');
});

it('ends as the script does when a signal kills it', async () => {
  expect(await through(`process.kill(process.pid, 'SIGKILL')`)).toEqual({ said: '', code: 137 });
});

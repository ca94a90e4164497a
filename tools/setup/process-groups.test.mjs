import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** @param {string} name */
const module = (name) => JSON.stringify(pathToFileURL(path.join(import.meta.dirname, name)).href);
const waitMs = 30_000;

/** @type {string} */
let folder;
/** @type {import('node:net').Server} */
let server;
/**
 * Each process of a test holds a connection for as long as it lives.
 *
 * @type {Set<import('node:net').Socket>}
 */
let living;

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-groups-'));
  living = new Set();
  server = createServer((socket) => {
    living.add(socket);
    socket.on('error', () => {}).on('close', () => living.delete(socket));
  });
  await once(server.listen(path.join(folder, 'socket')), 'listening');
});
afterEach(() => {
  // What a test left behind ends with its connection.
  for (const socket of living) socket.destroy();
  server.close();
  fs.rmSync(folder, { recursive: true });
});

/**
 * A program that runs `child`, if any, as the tools do, and does not end by itself.
 *
 * @param {string} [child]
 */
function program(child) {
  const run = `import { exec } from ${module('exec.mjs')};
    void exec(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(child)}], { timeoutMs: 600_000 });`;
  return `import { connect } from 'node:net';
    ${child === undefined ? '' : run}
    connect(${JSON.stringify(path.join(folder, 'socket'))}).on('close', () => process.exit());`;
}

/** A program that starts another one in its own group, as npm starts make. @param {string} child */
const npm = (child) => `import { spawn } from 'node:child_process';
    spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(child)}], { stdio: 'inherit' });
    ${program()}`;

const command = `import { dieWithChildren } from ${module('process-groups.mjs')}; dieWithChildren();`;

/**
 * @param {string} owner a program of so many processes
 * @param {number} processes
 * @param {NodeJS.Signals} signal
 */
async function end(owner, processes, signal) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', owner], { stdio: 'ignore' });
  try {
    await vi.waitFor(() => expect(living.size).toBe(processes), waitMs);
  } finally {
    child.kill(signal);
  }
  await once(child, 'close');
  await vi.waitFor(() => expect(living.size).toBe(0), waitMs);
}

it.each(/** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL']))(
  'a command that ends of %s takes along what it started, and what that started',
  async (signal) => {
    await end(`${command} ${program(npm(program()))}`, 3, signal);
  },
  3 * waitMs,
);

it.each(/** @type {const} */ (['SIGTERM', 'SIGKILL']))(
  'a command that ends of %s takes along what a command that it started has started',
  async (signal) => {
    const inner = `${command} ${program(npm(program()))}`;
    await end(`${command} ${program(inner)}`, 4, signal);
  },
  3 * waitMs,
);

it(
  'a command that npm runs ends when npm is told to, and takes all along',
  async () => {
    fs.writeFileSync(path.join(folder, 'command.mjs'), `${command} ${program(npm(program()))}`);
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "scripts": { "setup": "node command.mjs" } }');
    const runner = `import { spawn } from 'node:child_process';
      const child = spawn('npm', ['run', 'setup'], { cwd: ${JSON.stringify(folder)}, stdio: 'ignore' });
      process.on('SIGTERM', () => child.kill());
      child.on('exit', () => process.exit());`;
    await end(runner, 3, 'SIGTERM');
  },
  3 * waitMs,
);

it(
  'a process that is no command takes it along as well',
  async () => {
    await end(program(npm(program())), 3, 'SIGTERM');
  },
  3 * waitMs,
);

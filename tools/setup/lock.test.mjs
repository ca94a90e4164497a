import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { locked } from './lock.mjs';

const module = JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'lock.mjs')).href);
/** @type {string} */
let folder;
/** @type {string} */
let file;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/**
 * A process that appends a line to `log` at its start and one at its end, under the lock.
 *
 * @param {string} log
 */
async function contender(log) {
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { locked } from ${module};
     import { appendFileSync } from 'node:fs';
     import { setTimeout } from 'node:timers/promises';
     const say = (line) => appendFileSync(${JSON.stringify(log)}, line + '\\n');
     await locked(async () => { say('in'); await setTimeout(20); say('out'); }, { file: ${JSON.stringify(file)} });`,
  ]);
  await once(child, 'close');
}

it('admits one process at a time', async () => {
  const log = path.join(folder, 'log');
  await Promise.all(Array.from({ length: 6 }, () => contender(log)));
  expect(fs.readFileSync(log, 'utf8')).toBe('in\nout\n'.repeat(6));
  expect(fs.readdirSync(folder)).toEqual(['log']);
});

it('takes the lock over from a process that has died, also with several contenders', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  fs.writeFileSync(file, `${pid}\n`);
  const log = path.join(folder, 'log');
  await Promise.all(Array.from({ length: 6 }, () => contender(log)));
  expect(fs.readFileSync(log, 'utf8')).toBe('in\nout\n'.repeat(6));
});

it('takes over an empty lock', async () => {
  fs.writeFileSync(file, '');
  expect(await locked(async () => 'done', { file })).toBe('done');
});

it('reports the process that it waits for, and gives up in the end', async () => {
  fs.writeFileSync(file, `${process.pid}\n`);
  /** @type {number[]} */
  const waits = [];
  const waiting = locked(async () => 'never', { file, waitMs: 0, onWait: (pid) => waits.push(pid) });
  await expect(waiting).rejects.toThrow(`process ${process.pid} has held`);
});

it('is free again after work that failed', async () => {
  const failing = locked(() => Promise.reject(new Error('no disk')), { file });
  await expect(failing).rejects.toThrow('no disk');
  expect(await locked(async () => 'done', { file })).toBe('done');
});

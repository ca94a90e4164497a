import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakeOut, fakeStep } from './setup.fixture.mjs';
import { StepGraph } from './step-graph.mjs';
import { impossible, ready } from './step.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-setup-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** @template {string} Id @param {Record<Id, import('./step.mjs').Step>} steps */
function setupOf(steps, { quiet = false } = {}) {
  const { out, said } = fakeOut();
  return { setup: new StepGraph(steps, { quiet, out, folder }), said };
}

/** @template T */
function deferred() {
  /** @type {(value: T) => void} */
  let resolve = () => {};
  const promise = new Promise((/** @type {(value: T) => void} */ done) => (resolve = done));
  return { promise, resolve };
}

it('takes what is needed and its dependencies, in order, once, and nothing else', async () => {
  /** @type {string[]} */
  const log = [];
  const { setup } = setupOf({
    first: fakeStep({ name: 'first', log }),
    second: fakeStep({ name: 'second', log, after: ['first'] }),
    third: fakeStep({ name: 'third', log, after: ['second'] }),
    other: fakeStep({ name: 'other', log }),
  });
  const { works, states } = await setup.need('third');
  expect(works).toBe(true);
  expect(states).toEqual({ first: ready('made'), second: ready('made'), third: ready('made') });
  expect(log).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  await setup.need('second', 'third');
  expect(log).toHaveLength(6);
});

it('takes independent steps concurrently', async () => {
  /** @type {ReturnType<typeof deferred<void>>} */
  const met = deferred();
  const { setup } = setupOf({
    one: fakeStep({ make: async () => (await met.promise, ready('made')) }),
    two: fakeStep({ make: async () => (met.resolve(), ready('made')) }),
  });
  // In sequence, the first would wait forever.
  expect((await setup.need('one', 'two')).states).toEqual({ one: ready('made'), two: ready('made') });
});

it('lets a part be awaited while another one is running', async () => {
  /** @type {ReturnType<typeof deferred<import('./step.mjs').State>>} */
  const slow = deferred();
  const { setup } = setupOf({
    base: fakeStep({}),
    quick: fakeStep({ after: ['base'] }),
    slow: fakeStep({ after: ['base'], make: () => slow.promise }),
  });
  const rest = setup.need('slow');
  expect((await setup.need('quick')).works).toBe(true);
  slow.resolve(impossible('no compiler'));
  expect(await rest).toEqual({
    works: true,
    states: { base: ready('made'), slow: impossible('no compiler') },
  });
});

it('skips the dependents of a failed step; without an essential step nothing works', async () => {
  const make = vi.fn(async () => ready('made'));
  const { setup, said } = setupOf({
    base: fakeStep({ name: 'base', essential: true, make: async () => impossible('no network') }),
    later: fakeStep({ name: 'later', after: ['base'], make }),
  });
  const { works, states } = await setup.need('later');
  expect(works).toBe(false);
  expect(states.later).toEqual(impossible('not tried without: base'));
  expect(make).not.toHaveBeenCalled();
  expect(said()).toMatch(/^ {2}base \.\.\.\n✗ base: no network\n {4}so: nothing much works \([\d.]+ s\)\n$/);
});

it('counts an exception as the failure of that step alone', async () => {
  const full = () => Promise.reject(new Error('ENOSPC: no space left on device'));
  const { setup, said } = setupOf({
    check: fakeStep({ name: 'check', check: full }),
    make: fakeStep({ name: 'make', make: full }),
    well: fakeStep({ name: 'well' }),
  });
  const { works, states } = await setup.need('check', 'make', 'well');
  expect(works).toBe(true);
  expect(states).toMatchObject({
    check: { is: 'impossible' },
    make: { is: 'impossible' },
    well: { is: 'ready' },
  });
  expect(said()).toContain('✗ make: ENOSPC: no space left on device\n    so: nothing much works');
});

it('does not retry a failure in quiet mode, and retries on request', async () => {
  let hasCompiler = false;
  const make = vi.fn(async () => (hasCompiler ? ready('compiled') : impossible('no g++:\n    a long story')));
  const steps = () => ({ binding: fakeStep({ name: 'binding', make }) });
  await setupOf(steps()).setup.need('binding');
  hasCompiler = true;

  const quiet = setupOf(steps(), { quiet: true });
  expect((await quiet.setup.need('binding')).states.binding?.is).toBe('impossible');
  expect(quiet.said()).toBe('✗ binding: no g++: (`npm run setup` tries again)\n    so: nothing much works\n');
  expect(make).toHaveBeenCalledTimes(1);

  expect((await setupOf(steps()).setup.need('binding')).states.binding?.is).toBe('ready');
  const after = setupOf(steps(), { quiet: true });
  expect((await after.setup.need('binding')).states.binding?.is).toBe('ready');
});

it('always retries an essential step', async () => {
  const make = vi.fn(async () => impossible('an error in a source'));
  const steps = () => ({ build: fakeStep({ essential: true, make }) });
  await setupOf(steps()).setup.need('build');
  await setupOf(steps(), { quiet: true }).setup.need('build');
  expect(make).toHaveBeenCalledTimes(2);
});

it('waits for another setup that makes the same step, or one of its dependents', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  const lock = path.join(folder, 'setup-binding.lock');
  fs.writeFileSync(lock, `${other.pid}\n`);
  const { setup, said } = setupOf({
    modules: fakeStep({ name: 'modules' }),
    binding: fakeStep({ name: 'binding', after: ['modules'] }),
    kafka: fakeStep({ name: 'kafka' }),
  });
  // No setup removes the packages of another that compiles one of them; independent steps continue.
  const needed = setup.need('binding');
  expect((await setup.need('kafka')).works).toBe(true);
  await vi.waitFor(() => expect(fs.existsSync(path.join(folder, 'setup-modules.lock'))).toBe(true));
  other.kill('SIGKILL');
  expect((await needed).states).toEqual({ modules: ready('made'), binding: ready('made') });
  expect(said()).toContain(`  modules: waiting for the setup of process ${other.pid}\n`);
  expect(fs.readdirSync(folder)).toEqual([]);
});

it('makes nothing that another setup has made meanwhile', async () => {
  const check = vi.fn(async () => ready('there')).mockResolvedValueOnce({ is: 'missing', says: 'not there' });
  const make = vi.fn(async () => ready('made'));
  const { setup } = setupOf({ one: fakeStep({ check, make }) });
  expect((await setup.need('one')).states.one).toEqual(ready('there'));
  expect(make).not.toHaveBeenCalled();
});

it('continues where a setup was killed half-way', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  for (const id of ['modules', 'binding'])
    fs.writeFileSync(path.join(folder, `setup-${id}.lock`), `${pid}\n`);
  fs.writeFileSync(path.join(folder, 'setup-failed-binding.json'), '{"is":"impo');
  const { setup } = setupOf(
    { modules: fakeStep({}), binding: fakeStep({ after: ['modules'] }) },
    { quiet: true },
  );
  expect((await setup.need('binding')).states).toEqual({ modules: ready('made'), binding: ready('made') });
  expect(fs.readdirSync(folder)).toEqual([]);
});

import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { prepareClasses } from './class-archive.js';
import type { KafkaInstall } from './install.js';
import { brokerArguments } from './jvm.js';

/** Higher than any process id of a system: no process has it. */
const NOBODY = 2 ** 30;

let directory: string;
let install: KafkaInstall;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-classes-'));
  install = { java: 'java', javaVersion: 17, libs: '/libs', archive: join(directory, 'classes.jsa') };
});
afterEach(() => rm(directory, { recursive: true }));

const makes = () => vi.fn((its: KafkaInstall) => writeFile(its.archive, 'classes'));
const left = () => readdir(directory);

it('makes the archive once, however many start concurrently', async () => {
  const make = makes();
  const log = vi.fn();
  await Promise.all([1, 2, 3].map(() => prepareClasses(install, log, make)));
  await prepareClasses(install, log, make);
  expect(make).toHaveBeenCalledTimes(1);
  expect(log.mock.calls).toEqual([[expect.stringMatching(/^preparing Kafka's classes/)]]);
  expect(await left()).toEqual(['classes.jsa']);
});

it('does not make what another process made between the check and the claim', async () => {
  const make = makes();
  const log = vi.fn();
  const prepared = prepareClasses(install, log, make);
  writeFileSync(install.archive, 'of the other');
  await prepared;
  expect(make).not.toHaveBeenCalled();
  expect(log).not.toHaveBeenCalled();
  expect(await left()).toEqual(['classes.jsa']);
});

it('makes it when the process that was making it has died', async () => {
  await writeFile(`${install.archive}.claim`, String(NOBODY));
  await prepareClasses(install, vi.fn(), makes());
  expect(await left()).toEqual(['classes.jsa']);
});

it('continues without it when it cannot be made, does not retry, and says how to', async () => {
  const make = vi.fn(() => Promise.reject(new Error('no space left')));
  const log = vi.fn();
  await prepareClasses(install, log, make);
  await prepareClasses(install, log, make);
  expect(make).toHaveBeenCalledTimes(1);
  const claim = `${install.archive}.claim`;
  expect(log).toHaveBeenLastCalledWith(
    expect.stringContaining(`delete ${claim} to try again): Error: no space left`),
  );
  expect(await readFile(claim, 'utf8')).toBe('failed');
});

it('is written by a broker to its own folder, and mapped by every other broker', async () => {
  await writeFile(install.archive, 'classes');
  const writing = brokerArguments({ ...install, archives: true }, '/data', 1).filter((one) =>
    one.includes('jsa'),
  );
  expect(writing).toEqual(['-XX:ArchiveClassesAtExit=/data/classes-1.jsa']);
  const mapping = brokerArguments(install, '/data', 1).filter((one) => one.includes('jsa'));
  expect(mapping).toEqual([`-XX:SharedArchiveFile=${install.archive}`]);
});

import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProducerError } from '@holdfast/core';
import { nodeDisk, systemClock, type Clock } from '@holdfast/core/stage';
import { fakeClock, simulatedDisk } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { delivered, Harness } from './harness.fixture.js';
import type { JournalOptions } from '../src/options.js';

const kibi = 1024;
const record = { topic: 'orders', key: 'k', value: 'v' };

let parent: string;
let directory: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'holdfast-journal-'));
  directory = join(parent, 'outbox');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const small = { segmentBytes: 16 * kibi, maxBytes: 256 * kibi } as const;
const harness = (options: Partial<JournalOptions> = {}, clock: Clock = systemClock): Harness =>
  new Harness({ disk: nodeDisk, clock, journal: { directory, ...small, ...options }, answer: delivered });

const refusal = (starting: Promise<void>): Promise<unknown> =>
  starting.then(
    () => 'it started',
    (error: unknown) => error,
  );

/**
 * Returns the error of a start while another holds the lock. It tries again when the holder could
 * not identify itself, as under load.
 */
async function lockedOut(start: () => Promise<void>): Promise<string> {
  for (;;) {
    const error = await refusal(start());
    expect(error).toMatchObject({ code: 'JOURNAL_LOCKED' });
    const said = ProducerError.is(error) ? error.message : '';
    if (!said.includes('it does not respond')) return said;
  }
}

/** Whether no call to the disk is under way: with sequential calls, the last one has ended then. */
async function diskIsIdle(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq')));
}

async function insecure(starting: Promise<void>): Promise<ProducerError> {
  const error = await refusal(starting);
  if (!ProducerError.is(error)) throw new Error(`not refused: ${String(error)}`);
  expect(error.code).toBe('JOURNAL_INSECURE');
  return error;
}

describe('the directory of a journal', () => {
  it('is created with its parents, for its owner alone, and so are its files', async () => {
    directory = join(parent, 'a', 'b', 'outbox');
    const one = harness();
    await one.start();
    const [sent] = one.send([record]);
    await one.until(() => one.outcomeOf(sent) !== undefined);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const segments = (await readdir(directory)).filter((name) => name.endsWith('.segment'));
    expect(segments.length).toBeGreaterThan(0);
    for (const name of segments) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    await one.close();
  });

  it('is private again with all its files after a mount that let a group in, and one line reports that', async () => {
    const first = harness({ acknowledge: 'journaled' });
    await first.start();
    first.send([record]);
    await first.until(() => first.outcomes.size === 1);
    await first.close();
    const quarantine = join(directory, 'quarantine');
    await mkdir(quarantine);
    await writeFile(join(quarantine, 'x.damaged'), 'bytes of a record');
    await writeFile(join(directory, 'README'), 'mine');
    const names = (await readdir(directory)).filter((one) => one.endsWith('.segment'));
    const files = [...names, 'quarantine/x.damaged', 'README'].map((name) => join(directory, name));
    // As kubelet does for fsGroup: read and write for the group, and new files belong to the group.
    for (const path of [directory, quarantine]) await chmod(path, 0o2770);
    for (const path of files) await chmod(path, 0o660);
    const next = harness();
    // Its files would be removed once the record is delivered.
    next.answerWith = undefined;
    await next.start();
    const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o7777).toString(8);
    expect(await Promise.all([directory, quarantine].map(modeOf))).toEqual(['2700', '2700']);
    expect(await Promise.all(files.map(modeOf))).toEqual([...files.slice(1).map(() => '600'), '660']);
    const warnings = next.logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([{ fields: { directory, paths: names.length + 3 } }]);
    await next.close(0);
    const third = harness();
    await third.start();
    expect(third.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    await third.close();
  });

  it('is refused where others can read and that cannot be changed, with all paths and the remedy', async () => {
    const disk = simulatedDisk();
    for (const name of ['0000000001.segment', '0000000002.segment']) {
      disk.writeFile(`/outbox/${name}`, Buffer.from('no segment'));
      disk.chmod(`/outbox/${name}`, 0o660);
    }
    disk.chmod('/outbox', 0o770);
    disk.faults.every({ operation: 'makePrivate' }, { error: 'EPERM' });
    const one = new Harness({ disk, journal: { directory: '/outbox' } });
    const { message, problems } = await insecure(one.start());
    expect(problems).toEqual([
      "'/outbox' (mode 0770, another user's)",
      "'/outbox/0000000001.segment' (mode 0660, another user's)",
      "'/outbox/0000000002.segment' (mode 0660, another user's)",
    ]);
    const uid = String(process.geteuid?.());
    expect(message).toContain(`run: chown -hR ${uid} '/outbox' && chmod -R go-rwx '/outbox'`);
    disk.faults.clear();
    disk.readOnly = true;
    expect((await insecure(one.start())).message).toContain("; run: chmod -R go-rwx '/outbox'");
  });

  it('is not changed through a link', async () => {
    const elsewhere = join(parent, 'elsewhere');
    await mkdir(elsewhere);
    await chmod(elsewhere, 0o755);
    await symlink(elsewhere, directory);
    expect(await refusal(harness().start())).toMatchObject({
      code: 'JOURNAL_INSECURE',
      message: expect.stringContaining('a link, which is not followed') as string,
    });
    expect((await stat(elsewhere)).mode & 0o777).toBe(0o755);
    await chmod(elsewhere, 0o700);
    const one = harness();
    await one.start();
    await one.close();
  });

  it('may hold files that are not the journal’s, and they stay', async () => {
    await mkdir(directory, { mode: 0o700 });
    await writeFile(join(directory, 'README'), 'mine');
    await writeFile(join(directory, '41.segment'), 'mine');
    const one = harness();
    await one.start();
    one.send([record]);
    await one.until(() => one.outcomes.size === 1);
    await one.close();
    expect(await readdir(directory)).toEqual(expect.arrayContaining(['41.segment', 'README']));
  });

  it('is refused when it is a file', async () => {
    await writeFile(directory, '');
    expect(await refusal(harness().start())).toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringContaining(`'${directory}' is not a directory`) as unknown,
    });
  });

  it('is refused when it is read-only', async () => {
    const disk = simulatedDisk();
    disk.readOnly = true;
    const clock = fakeClock();
    const one = new Harness({ disk, clock, journal: { directory: '/outbox' } });
    expect(await refusal(clock.until(one.start()))).toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringContaining("'/outbox' cannot be opened: EROFS") as unknown,
    });
  });

  it('may become read-only and writable again: the journal waits and goes on', async () => {
    const disk = simulatedDisk();
    const clock = fakeClock();
    const journal = { directory: '/outbox', acknowledge: 'journaled', ...small } as const;
    const one = new Harness({ disk, clock, journal });
    await clock.until(one.start());
    one.send(Array.from({ length: 10 }, () => record));
    await clock.advance(100);
    disk.readOnly = true;
    const late = one.send(Array.from({ length: 300 }, () => ({ ...record, value: 'v'.repeat(200) })));
    await clock.advance(10_000);
    expect(one.said['journal.stalled']).toEqual([{ code: 'EROFS' }]);
    expect(one.outcomeOf(late.at(-1))).toBeUndefined();
    disk.readOnly = false;
    await clock.advance(6_000);
    expect(one.counts).toEqual({ accepted: 310 });
    expect(one.said['journal.resumed']).toHaveLength(1);
    await clock.until(one.close(0));
  });

  it('may vanish while in use: that is noticed, and what was read before is delivered', async () => {
    // The clock stands still, so that the journal checks its files when the test demands it.
    let now = systemClock.now();
    const one = harness({ whenFull: 'reject' }, { ...systemClock, now: () => now });
    one.answerWith = undefined;
    await one.start();
    const early = one.send(Array.from({ length: 100 }, () => record));
    await one.until(() => one.handed.length === 100);
    // It creates its next file now: a removal at the same time fails, or the journal stalls before
    // it checks.
    await diskIsIdle();
    await rm(directory, { recursive: true });
    now += 2_000; // it checks once a second
    const [sent] = one.send([record]);
    await one.until(() => one.outcomes.size === 1 || one.handed.length > 100);
    expect(one.outcomeOf(sent)).toMatchObject({ status: 'unknown', error: { code: 'JOURNAL_FAILED' } });
    expect(one.said['journal.stalled']).toEqual([{ code: 'ENOENT' }]);
    const [refused] = one.send([record]);
    expect(one.outcomeOf(refused)).toMatchObject({ status: 'failed', error: { code: 'JOURNAL_FAILED' } });
    expect(one.errorOf(refused)?.message).toContain('ENOENT');
    one.answer();
    for (const delivery of early) expect(one.outcomeOf(delivery)).toEqual(delivered);
    await one.close();
    expect(one.outcomes.size).toBe(102);
  });
});

describe('a second journal in the same directory', () => {
  it('is refused with the name of the holder, and starts when that one has closed', async () => {
    const first = harness();
    await first.start();
    expect(await lockedOut(() => harness().start())).toContain(
      `'${directory}' is held by process ${process.pid};`,
    );
    const [sent] = first.send([record]);
    await first.until(() => first.outcomeOf(sent) !== undefined);
    await first.close();
    const second = harness();
    await second.start();
    await second.close();
  });

  it('of another process is refused, too, until the first is killed with -9', async () => {
    await mkdir(directory, { mode: 0o700 });
    const holder = `
      process.chdir(process.argv[1]);
      require('node:net').createServer((socket) => socket.end(process.pid + '\\n'))
        .listen('lock.7', () => console.log('holds'));
    `;
    const child = spawn(process.execPath, ['-e', holder, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(await lockedOut(() => harness().start())).toContain(`held by process ${child.pid};`);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const third = harness();
    await third.start();
    await third.close();
  });

  it('starts after a refused start has released the lock', async () => {
    const before = harness({ acknowledge: 'journaled' });
    await before.start();
    before.send([record]);
    await before.until(() => before.outcomes.size === 1);
    await before.close();
    await expect(harness().start(AbortSignal.abort(new Error('ended')))).rejects.toThrow('ended');
    const one = harness();
    await one.start();
    await one.close();
  });
});

describe('a tmpfs of 64 KiB', () => {
  it.for(['block', 'reject', 'bypass'] as const)('fills up and empties, %s', async (whenFull, { skip }) => {
    await mkdir(directory);
    const options = ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'none', directory];
    const { status } = spawnSync('mount', options, { stdio: 'ignore' });
    if (status !== 0) return skip('only root may mount; a simulated disk of 64 KiB is tried in any case');
    try {
      const one = harness({ acknowledge: 'journaled', whenFull });
      one.answerWith = undefined;
      await one.start();
      const value = 'v'.repeat(1_000);
      const send = async (): Promise<void> => {
        if (one.stage.ready?.() === undefined) one.send([{ ...record, value }]);
        // Always yields to the event loop: without that, the disk's answers cannot arrive.
        await new Promise((resolve) => setImmediate(resolve));
      };
      while (one.said['journal.stalled'].length === 0) await send();
      expect(one.said['journal.stalled']).toEqual([{ code: 'ENOSPC' }]);
      one.answerWith = delivered;
      one.answer();
      while (one.said['journal.resumed'].length === 0 || one.stat('backlogRecords') !== 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      const [last] = one.send([record]);
      await one.until(() => one.outcomeOf(last) !== undefined);
      expect(one.outcomeOf(last)).toMatchObject({ status: 'accepted' });
      await one.close();
      const { accepted = 0, delivered: passed = 0, failed = 0, unknown = 0 } = one.counts;
      expect(accepted + passed + failed + unknown).toBe(one.outcomes.size);
      expect(one.handed.length).toBe(accepted + passed);
    } finally {
      spawnSync('umount', [directory]);
    }
  });
});

it('a wall clock that jumps back changes nothing', async () => {
  const disk = simulatedDisk();
  const clock = fakeClock();
  const journal = { directory: '/outbox', acknowledge: 'journaled', ...small } as const;
  const first = new Harness({ disk, clock, journal });
  await clock.until(first.start());
  for (let i = 0; i < 40; i++) {
    first.send(Array.from({ length: 10 }, (_, n) => ({ ...record, value: `${i * 10 + n}` })));
    clock.jumpWallTime(i % 2 === 0 ? -86_400_000 * 400 : 3_600_000);
    await clock.advance(10);
  }
  expect(first.counts).toEqual({ accepted: 400 });
  const nextClock = fakeClock({ wallTimeMs: 0 });
  const next = new Harness({ disk: disk.crash(), clock: nextClock, journal, answer: delivered });
  await nextClock.until(next.start());
  await nextClock.runWhile(() => next.stat('backlogRecords') !== 0);
  expect(next.handed.map(({ value }) => String(value))).toEqual(
    Array.from({ length: 400 }, (_, i) => `${i}`),
  );
  await nextClock.until(next.close());
});

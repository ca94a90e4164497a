import { createProducer, type Middleware } from '@holdfast/core';
import { memoryKafka, simulatedDisk, spoilings, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { deadLetterQueue } from '../dead-letter-queue.js';
import { directory, ends, fails, Harness, values } from '../harness.fixture.js';

const file = { directory };
const named = (value: string): { value: string }[] => [{ value }];

describe('the file sink', () => {
  it('writes a batch with one write and one sync, private, and durable before it is settled', async () => {
    const h = await new Harness({ file }).start();
    const { disk } = h.env;
    expect(await disk.info(directory)).toMatchObject({ mode: 0o700 });
    const before = disk.calls.sync;
    h.fail([{ value: 'a', key: 'k' }, { value: 'b' }]);
    h.fail(named('c'));
    await h.settled();
    expect(disk.calls.sync - before).toBe(1);
    const [path = ''] = disk.files(directory);
    expect(path).toMatch(/^\/dead-letters\/\d{8}T\d{9}Z-[0-9a-f]{12}-000001\.jsonl$/);
    expect(await disk.info(path)).toMatchObject({ mode: 0o600 });
    expect(h.up.map(({ outcome }) => outcome)).toEqual(
      [1, 2, 3].map(() => expect.objectContaining({ to: `file:${path}` }) as unknown),
    );
    expect(values(h.stored(disk.crash({ keep: 'none' })))).toEqual(['a', 'b', 'c']);
    expect(h.stage.stats?.()).toMatchObject({
      file: { takenRecords: 3, bytes: disk.readFile(path).length },
    });
  });

  it('begins another file at maxFileBytes, and one for a larger letter', async () => {
    const h = await new Harness({ file: { directory, maxFileBytes: 4_096 } }).start();
    for (const value of ['a', 'b'.repeat(10_000), 'c', 'd']) {
      h.fail(named(value));
      await h.settled();
    }
    const lines = h.env.disk
      .files(directory)
      .map((path) => Buffer.from(h.env.disk.readFile(path)).toString().split('\n').length - 1);
    expect(lines).toEqual([1, 1, 2]);
  });

  it('refuses at maxBytes, deletes nothing, and continues when somebody has made room', async () => {
    const h = await new Harness({ file: { directory, maxBytes: 4_096, maxFileBytes: 4_096 } }).start();
    for (let i = 0; i < 30; i++) h.fail(named(`${i}`));
    await h.settled();
    const taken = ends(h.up).filter((one) => one.startsWith('file:')).length;
    expect(taken).toBeGreaterThan(5);
    expect(taken).toBe(h.stored().length);
    expect(h.emitted['deadLetter.failed'].at(-1)).toMatchObject({ refusal: 'DEAD_LETTERS_FULL' });
    const [path = ''] = h.env.disk.files(directory);
    expect(h.env.disk.readFile(path).length).toBeLessThanOrEqual(4_096);
    await h.stage.close?.(h.env.clock.now());

    const next = await new Harness(
      { file: { directory, maxBytes: 4_096, maxFileBytes: 4_096 } },
      h.env,
    ).start();
    next.fail(named('x'.repeat(1_000)));
    await next.settled();
    expect(ends(next.up)).toEqual(['failed AUTHORIZATION_FAILED']);
    h.env.disk.erase(path);
    await next.env.clock.advance(1_000);
    next.fail(named('y'));
    await next.settled();
    expect(ends(next.up).at(-1)).toMatch(/^file:/);
  });

  it('shares a directory with others, and writes to none of their files', async () => {
    const first = await new Harness({ file }).start();
    first.fail(named('a'));
    await first.settled();
    const [torn = ''] = first.env.disk.files(directory);
    first.env.disk.truncateFile(torn, first.env.disk.readFile(torn).length - 5);
    const second = await new Harness({ file }, { disk: first.env.disk, run: 2 }).start();
    second.fail(named('b'));
    first.fail(named('c'));
    await first.settled();
    await second.settled();
    expect(second.env.disk.files(directory)).toHaveLength(3);
    expect(values(second.stored()).sort()).toEqual(['b', 'c']);
  });

  it('removes the permissions of others from its own files, and logs it once', async () => {
    const disk = simulatedDisk();
    const own = [`${directory}/1.jsonl`, `${directory}/replayed.ids`];
    for (const path of [...own, `${directory}/README`]) {
      disk.writeFile(path, new Uint8Array());
      disk.chmod(path, 0o660);
    }
    disk.chmod(directory, 0o770);
    const one = await new Harness({ file }, { disk }).start();
    for (const path of own) expect(await disk.info(path)).toMatchObject({ mode: 0o600 });
    expect(await disk.info(directory)).toMatchObject({ mode: 0o700 });
    expect(await disk.info(`${directory}/README`)).toMatchObject({ mode: 0o660 });
    expect(one.env.logger.lines).toMatchObject([{ level: 'warn', fields: { path: directory, paths: 3 } }]);
  });

  it('does not start where others can read and it cannot change that, and reports the remedy', async () => {
    const disk = simulatedDisk();
    disk.writeFile(`${directory}/x`, new Uint8Array());
    disk.chmod(directory, 0o755);
    disk.faults.every({ operation: 'makePrivate' }, { error: 'EPERM' });
    await expect(new Harness({ file }, { disk }).start()).rejects.toMatchObject({
      code: 'DEAD_LETTERS_INSECURE',
      message: expect.stringContaining("chmod -R go-rwx '/dead-letters'") as string,
    });
  });

  it.each([
    [
      'is no directory',
      simulatedDisk(),
      (disk: ReturnType<typeof simulatedDisk>) => disk.writeFile(directory, new Uint8Array()),
    ],
    [
      'cannot be made',
      simulatedDisk(),
      (disk: ReturnType<typeof simulatedDisk>) => void (disk.readOnly = true),
    ],
  ])('does not start on a path that %s', async (_, disk, prepare) => {
    prepare(disk);
    await expect(new Harness({ file }, { disk }).start()).rejects.toMatchObject({
      code: 'DEAD_LETTERS_FAILED',
    });
  });

  it('moves a batch to a new file after a failed sync, and never uses the old one again', async () => {
    const h = await new Harness({ file }).start();
    h.fail(named('a'));
    await h.settled();
    h.env.disk.faults.at({ operation: 'sync', call: 1 }, { error: 'EIO' });
    h.fail(named('b'));
    await h.settled();
    h.fail(named('c'));
    await h.settled();
    expect(ends(h.up).map((one) => one.slice(-12))).toEqual(['000001.jsonl', '000002.jsonl', '000002.jsonl']);
    expect(values(h.stored())).toEqual(['a', 'b', 'c']);
    expect(values(h.stored(h.env.disk.crash({ keep: 'none' })))).toEqual(['a', 'b', 'c']);
  });

  it('refuses when the disk is full, leaves nothing torn, and continues when there is room', async () => {
    const h = await new Harness({ file, callback: () => undefined }).start();
    h.fail(named('a'));
    await h.settled();
    h.env.disk.capacityBytes = h.env.disk.usedBytes;
    h.fail(named('b'.repeat(10_000)));
    await h.settled();
    expect(ends(h.up).at(-1)).toBe('callback');
    expect(h.emitted['deadLetter.refused'].at(-1)).toMatchObject({ sink: 'file', refusal: 'ENOSPC' });
    h.env.disk.capacityBytes = Infinity;
    h.fail(named('c'));
    await h.settled();
    expect(values(h.stored())).toEqual(['a', 'c']);
    const texts = h.env.disk
      .files(directory)
      .map((path) => Buffer.from(h.env.disk.readFile(path)).toString());
    for (const one of texts) expect(one.endsWith('\n')).toBe(true);
  });

  it.each([
    ['removed', (disk: SimulatedDisk, path: string) => disk.erase(path)],
    ['cut', (disk: SimulatedDisk, path: string) => disk.truncateFile(path, 0)],
  ])('goes on in a new file when somebody has %s the one it writes to', async (_, harm) => {
    const h = await new Harness({ file }).start();
    const { disk } = h.env;
    h.fail(named('a'));
    await h.settled();
    harm(disk, disk.files(directory)[0] ?? '');
    h.fail(named('b'));
    h.fail(named('c'));
    await h.settled();
    const path = disk.files(directory).at(-1);
    expect(h.up.slice(1).map(({ outcome }) => outcome)).toEqual(
      [1, 2].map(() => expect.objectContaining({ to: `file:${path}` }) as unknown),
    );
    expect(values(h.stored())).toEqual(['b', 'c']);
    expect(values(h.stored(disk.crash({ keep: 'none' })))).toEqual(expect.arrayContaining(['b', 'c']));
  });

  it('takes a letter that arrives while the previous one is reported', async () => {
    const refuses: Middleware = {
      name: 'refuses',
      bind: () => ({
        send(batch, settle) {
          for (const one of batch) one.outcome = fails();
          settle(batch);
        },
      }),
    };
    const producer = await createProducer({
      adapter: memoryKafka().adapter(),
      use: [deadLetterQueue({ file }), refuses],
      env: { disk: simulatedDisk() },
    });
    for (let i = 0; i < 3; i++) await producer.sendBatch([{ topic: 'orders', value: 'v' }]);
    expect(producer.stats()).toMatchObject({ deadLettered: 3, held: 0 });
    await producer.close();
  });

  it('continues after a short write', async () => {
    const h = await new Harness({ file }).start();
    h.env.disk.faults.every({ operation: 'write' }, { bytes: 100 });
    h.fail([{ value: 'a' }, { value: 'b' }], fails());
    await h.settled();
    expect(values(h.stored(h.env.disk.crash({ keep: 'none' })))).toEqual(['a', 'b']);
  });
});

describe('a record that a middleware has spoilt', () => {
  it.each(spoilings)(
    '$title: is written so that it can be read again, or refused, and alone',
    async ({ spoil }) => {
      const h = await new Harness({ file }).start();
      const [before, spoilt, behind] = h.send([
        { value: 'before' },
        { headers: { a: 'b' } },
        { value: 'behind' },
      ]);
      if (before === undefined || spoilt === undefined || behind === undefined)
        throw new Error('nothing sent');
      spoil(spoilt.record);
      h.answer([before, spoilt, behind], fails());
      await h.settled();
      expect(h.up).toHaveLength(3);
      expect([before, behind].map(({ outcome }) => outcome?.status)).toEqual([
        'dead-lettered',
        'dead-lettered',
      ]);
      const taken = h.up.filter(({ outcome }) => outcome?.status === 'dead-lettered');
      const stored = h.stored();
      expect(stored).toHaveLength(taken.length);
      expect(values(stored)).toEqual(expect.arrayContaining(['before', 'behind']));
      if (!taken.includes(spoilt))
        expect(h.emitted['deadLetter.failed']).toMatchObject([{ refusal: 'INVALID_RECORD' }]);
    },
  );
});

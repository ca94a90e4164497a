import { readFile, readdir, stat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createProducer, silentLogger } from '@holdfast/core';
import { journal } from '@holdfast/journal';
import { memoryKafka } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cli, Target, valuesTo } from '../cli.fixture.js';

let cli: Cli;
beforeEach(async () => (cli = await Cli.make()));
afterEach(() => cli.remove());

async function damage(directory: string): Promise<string> {
  const [segment = ''] = (await readdir(directory)).filter((name) => name.endsWith('.segment'));
  const path = join(directory, segment);
  const file = await open(path, 'r+');
  await file.write('damage', 200);
  await file.close();
  return path;
}

const parsed = (text: string): unknown => JSON.parse(text);
const lines = (text: string): unknown[] => text.trimEnd().split('\n').map(parsed);

describe('holdfast journal inspect', () => {
  it('reports how many records wait, and lists the segments', async () => {
    const { code, out, err } = await cli.run('journal', 'inspect', await cli.journal(100));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('outbox: 100 records waiting to be sent\n');
    expect(out).toMatch(/segment +created +bytes.*\n +1 +\d{4}-\d\d-\d\dT/);
    expect(out).not.toContain('secret');
  });

  it('prints the report of the library as JSON', async () => {
    const { code, out } = await cli.run('journal', 'inspect', '--json', await cli.journal(3));
    expect(code).toBe(0);
    expect(parsed(out)).toMatchObject({ totals: { records: 3, live: 3 }, damage: [] });
  });

  it('reports what is wrong with a path that is not a journal', async () => {
    const { code, err, out } = await cli.run('journal', 'inspect', cli.path('nothing'));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^holdfast: '.*nothing' is not a journal: there is nothing there\n/);
  });

  it('reads an encrypted journal with the keys of a module', async () => {
    const key = { id: 'spring', key: new Uint8Array(32).fill(7) };
    const directory = await cli.journal(3, key);
    const without = await cli.run('journal', 'inspect', directory);
    expect(without.code).toBe(1);
    expect(without.err).toMatch(/JOURNAL_KEY.*'spring'.*--keys <module>/);
    const keys = await cli.module({ default: [key] });
    expect(await cli.run('journal', 'inspect', directory, '--keys', keys)).toMatchObject({ code: 0 });
    const wrong = await cli.module({ default: [{ id: 'spring', key: 'secret' }] });
    const refused = await cli.run('journal', 'inspect', directory, '--keys', wrong);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/must be keys, \[\{ id, key \}\]/);
    expect(refused.err).not.toContain('secret');
  });
});

describe('holdfast journal verify', () => {
  it('exits with 0 when the journal is sound', async () => {
    const { code, out } = await cli.run('journal', 'verify', await cli.journal(5));
    expect(code).toBe(0);
    expect(out).toMatch(/outbox: sound; 1 segment, \d+ frames?, 5 records, [\d,]+ bytes\n$/);
  });

  it('exits with 1 when the journal is damaged, and reports where', async () => {
    const directory = await cli.journal(50);
    const path = await damage(directory);
    const { code, out } = await cli.run('journal', 'verify', directory);
    expect(code).toBe(1);
    expect(out).toContain('damaged');
    expect(out).toContain(`${path}: corrupt from byte `);
    const again = cli.again();
    const json = await again.run('journal', 'verify', '--json', directory);
    expect(json.code).toBe(1);
    expect(parsed(json.out)).toMatchObject({ isSound: false, damage: [{ kind: 'corrupt', path }] });
  });
});

describe('holdfast journal export', () => {
  it('writes a line of JSON per record', async () => {
    const { code, out, err } = await cli.run('journal', 'export', await cli.journal(30));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(lines(out)).toHaveLength(30);
    expect(lines(out)[3]).toMatchObject({ sequence: 3, acknowledged: false, topic: 'orders', value: 'v3' });
  });

  it('is no faster than the reader, and ends silently when the reader goes away', async () => {
    const directory = await cli.journal(3_000);
    const pipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    let open = 0;
    cli.stdout.answer = (done) => {
      expect(++open).toBe(1);
      setImmediate(() => {
        open--;
        done(cli.stdout.writes.length === 3 ? pipe : null);
      });
    };
    const { code, err } = await cli.run('journal', 'export', directory);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(cli.stdout.writes).toHaveLength(3);
    const { code: full, err: words } = await failingWith('ENOSPC', directory);
    expect(full).toBe(1);
    expect(words).toMatch(/OUTPUT_FAILED: stdout cannot be written \(ENOSPC\)/);
  });

  function failingWith(code: string, directory: string) {
    const other = cli.again();
    other.stdout.answer = (done) => done(Object.assign(new Error(code), { code }));
    return other.run('journal', 'export', directory);
  }

  it('can be interrupted while the reader is stuck', async () => {
    const directory = await cli.journal(3);
    cli.stdout.answer = () => cli.interrupt();
    expect(await cli.run('journal', 'export', directory)).toMatchObject({ code: 130, err: '' });
  });

  it('writes to a new file that others cannot read', async () => {
    const directory = await cli.journal(30);
    const output = cli.path('records.jsonl');
    const { code, out, err } = await cli.run('journal', 'export', directory, '--output', output);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toBe(`holdfast: exported 30 records to ${output}\n`);
    expect((await stat(output)).mode & 0o777).toBe(0o600);
    const text = await readFile(output, 'utf8');
    expect(lines(text)).toHaveLength(30);
    const again = await cli.run('journal', 'export', directory, '--output', output);
    expect(again.code).toBe(2);
    expect(again.err).toContain(`'${output}' already exists`);
    expect(await readFile(output, 'utf8')).toBe(text);
  });

  it('leaves no file when it fails', async () => {
    const output = cli.path('records.jsonl');
    const failed = await cli.run('journal', 'export', cli.path('nothing'), '--output', output);
    expect(failed.code).toBe(2);
    await expect(stat(output)).rejects.toThrow('ENOENT');
    const nowhere = await cli.run(
      'journal',
      'export',
      await cli.journal(1),
      '--output',
      cli.path('no/where'),
    );
    expect(nowhere.code).toBe(1);
    expect(nowhere.err).toMatch(/OUTPUT_FAILED: '.*where' cannot be written \(ENOENT\)/);
  });

  it('reports damage, whose records are missing, and exits with 1', async () => {
    const directory = await cli.journal(50);
    const path = await damage(directory);
    const { code, err } = await cli.run('journal', 'export', directory);
    expect(code).toBe(1);
    expect(err).toContain(`holdfast: damaged: ${path}: corrupt from byte`);
  });
});

describe('holdfast journal replay', () => {
  it('sends the waiting records, and flushes and closes the producer', async () => {
    const directory = await cli.journal(50);
    const target = new Target();
    const producer = await cli.module({ default: () => Promise.resolve(target) });
    const { code, out } = await cli.run('journal', 'replay', directory, '--producer', producer);
    expect(code).toBe(0);
    expect(out).toMatch(/outbox: 50 records delivered, 0 failed, 0 left out\.\n$/);
    expect(target.values).toEqual(valuesTo(50));
    expect(target.ends).toEqual(['flush', 'close']);
    const inspected = await cli.again().run('journal', 'inspect', directory);
    expect(inspected.out).toContain(': 0 records waiting');
  });

  it('exits with 1 when a record fails, which stays in the journal', async () => {
    const directory = await cli.journal(50);
    const producer = await cli.module({ default: new Target((value) => value === 'v7') });
    const { code, out } = await cli.run('journal', 'replay', directory, '--producer', producer);
    expect(code).toBe(1);
    expect(out).toContain('49 records delivered, 1 failed, 0 left out. 1 record still in the journal.');
    expect(out).toContain('The first failure: UNKNOWN_TOPIC: no such topic');
    const again = cli.again();
    const other = await again.module({ default: new Target() }, 'other.mjs');
    const json = await again.run('journal', 'replay', directory, '--producer', other, '--json');
    const none = { failed: 0, heldBack: 0, skipped: 0, damage: [] };
    expect(parsed(json.out)).toEqual({ live: 1, delivered: 1, ...none });
  });

  it('exits with 1 when nothing is delivered for too long, and reports where it stopped', async () => {
    const directory = await cli.journal(50);
    const producer = await cli.module({ default: new Target(() => true) });
    const argv = ['--producer', producer, '--max-in-flight', '1', '--rate', '100', '--stop-after-ms', '50'];
    const { code, out } = await cli.run('journal', 'replay', directory, ...argv);
    expect(code).toBe(1);
    expect(out).toMatch(/Stopped at record \d+: nothing was delivered for too long/);
    expect(out).toContain('50 records still in the journal');
  });

  it('only counts with --dry-run, without a producer, with the filter of a module', async () => {
    const filter = await cli.module({ default: ({ sequence }: { sequence: number }) => sequence < 10 });
    const directory = await cli.journal(50);
    const { code, out } = await cli.run('journal', 'replay', directory, '--dry-run', '--filter', filter);
    expect(code).toBe(0);
    expect(out).toMatch(/: 10 records would be sent, 40 left out\n$/);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('my mistake');
      },
      1,
      /MODULE_FAILED: --filter: the function of .* threw: Error: my mistake/,
    ],
    ['returns a promise', () => Promise.resolve(true), 2, /must return true or false/],
  ])('reports a filter that %s, and closes the producer', async (_, filter, code, words) => {
    const target = new Target();
    const argv = ['--filter', await cli.module({ default: filter }), '--producer'];
    const producer = await cli.module({ default: target }, 'producer.mjs');
    const ran = await cli.run('journal', 'replay', await cli.journal(3), ...argv, producer);
    expect(ran.code).toBe(code);
    expect(ran.err).toMatch(words);
    expect(target.ends).toEqual(['close']);
  });

  it('closes the producer when it is interrupted, reports how far it came, and can be run again', async () => {
    const directory = await cli.journal(50);
    const target = new Interruptible(20, () => cli.interrupt('SIGTERM'));
    const producer = await cli.module({ default: target });
    const { code, out, err } = await cli.run('journal', 'replay', directory, '--producer', producer);
    expect({ code, out }).toEqual({ code: 143, out: '' });
    expect(err).toMatch(
      /^holdfast: 20 of 50 records delivered, \d+ failed, 0 left out; the rest is in the journal: /,
    );
    expect(target.ends).toEqual(['close']);
    const again = cli.again();
    const rest = new Target();
    await again.run('journal', 'replay', directory, '--producer', await again.module({ default: rest }));
    expect(rest.values).toEqual(valuesTo(50).slice(20));
  });

  it('refuses a locked journal, which can still be read', async () => {
    const directory = cli.path('outbox');
    await using holder = await createProducer({
      adapter: memoryKafka({ topics: { orders: 1 } }).adapter(),
      use: [journal({ directory, maxBytes: 2 ** 20 })],
      env: { logger: silentLogger },
    });
    await holder.send({ topic: 'orders', key: 'k', value: 'v' });
    const target = new Target();
    const producer = await cli.module({ default: target });
    const { code, err } = await cli.run('journal', 'replay', directory, '--producer', producer);
    expect(code).toBe(1);
    expect(err).toMatch(/JOURNAL_LOCKED: .* is held by .*--producer must not use journal\(/);
    expect(target.ends).toEqual(['close']);
    expect((await cli.again().run('journal', 'verify', directory)).code).toBe(0);
    expect((await cli.again().run('journal', 'replay', directory, '--dry-run')).code).toBe(0);
  });
});

/** Delivers some records and then sends the signal. The others fail when it closes. */
class Interruptible extends Target {
  private readonly open: (() => void)[] = [];

  constructor(
    private readonly most: number,
    private readonly interrupt: () => void,
  ) {
    super();
  }

  override send(record: Parameters<Target['send']>[0]): Promise<unknown> {
    if (this.values.length < this.most) return super.send(record);
    if (this.open.length === 0) setImmediate(this.interrupt);
    return new Promise((_, reject) => this.open.push(() => reject(new Error('closed'))));
  }

  override close(): Promise<void> {
    for (const back of this.open) back();
    return super.close();
  }
}

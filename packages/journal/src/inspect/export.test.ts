import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ProducerRecord } from '@holdfast/core';
import { fakeClock, simulatedDisk, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { Damage } from '../damage.js';
import { delivered, Harness } from '../../test/harness.fixture.js';
import { exportJournal, type ExportOptions } from './export.js';

const directory = '/outbox';
const notText = Buffer.from([0xff, 0xfe, 0]);

async function journalOf(records: readonly ProducerRecord[], done = 0): Promise<SimulatedDisk> {
  const clock = fakeClock();
  const disk = simulatedDisk();
  const journal = {
    directory,
    acknowledge: 'journaled',
    segmentBytes: 16 * 1024,
    maxBytes: 2 ** 20,
  } as const;
  const one = new Harness({ disk, clock, journal });
  await clock.until(one.start());
  one.send(records);
  await clock.advance(100);
  one.answerFirst(done, delivered);
  await clock.advance(100);
  return disk;
}

async function lines(disk: SimulatedDisk, options: ExportOptions = {}): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const line of exportJournal(directory, { disk, ...options })) {
    expect(line.endsWith('\n')).toBe(true);
    all.push(JSON.parse(line));
  }
  return all;
}

describe('exportJournal', () => {
  it('yields each record as a line, and bytes that are not text as base64', async () => {
    const disk = await journalOf(
      [
        { topic: 'a', key: 'k', value: 'v', timestamp: 1_700_000_000_000 },
        { topic: 'b', key: null, value: null, partition: 3, timestamp: -5 },
        {
          topic: 'c',
          key: notText,
          value: notText,
          headers: { text: 'ü', bytes: Buffer.from('plain'), raw: notText, twice: ['1', notText] },
          timestamp: 0.5,
        },
      ],
      1,
    );
    const base64 = notText.toString('base64');
    expect(await lines(disk)).toEqual([
      {
        sequence: 0,
        acknowledged: true,
        topic: 'a',
        key: 'k',
        value: 'v',
        headers: {},
        timestamp: 1_700_000_000_000,
      },
      {
        sequence: 1,
        acknowledged: false,
        topic: 'b',
        partition: 3,
        key: null,
        value: null,
        headers: {},
        timestamp: -5,
      },
      {
        sequence: 2,
        acknowledged: false,
        topic: 'c',
        key: { base64 },
        value: { base64 },
        headers: { text: 'ü', bytes: 'plain', raw: { base64 }, twice: ['1', { base64 }] },
        timestamp: 0.5,
      },
    ]);
  });

  it('leaves out what Kafka has with onlyLive', async () => {
    const records = Array.from({ length: 200 }, (_, i) => ({ topic: 'a', value: `${i} ${'x'.repeat(300)}` }));
    const disk = await journalOf(records, 150);
    const found = await lines(disk, { onlyLive: true });
    expect(found).toHaveLength(50);
    expect(found[0]).toMatchObject({ sequence: 150, acknowledged: false });
  });

  it('goes on after damage', async () => {
    const records = Array.from({ length: 200 }, (_, i) => ({ topic: 'a', value: `${i} ${'x'.repeat(300)}` }));
    const disk = (await journalOf(records)).kill();
    const [first = ''] = disk.files().filter((path) => path.endsWith('.segment'));
    disk.patchFile(first, 3_000, Buffer.from('damage'));
    const damage: Damage[] = [];
    const found = await lines(disk, { onDamage: (one) => damage.push(one) });
    expect(damage).toContainEqual(expect.objectContaining({ kind: 'corrupt', path: first }));
    expect(found.length).toBeGreaterThan(150);
    expect(found.length).toBeLessThan(200);
    expect(found.at(-1)).toMatchObject({ sequence: 199 });
  });

  it('can be piped into a file', async () => {
    const disk = await journalOf([{ topic: 'a', value: 'v' }]);
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-export-'));
    const path = join(folder, 'records.jsonl');
    await pipeline(exportJournal(directory, { disk }), createWriteStream(path));
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ topic: 'a', value: 'v' });
    await rm(folder, { recursive: true });
  });

  it('closes its files when the consumer stops, and can be interrupted', async () => {
    const disk = await journalOf(Array.from({ length: 100 }, () => ({ topic: 'a', value: 'x'.repeat(300) })));
    const opened = disk.calls.open - disk.calls.close;
    for await (const line of exportJournal(directory, { disk })) {
      expect(line).toContain('"sequence":0');
      break;
    }
    expect(disk.calls.open - disk.calls.close).toBe(opened);
    await expect(lines(disk, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(disk.calls.open - disk.calls.close).toBe(opened);
  });
});

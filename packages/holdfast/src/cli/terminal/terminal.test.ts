import { nodeDisk } from '@holdfast/core/stage';
import { fakeClock, simulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Screen } from '../cli.fixture.js';
import { OutputFile } from './output-file.js';
import { Output } from './output.js';
import { ProgressLine } from './progress-line.js';
import { printable, table } from './format.js';

describe('ProgressLine', () => {
  it('writes a line every 5 s, changed or not', async () => {
    const clock = fakeClock();
    const screen = new Screen();
    let done = 0;
    const progress = new ProgressLine(screen, clock, () => `${done} records`);
    await clock.advance(4_999);
    expect(screen.writes).toEqual([]);
    done = 7;
    await clock.advance(5_001);
    progress.end();
    expect(clock.pending).toBe(0);
    expect(screen.writes).toEqual(['7 records\n', '7 records\n']);
  });

  it('is one line on a terminal, overwritten when it changes, and cleared at the end', async () => {
    const clock = fakeClock();
    const screen = Object.assign(new Screen(), { isTTY: true });
    let done = 0;
    const progress = new ProgressLine(screen, clock, () => `${done} records`);
    await clock.advance(400);
    done = 7;
    await clock.advance(400);
    progress.end();
    expect(screen.writes).toEqual(['\r\u001b[K0 records', '\r\u001b[K7 records', '\r\u001b[K']);
  });
});

describe('Output', () => {
  it('ends when the reader has gone away, and fails when the disk is full', async () => {
    const screen = new Screen();
    const output = new Output(screen, new AbortController().signal);
    const fail = (code: string) => (screen.answer = (done) => done(Object.assign(new Error(code), { code })));
    expect(await output.write('a')).toBe(true);
    fail('EPIPE');
    expect(await output.write('b')).toBe(false);
    fail('ERR_STREAM_DESTROYED');
    expect(await output.write('c')).toBe(false);
    fail('ENOSPC');
    await expect(output.write('d')).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
  });
});

describe('OutputFile', () => {
  async function* chunks(...all: string[]): AsyncGenerator<string> {
    yield* all;
  }

  it('is durable once it exists', async () => {
    const disk = simulatedDisk();
    await OutputFile.write(disk, '/records.jsonl', chunks('one\n', 'two\n'));
    const left = disk.crash({ keep: 'none' });
    expect(Buffer.from(left.readFile('/records.jsonl')).toString()).toBe('one\ntwo\n');
  });

  it.each(['write', 'sync'] as const)('is removed when a %s fails', async (operation) => {
    const disk = simulatedDisk();
    disk.faults.every({ operation }, { error: 'ENOSPC' });
    await expect(OutputFile.write(disk, '/records.jsonl', chunks('one\n'))).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining('ENOSPC') as unknown,
    });
    expect(disk.files()).toEqual([]);
  });

  it('never touches an existing file', async () => {
    await expect(OutputFile.write(nodeDisk, import.meta.filename, chunks('x'))).rejects.toThrow(
      'already exists',
    );
  });
});

describe('format', () => {
  it('makes control characters visible', () => {
    expect(printable('a\u001b[31mb\nc\u202ed é 語')).toBe('a\\u{1b}[31mb\\u{a}c\\u{202e}d é 語');
  });

  it('aligns numbers to the right', () => {
    expect(
      table(
        ['name', 'bytes'],
        [
          ['a', 12_345],
          ['bcdef', 1],
        ],
      ),
    ).toBe('  name    bytes\n  a      12,345\n  bcdef       1\n');
  });
});

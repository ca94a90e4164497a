import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProducer, silentLogger } from '@holdfast/core';
import { checkMiddleware, fakeClock, scriptedAdapter } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../ledger/ledger.js';
import { readLedger } from '../ledger/read-ledger.js';
import { noteAttempts, noteResent } from './taps.js';

let directory = '';
let path = '';
let ledger: Ledger;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-taps-'));
  path = join(directory, 'ledger');
  ledger = new Ledger(path);
});
afterEach(async () => {
  ledger.close();
  await rm(directory, { recursive: true });
});

describe('the taps', () => {
  it.each([
    ['note-resent', () => noteResent(5, ledger)],
    ['note-attempts', () => noteAttempts(ledger)],
  ])('%s keeps the contract', async (name, create) => {
    expect(await checkMiddleware({ name, create, seed: 1, runs: 20 })).toEqual([]);
  });

  it('note the records that an earlier life sent, and those without an answer', async () => {
    const clock = fakeClock();
    const script = [[{}, { outcome: 'unknown' }, { outcome: 'failed' }, { outcome: 'unknown' }]] as const;
    const producer = await createProducer({
      adapter: scriptedAdapter({ clock, script }),
      use: [noteResent(12, ledger), noteAttempts(ledger)],
      env: { clock, logger: silentLogger },
    });
    const sent = producer.sendBatch([10, 11, 12, 13].map((n) => ({ topic: 't', value: `${n} x` })));
    await clock.advance(1);
    await sent;
    expect(await readLedger(path)).toEqual([
      { is: 'resent', runs: [{ first: 10, count: 2 }] },
      {
        is: 'attempted',
        runs: [
          { first: 11, count: 1 },
          { first: 13, count: 1 },
        ],
      },
    ]);
  });
});

import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numbersOf, runsOf } from './ledger-line.js';
import { Ledger } from './ledger.js';
import { readLedger } from './read-ledger.js';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-ledger-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('the ledger', () => {
  it('has what was written without being closed, but not what a kill cut off', async () => {
    const path = join(directory, 'ledger');
    const ledger = new Ledger(path);
    ledger.write({ is: 'sent', first: 0, count: 3 });
    ledger.write({ is: 'injected' });
    await appendFile(path, '{"is":"sent","fi');
    expect(await readLedger(path)).toEqual([{ is: 'sent', first: 0, count: 3 }, { is: 'injected' }]);
    ledger.close();
  });

  it('is empty when its life ended before it began', async () => {
    expect(await readLedger(join(directory, 'none'))).toEqual([]);
  });

  it('belongs to a single life', () => {
    const path = join(directory, 'ledger');
    new Ledger(path).close();
    expect(() => new Ledger(path)).toThrow('EEXIST');
  });

  it('groups numbers into runs, and expands them again', () => {
    const numbers = [3, 4, 5, 9, 1, 2];
    expect(runsOf(numbers)).toEqual([
      { first: 3, count: 3 },
      { first: 9, count: 1 },
      { first: 1, count: 2 },
    ]);
    expect([...numbersOf(runsOf(numbers))]).toEqual(numbers);
  });
});

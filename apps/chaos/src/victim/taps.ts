import type { Middleware } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import type { Ledger } from '../ledger/ledger.js';
import { runsOf } from '../ledger/ledger-line.js';
import { numberOfBytes } from '../records.js';

const numbersOf = (batch: readonly Delivery[]): number[] =>
  batch.flatMap(({ record }) => numberOfBytes(record.value) ?? []);

/**
 * Stands below the journal, and notes which records of earlier lives (numbers below `from`) it
 * sends.
 */
export const noteResent = (from: number, ledger: Ledger): Middleware => ({
  name: 'note-resent',
  bind: (next) => ({
    send(batch, settle) {
      const old = numbersOf(batch).filter((n) => n < from);
      if (old.length > 0) ledger.write({ is: 'resent', runs: runsOf(old) });
      next(batch, settle);
    },
  }),
});

/**
 * Stands below retry, where every attempt passes: a record that was once `unknown` may be in the
 * topic twice.
 */
export const noteAttempts = (ledger: Ledger): Middleware => ({
  name: 'note-attempts',
  bind: (next) => ({
    send(batch, settle) {
      next(batch, (settled) => {
        const unknown = settled.filter(({ outcome }) => outcome?.status === 'unknown');
        if (unknown.length > 0) ledger.write({ is: 'attempted', runs: runsOf(numbersOf(unknown)) });
        settle(settled);
      });
    },
  }),
});

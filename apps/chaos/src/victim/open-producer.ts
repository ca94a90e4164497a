import { createHash } from 'node:crypto';
import { buffer } from '@holdfast/buffer';
import { createProducer, silentLogger, type Producer } from '@holdfast/core';
import { nodeDisk } from '@holdfast/core/stage';
import { journal, type JournalOptions } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import type { Ledger } from '../ledger/ledger.js';
import { numberOfBytes } from '../records.js';
import { adapterOf, impatient } from './adapter.js';
import { FaultyDisk, type DiskFault } from './faulty-disk.js';
import { noteJournalReports } from './journal-reports.js';
import type { JournalSettings, VictimSettings } from './settings.js';
import { noteAttempts, noteResent } from './taps.js';

/** Opens the chain under test; its events go to the ledger. */
export async function openProducer(settings: VictimSettings, ledger: Ledger): Promise<Producer> {
  const { from, fault } = settings;
  const faulty = fault === undefined ? undefined : faultyDisk(fault, ledger);
  noteJournalReports(ledger);
  const producer = await createProducer({
    adapter: await adapterOf(settings, impatient),
    use: [
      journal(optionsOf(settings.journal)),
      noteResent(from, ledger),
      buffer(),
      retry(),
      noteAttempts(ledger),
    ],
    onUndeliverable: ({ value }, { status, error }) => {
      const n = numberOfBytes(value) ?? -1;
      ledger.write({ is: 'undeliverable', n, status, code: error.code });
    },
    leakDetection: true,
    env: { logger: silentLogger, disk: faulty ?? nodeDisk },
  });
  producer.on('violation', ({ stage, message }) =>
    ledger.write({ is: 'broken', what: `${stage}: ${message}` }),
  );
  faulty?.opened();
  return producer;
}

const faultyDisk = (fault: DiskFault, ledger: Ledger): FaultyDisk =>
  new FaultyDisk(nodeDisk, fault, () => ledger.write({ is: 'injected' }));

function optionsOf({ encrypted, ...options }: JournalSettings): JournalOptions {
  if (!encrypted) return options;
  return { ...options, encryption: { id: 'chaos', key: createHash('sha256').update('chaos').digest() } };
}

/**
 * The process that is killed: one life of a producer with a journal. `VictimProcess` starts it; it
 * marks its phases on stdout.
 */
import { writeSync } from 'node:fs';
import { Ledger } from '../ledger/ledger.js';
import { sendLoad } from './load.js';
import type { Mark } from './marks.js';
import { openProducer } from './open-producer.js';
import { settingsOf } from './settings.js';

const drainTimeoutMs = 240_000;
/** Records that remain after that stay in the journal, and the next life sends them. */
const closeTimeoutMs = 5_000;

const settings = settingsOf(process.argv[2]);
const ledger = new Ledger(settings.ledger);
const { work } = settings;

const mark = (phase: Mark): void => void writeSync(process.stdout.fd, `${phase}\n`);

for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(name, (error: unknown) => {
    ledger.write({ is: 'broken', what: `${name}: ${error instanceof Error ? error.stack : String(error)}` });
    process.exit(1);
  });
}

async function live(): Promise<void> {
  mark('opening');
  const producer = await openProducer(settings, ledger);
  mark('open');
  if (work.kind === 'load') await sendLoad(producer, work, settings, ledger);
  else await producer.flush({ timeoutMs: drainTimeoutMs });
  mark('closing');
  try {
    ledger.write({ is: 'closed', ...(await producer.close({ timeoutMs: closeTimeoutMs })) });
  } catch (error) {
    give('not-closed', error);
  }
  mark('closed');
}

function give(is: 'not-opened' | 'not-closed', error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'none';
  ledger.write({ is, code, what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
}

live().catch((error: unknown) => give('not-opened', error));

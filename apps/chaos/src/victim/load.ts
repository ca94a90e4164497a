import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer } from '@holdfast/core';
import type { Ledger } from '../ledger/ledger.js';
import { recordOf } from '../records.js';
import { Acknowledgements } from './acknowledgements.js';
import { killMyself } from './faulty-disk.js';
import type { VictimSettings, Work } from './settings.js';

const tickMs = 2;
const largestBatch = 64;

/** Sends until the work is done. Resolves when every record has its answer. */
export async function sendLoad(
  producer: Producer,
  work: Extract<Work, { kind: 'load' }>,
  settings: Pick<VictimSettings, 'from' | 'topic' | 'dieAfterAcknowledged'>,
  ledger: Ledger,
): Promise<void> {
  const { rate, window, forMs = Infinity, records = Infinity } = work;
  const { from, topic, dieAfterAcknowledged = Infinity } = settings;
  const answers = new Acknowledgements(ledger, (acknowledged) => {
    if (acknowledged >= dieAfterAcknowledged) killMyself();
  });
  const began = performance.now();
  const isOver = (): boolean => performance.now() - began >= forMs;
  let sent = 0;
  for (; sent < records && !isOver(); await sleep(tickMs)) {
    const due = Math.min(records, Math.ceil(((performance.now() - began) / 1_000) * rate));
    while (sent < due && sent - answers.answered < window) {
      const count = Math.min(due - sent, 1 + Math.floor(Math.random() * largestBatch));
      ledger.write({ is: 'sent', first: from + sent, count });
      for (let i = 0; i < count; i++) {
        const n = from + sent++;
        producer.send({ topic, ...recordOf(n) }, (_error, receipt) => answers.hear(n, receipt));
      }
    }
  }
  while (answers.answered < sent && !isOver()) await sleep(tickMs);
}

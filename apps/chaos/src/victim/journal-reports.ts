import { subscribe } from 'node:diagnostics_channel';
import { describeDamage, isHarmless, type Damage } from '@holdfast/journal';
import type { Ledger } from '../ledger/ledger.js';

/**
 * Collects the journal's events during its start, before there is a producer to listen to: Node's
 * diagnostics channels carry them too.
 */
export function noteJournalReports(ledger: Ledger): void {
  subscribe('holdfast:journal.damaged', (message) => {
    if (isDamage(message))
      ledger.write({ is: 'damaged', harmless: isHarmless(message), what: describeDamage(message) });
  });
  subscribe('holdfast:journal.recovered', (message) => {
    if (isRecovered(message)) ledger.write({ is: 'recovered', records: message.records, ms: message.ms });
  });
  subscribe('holdfast:journal.stalled', (message) => {
    if (hasCode(message)) ledger.write({ is: 'stalled', code: message.code });
  });
}

const isDamage = (message: unknown): message is Damage =>
  typeof message === 'object' && message !== null && 'kind' in message && 'path' in message;

const isRecovered = (message: unknown): message is { records: number; ms: number } =>
  typeof message === 'object' && message !== null && 'records' in message && 'ms' in message;

const hasCode = (message: unknown): message is { code: string } =>
  typeof message === 'object' && message !== null && 'code' in message;

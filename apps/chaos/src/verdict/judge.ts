import { ProducerError, type Outcome } from '@holdfast/core';
import { failed, unknown } from '@holdfast/core/stage';
import { HistoryChecker, type FoundRecord, type HistorySummary, type Violation } from '@holdfast/testing';
import { numbersOf, type LedgerLine } from '../ledger/ledger-line.js';
import { numberOfBytes, recordOf } from '../records.js';

/** What became of the records of one journal, over all its lives. */
export interface Verdict extends HistorySummary {
  /** Records that one life left and another sent. */
  readonly resent: number;
  /** Copies that neither an `unknown` attempt nor an earlier life explains. */
  readonly unexplained: number;
  /** Torn ends of the journal after a crash: the only damage allowed. */
  readonly torn: number;
  /** Starts that found records to send. */
  readonly recoveries: number;
  /** How often `send` refused a record with each code. */
  readonly refusals: { readonly [code: string]: number };
  readonly violations: readonly Violation[];
}

export interface Evidence {
  readonly topic: string;
  /** The ledgers in the order of the lives. */
  readonly lives: readonly (readonly LedgerLine[])[];
  /** By partition and offset. */
  readonly found: Iterable<FoundRecord>;
  readonly seed: number;
  /** The disk was made to fail, and may be reported. Default false. */
  readonly diskFails?: boolean;
}

export function judge({ topic, lives, found, seed, diskFails = false }: Evidence): Verdict {
  const history = new HistoryChecker({ seed, idOf: ({ value }) => String(numberOf(value)) });
  const reader = new LedgerReader(history, topic, diskFails);
  for (const life of lives) for (const line of life) reader.read(line);
  reader.refuse();
  history.found(found);
  const summary = history.summary();
  if (summary.acknowledged === 0 && !diskFails)
    history.note('I1', 'no record was acknowledged, so nothing is proved');
  return {
    ...summary,
    resent: reader.resent.size,
    unexplained: summary.duplicated - summary.duplicatedAfterUnknown,
    torn: reader.torn,
    recoveries: reader.recoveries,
    refusals: Object.fromEntries(reader.refusals),
    violations: history.check({ ended: false }),
  };
}

function numberOf(value: FoundRecord['value']): number {
  return numberOfBytes(typeof value === 'string' ? Buffer.from(value) : value) ?? -1;
}

class LedgerReader {
  readonly resent = new Set<number>();
  torn = 0;
  recoveries = 0;
  readonly refusals = new Map<string, number>();
  private readonly sent = new Set<number>();
  private readonly acknowledged = new Set<number>();
  private readonly refused = new Map<number, Outcome>();

  constructor(
    private readonly history: HistoryChecker,
    private readonly topic: string,
    private readonly diskFails: boolean,
  ) {}

  read(line: LedgerLine): void {
    const { history, topic } = this;
    switch (line.is) {
      case 'sent':
        for (const n of numbersOf([line])) {
          this.sent.add(n);
          history.sent({ topic, ...recordOf(n) });
        }
        break;
      case 'delivered':
        for (const [n, partition, offset] of line.records)
          this.acknowledge(n, { status: 'delivered', topic, partition, offset, timestamp: 0 });
        break;
      case 'accepted':
        for (const n of numbersOf(line.runs)) this.acknowledge(n, { status: 'accepted', by: 'journal' });
        break;
      case 'attempted':
        for (const n of numbersOf(line.runs)) history.attempt({ topic, ...recordOf(n) }, mayBeThere);
        break;
      case 'resent':
        for (const n of numbersOf(line.runs)) this.resend(n);
        break;
      case 'undeliverable':
        this.undeliverable(line);
        break;
      case 'damaged':
        if (line.harmless) this.torn++;
        else history.note('I8', `a kill left what counts as damage: ${line.what}`);
        break;
      case 'broken':
        history.note('I10', line.what);
        break;
      case 'recovered':
        if (line.records > 0) this.recoveries++;
        break;
      case 'stalled':
        // A full disk is not a fault of the disk.
        if (line.code !== 'JOURNAL_FULL' && !this.diskFails)
          history.note('I9', `the disk takes no records: ${line.code}`);
        break;
      case 'not-opened':
      case 'not-closed':
        if (!this.diskFails || !/JOURNAL|EIO|ENOSPC/.test(line.what)) history.note('I10', line.what);
        break;
      case 'injected':
      case 'closed':
    }
  }

  /** The records refused in the end, known once all acknowledgements are read. */
  refuse(): void {
    for (const [n, outcome] of this.refused) this.history.outcome(String(n), outcome);
  }

  private acknowledge(n: number, outcome: Outcome): void {
    this.acknowledged.add(n);
    this.history.outcome(String(n), outcome);
  }

  private resend(n: number): void {
    if (!this.sent.has(n))
      return this.history.note('I2', `the journal had record ${n}, which was never sent`);
    this.resent.add(n);
    this.history.recovered(String(n));
  }

  private undeliverable({ n, status, code }: Extract<LedgerLine, { is: 'undeliverable' }>): void {
    const error = new ProducerError(code, code);
    if (this.acknowledged.has(n) || this.resent.has(n)) {
      this.history.note(
        'I1',
        `record ${n} was in the journal, and was given up: ${status}, ${code}`,
        String(n),
      );
      return;
    }
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
    this.refused.set(n, status === 'failed' ? failed(error) : unknown(error));
  }
}

const mayBeThere = unknown(new ProducerError('UNCLASSIFIED', 'an attempt ended without an answer'));

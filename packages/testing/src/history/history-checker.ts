import type { Outcome } from '@holdfast/core';
import { seedVariable } from '../property/seed.js';
import { checkOrder } from './check-order.js';
import { foreignRecord, lostRecords, unexplainedCopies } from './check-topic.js';
import { describe, idOfBytes, laneName } from './identity.js';
import type {
  Counts,
  Entry,
  FoundRecord,
  HistoryOptions,
  HistorySummary,
  IdOf,
  Invariant,
  SentRecord,
  Violation,
} from './history-types.js';

export interface CheckOptions {
  /** The producer is closed: every record has its outcome. Default true. */
  readonly ended?: boolean;
}

/** How many violations the message of `assertHistory` spells out. */
const spelledOut = 20;

/**
 * Takes down what was sent, what was answered and what is in the topics, as plain data from
 * whatever source, and says which invariants do not hold. Records are told apart by topic, key and
 * value: give each a value of its own.
 */
export class HistoryChecker {
  private readonly entries = new Map<string, Entry>();
  private readonly noted: Violation[] = [];
  private readonly firsts: [Entry, FoundRecord][] = [];
  private foundCount = 0;
  private readonly idOf: IdOf;

  constructor(private readonly options: HistoryOptions = {}) {
    this.idOf = options.idOf ?? idOfBytes;
  }

  /** Call in the order of the calls to `send`. Answers with the record's id. */
  sent(record: SentRecord): string {
    const id = this.idOf({ topic: record.topic, key: record.key ?? null, value: record.value });
    const known = this.entries.get(id);
    if (known !== undefined) {
      throw new Error(
        `${describe(known)} was sent twice and could not be told apart; put a number into the value`,
      );
    }
    const number = this.entries.size;
    const lane = laneName(record);
    const unheard = { outcome: undefined, mayRepeat: false, mayBeAbsent: false, unordered: false };
    this.entries.set(id, { id, number, record, lane, ...unheard, found: [] });
    return id;
  }

  /** What the caller heard in the end. */
  outcome(id: string, outcome: Outcome): void {
    const entry = this.entry(id);
    if (entry.outcome !== undefined) {
      this.note(
        'I6',
        `${describe(entry)} was settled twice: '${entry.outcome.status}', then '${outcome.status}'`,
        id,
      );
    }
    entry.outcome = outcome;
    if (outcome.status === 'unknown') entry.mayRepeat = true;
  }

  /**
   * What one attempt for this record, or this id, was answered on the way, see `attemptTap`;
   * `unknown` explains a duplicate.
   */
  attempt(about: SentRecord | string, outcome: Outcome | undefined): void {
    if (outcome?.status !== 'unknown') return;
    const id = typeof about === 'string' ? about : this.idOf({ ...about, key: about.key ?? null });
    const entry = this.entries.get(id);
    if (entry !== undefined) entry.mayRepeat = true;
  }

  /** It was replayed from a journal, so a duplicate is allowed. */
  recovered(id: string): void {
    this.entry(id).mayRepeat = true;
  }

  /**
   * Its acknowledgement does not say that it is in these topics: it was delivered elsewhere, or the
   * stage that had accepted it has said since that it will not be delivered.
   */
  mayBeAbsent(id: string): void {
    this.entry(id).mayBeAbsent = true;
  }

  /** True for what `sent` has answered. */
  knows(id: string): boolean {
    return this.entries.has(id);
  }

  /**
   * Its order is not promised: given up as `unknown`, say, it may still come while others of its
   * lane have gone on.
   */
  unordered(id: string): void {
    this.entry(id).unordered = true;
  }

  /** What is in the topics: partition by partition in order of offsets, in one call or several. */
  found(records: Iterable<FoundRecord>): void {
    for (const record of records) {
      this.foundCount++;
      const entry = this.entries.get(this.idOf(record));
      const violation = foreignRecord(entry, record, this.options);
      if (violation !== undefined) this.noted.push(violation);
      if (entry === undefined) continue;
      if (entry.found.push(record) === 1) this.firsts.push([entry, record]);
    }
  }

  /** I5, at any instant: `history.conserved(producer.stats())`. */
  conserved(counts: Counts, when = ''): void {
    const { sent, delivered, accepted, deadLettered, failed, unknown, held } = counts;
    const sum = delivered + accepted + deadLettered + failed + unknown + held;
    if (sum === sent && held >= 0) return;
    this.note(
      'I5',
      `${when && `${when}: `}${sent} sent, but ${delivered} delivered + ${accepted} accepted + ${deadLettered} dead-lettered + ${failed} failed + ${unknown} unknown + ${held} held = ${sum}`,
    );
  }

  /**
   * I7, at any instant: `history.bounded('buffered bytes', stats.bufferedBytes, 32 * 1024 * 1024)`.
   */
  bounded(what: string, value: number, max: number): void {
    if (!(value <= max)) this.note('I7', `${what}: ${value}, and the bound is ${max}`);
  }

  /**
   * Adds a violation found elsewhere: an unhandled rejection as I10, a violation of the contract as
   * I6.
   */
  note(invariant: Invariant, message: string, id?: string): void {
    this.noted.push(id === undefined ? { invariant, message } : { invariant, message, id });
  }

  /** Everything that does not hold, by invariant. */
  check({ ended = true }: CheckOptions = {}): Violation[] {
    const all = [
      ...this.noted,
      ...lostRecords(this.entries.values(), this.options),
      ...(this.options.lanes === false ? [] : this.order()),
      ...unexplainedCopies(this.entries.values()),
      ...(ended ? this.openEntries() : []),
    ];
    return all.sort((a, b) => Number(a.invariant.slice(1)) - Number(b.invariant.slice(1)));
  }

  /** Throws one error with all violations and the seed. */
  assertHistory(options: CheckOptions = {}): void {
    const violations = this.check(options);
    if (violations.length > 0) throw new HistoryError(violations, this.options.seed);
  }

  summary(): HistorySummary {
    const counts = {
      acknowledged: 0,
      deadLettered: 0,
      failed: 0,
      unknown: 0,
      open: 0,
      lost: 0,
      duplicated: 0,
      duplicatedAfterUnknown: 0,
    };
    for (const { outcome, found, mayRepeat, mayBeAbsent } of this.entries.values()) {
      const acknowledged = outcome?.status === 'delivered' || outcome?.status === 'accepted';
      if (acknowledged) counts.acknowledged++;
      else if (outcome === undefined) counts.open++;
      else if (outcome.status === 'dead-lettered') counts.deadLettered++;
      else if (outcome.status === 'failed') counts.failed++;
      else counts.unknown++;
      if (acknowledged && found.length === 0 && !mayBeAbsent) counts.lost++;
      const copies = Math.max(0, found.length - 1);
      counts.duplicated += copies;
      if (mayRepeat) counts.duplicatedAfterUnknown += copies;
    }
    return {
      sent: this.entries.size,
      inTopic: this.foundCount,
      outOfOrder: this.order().length,
      ...counts,
    };
  }

  private order(): Violation[] {
    return checkOrder(this.firsts, this.options.changesRecords);
  }

  private entry(id: string): Entry {
    const entry = this.entries.get(id);
    if (entry === undefined)
      throw new Error(`no record with the id ${JSON.stringify(id)} was sent; use what sent() answers`);
    return entry;
  }

  private openEntries(): Violation[] {
    return [...this.entries.values()]
      .filter(({ outcome }) => outcome === undefined)
      .map((entry) => ({ invariant: 'I6', id: entry.id, message: `${describe(entry)} was never settled` }));
  }
}

/** What `assertHistory` throws. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';

  constructor(
    readonly violations: readonly Violation[],
    seed: number | undefined,
  ) {
    const lines = violations
      .slice(0, spelledOut)
      .map(({ invariant, message }) => `  ${invariant}: ${message}`);
    const more = violations.length - lines.length;
    if (more > 0) lines.push(`  and ${more} more, in the property 'violations'`);
    if (seed !== undefined) lines.push(`  repeat with ${seedVariable}=${seed}`);
    super(`the history breaks ${violations.length} promise(s):\n${lines.join('\n')}`);
  }
}

import type { Outcome } from '@holdfast/core';
import type { HistoryChecker } from '../history/history-checker.js';
import type { FoundRecord } from '../history/history-types.js';
import type { ScriptedAdapter } from '../scripted/scripted-adapter.js';
import type { RecordTracker } from './record-tracker.js';

/** What the options of a run declare about its middleware; see `ChainOptions`. */
export interface ReconcilerOptions {
  readonly changesRecords?: boolean;
  readonly deliversElsewhere?: boolean | (() => readonly FoundRecord[]);
  readonly ignoreTopics?: readonly string[];
}

/** Reconciles each record's reported outcome with what is in the topics. */
export class Reconciler {
  readonly outcomes = new Map<string, Outcome>();
  /** Delivered, but not by the adapter. */
  private readonly elsewhere = new Set<string>();

  constructor(
    private readonly history: HistoryChecker,
    private readonly tracker: RecordTracker,
    private readonly options: ReconcilerOptions,
  ) {}

  /** Its delivery has come back up to the dispatcher. */
  settled(id: string, outcome: Outcome): void {
    this.history.outcome(id, outcome);
    this.outcomes.set(id, outcome);
    if (outcome.status !== 'delivered' || this.tracker.wasDelivered(id, outcome)) return;
    if ((this.options.deliversElsewhere ?? false) === false) return;
    this.elsewhere.add(id);
    this.history.mayBeAbsent(id);
  }

  /** The event `failed` reports it. */
  failed(id: string, outcome: Outcome): void {
    const { history, outcomes } = this;
    const before = outcomes.get(id);
    if (before?.status === 'accepted') history.mayBeAbsent(id);
    if (before !== undefined) return;
    if (history.knows(id)) {
      // The dispatcher's own refusals never come up the chain.
      outcomes.set(id, outcome);
      history.outcome(id, outcome);
    } else if (this.options.changesRecords) this.tracker.unknownForkUndelivered();
    else history.note('I6', `the event 'failed' reports a record that was never sent: ${JSON.stringify(id)}`);
  }

  /** Compares with what the topics hold at the end. */
  found({ calls, log }: ScriptedAdapter): void {
    const { history, tracker, outcomes } = this;
    const { changesRecords = false, ignoreTopics = [] } = this.options;
    const forks = changesRecords ? tracker.identify(calls, outcomes, (id) => history.knows(id)) : 0;
    history.found(log.messages().filter(({ topic }) => !ignoreTopics.includes(topic)));
    if (forks > 0) this.excuseAccepted(forks);
    this.lookElsewhere();
  }

  /**
   * Accepted records that went down as forks with changed bytes cannot be told apart, so only the
   * number of forks is compared.
   */
  private excuseAccepted(forks: number): void {
    const missing = this.history
      .check()
      .flatMap(({ invariant, id }) => (invariant === 'I1' && id !== undefined ? [id] : []))
      .filter((id) => this.outcomes.get(id)?.status === 'accepted');
    if (missing.length <= forks) for (const id of missing) this.history.mayBeAbsent(id);
  }

  private lookElsewhere(): void {
    const { deliversElsewhere } = this.options;
    if (typeof deliversElsewhere !== 'function') return;
    const there = new Set(deliversElsewhere().map(this.tracker.idOf));
    for (const id of this.elsewhere) {
      if (there.has(id)) continue;
      const message = `${JSON.stringify(id)} was reported 'delivered', but is neither in the topic nor in what 'deliversElsewhere' returned`;
      this.history.note('I1', message, id);
    }
  }
}

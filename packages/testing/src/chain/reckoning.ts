import type { Outcome } from '@holdfast/core';
import type { HistoryChecker } from '../history/history-checker.js';
import type { FoundRecord } from '../history/history-types.js';
import type { ScriptedAdapter } from '../scripted/scripted-adapter.js';
import type { Tracks } from './tracks.js';

/** What the middleware of a run is said to do, see `ChainOptions`. */
export interface ReckoningOptions {
  readonly changesRecords?: boolean;
  readonly deliversElsewhere?: boolean | (() => readonly FoundRecord[]);
  readonly ignoreTopics?: readonly string[];
}

/** Brings together what became of each record: what was heard of it, and where it lies. */
export class Reckoning {
  readonly outcomes = new Map<string, Outcome>();
  /** Delivered, and not by the adapter. */
  private readonly elsewhere = new Set<string>();

  constructor(
    private readonly history: HistoryChecker,
    private readonly tracks: Tracks,
    private readonly options: ReckoningOptions,
  ) {}

  /** Its delivery has come up to the edge. */
  heard(id: string, outcome: Outcome): void {
    this.history.outcome(id, outcome);
    this.outcomes.set(id, outcome);
    if (outcome.status !== 'delivered' || this.tracks.wasDelivered(id, outcome)) return;
    if ((this.options.deliversElsewhere ?? false) === false) return;
    this.elsewhere.add(id);
    this.history.mayBeAbsent(id);
  }

  /** The event `failed` tells of it. */
  failed(id: string, outcome: Outcome): void {
    const { history, outcomes } = this;
    const before = outcomes.get(id);
    if (before?.status === 'accepted') history.mayBeAbsent(id);
    if (before !== undefined) return;
    if (history.knows(id)) {
      // What the edge refuses never comes up to it.
      outcomes.set(id, outcome);
      history.outcome(id, outcome);
    } else if (this.options.changesRecords) this.tracks.strangerUndelivered();
    else
      history.note('I6', `the event 'failed' tells of a record that was never sent: ${JSON.stringify(id)}`);
  }

  /** Looks at what is in the topics in the end. */
  found({ calls, log }: ScriptedAdapter): void {
    const { history, tracks, outcomes } = this;
    const { changesRecords = false, ignoreTopics = [] } = this.options;
    const forks = changesRecords ? tracks.identify(calls, outcomes, (id) => history.knows(id)) : 0;
    history.found(log.messages().filter(({ topic }) => !ignoreTopics.includes(topic)));
    if (forks > 0) this.excuseAccepted(forks);
    this.lookElsewhere();
  }

  /** What was accepted and went down as a fork of other bytes cannot be told from another: as many forks must be there. */
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
    const there = new Set(deliversElsewhere().map(this.tracks.idOf));
    for (const id of this.elsewhere) {
      if (there.has(id)) continue;
      const message = `${JSON.stringify(id)} was answered 'delivered' and is neither in the topic nor where it is delivered elsewhere`;
      this.history.note('I1', message, id);
    }
  }
}

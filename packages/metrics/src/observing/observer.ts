import type { ProducerStats } from '@holdfast/core';
import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import { catalogue, isObservable } from '../instruments/catalogue.js';
import type { Instruments } from '../instruments/instruments.js';
import type { Problems } from '../sdk-errors.js';
import { observeAttempts } from './attempts.js';
import { observeCircuits } from './circuits.js';
import { observeDeadLetters } from './dead-letters.js';
import { observeJournal } from './journal.js';
import { observeProducer } from './producer.js';
import type { Say } from './observe.js';
import { observeStages } from './stages.js';

/** Says what is to be read off the stats. */
type Look = (stats: ProducerStats, say: Say) => void;

const looks: readonly Look[] = [
  observeProducer,
  observeStages,
  observeAttempts,
  observeJournal,
  observeCircuits,
  observeDeadLetters,
];

/** Reads the stats when the SDK collects, and only then: between two collections nothing is paid for them. */
export class Observer {
  private readonly observables: ReadonlyMap<string, Observable>;
  /** The stats of a producer that has closed. */
  private last: ProducerStats | undefined;

  constructor(
    private readonly meter: Meter,
    instruments: Instruments,
    private readonly common: Attributes,
    private readonly stats: () => ProducerStats,
    private readonly problems: Problems,
    /** Tells what was counted beside the stats: what is told during a collection belongs to it. */
    private readonly tellCounts: () => void,
  ) {
    const names = Object.keys(catalogue).filter(isObservable);
    this.observables = new Map(names.map((name) => [name, instruments.observable(name)]));
    meter.addBatchObservableCallback(this.observe, [...this.observables.values()]);
  }

  /**
   * At the next collection for the last time. An SDK that keeps sums goes on repeating the last value of a series that has ended, so
   * the counters end with what they have come to, the states with the last, and the other gauges with 0: a closed producer holds nothing.
   */
  end(): void {
    this.last = this.stats();
  }

  private readonly observe = (result: BatchObservableResult): void => {
    const { last, problems } = this;
    // In a turn of its own: the SDK is going through its callbacks.
    if (last !== undefined) void Promise.resolve().then(() => problems.contain(() => this.remove()));
    problems.contain(() => {
      const stats = last ?? this.stats();
      const say = this.sayTo(result, last !== undefined);
      for (const look of looks) problems.contain(() => look(stats, say));
      problems.contain(() => this.tellCounts());
    });
  };

  private sayTo(result: BatchObservableResult, ended: boolean): Say {
    return (name, value, attributes) => {
      const observable = this.observables.get(name);
      if (value === undefined || observable === undefined) return;
      const isOver = ended && catalogue[name].kind === 'observable gauge' && !name.endsWith('.state');
      result.observe(observable, isOver ? 0 : value, { ...this.common, ...attributes });
    };
  }

  private remove(): void {
    this.meter.removeBatchObservableCallback(this.observe, [...this.observables.values()]);
  }
}

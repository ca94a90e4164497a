import type { ProducerStats } from '@holdfast/core';
import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import { catalogue, isObservable } from '../instruments/catalogue.js';
import type { Instruments } from '../instruments/instruments.js';
import type { SdkErrors } from '../sdk-errors.js';
import { observeAttempts } from './attempts.js';
import { observeCircuits } from './circuits.js';
import { observeDeadLetters } from './dead-letters.js';
import { observeJournal } from './journal.js';
import type { Observe } from './observe.js';
import { observeProducer } from './producer.js';
import { observeStages } from './stages.js';

/** Observes the values that can be read from the stats. */
type StatsCallback = (stats: ProducerStats, observe: Observe) => void;

const callbacks: readonly StatsCallback[] = [
  observeProducer,
  observeStages,
  observeAttempts,
  observeJournal,
  observeCircuits,
  observeDeadLetters,
];

/** Reads the stats when the SDK collects. Between two collections it costs nothing. */
export class Observer {
  private readonly observables: ReadonlyMap<string, Observable>;
  /** The stats of a producer that has closed. */
  private last: ProducerStats | undefined;

  constructor(
    private readonly meter: Meter,
    instruments: Instruments,
    private readonly common: Attributes,
    private readonly stats: () => ProducerStats,
    private readonly sdkErrors: SdkErrors,
    /**
     * Reports counts that are not in the stats. What is reported during a collection is part of it.
     */
    private readonly reportCounts: () => void,
  ) {
    const names = Object.keys(catalogue).filter(isObservable);
    this.observables = new Map(names.map((name) => [name, instruments.observable(name)]));
    meter.addBatchObservableCallback(this.observe, [...this.observables.values()]);
  }

  /**
   * Makes the next collection the last one. An SDK that exports sums repeats the last value of a
   * series that has ended. So counters end with their totals, the states with the last state, and
   * other gauges with 0, as a closed producer holds nothing.
   */
  end(): void {
    this.last = this.stats();
  }

  private readonly observe = (result: BatchObservableResult): void => {
    const { last, sdkErrors } = this;
    // In a turn of its own, because the SDK is iterating over its callbacks.
    if (last !== undefined) void Promise.resolve().then(() => sdkErrors.contain(() => this.remove()));
    sdkErrors.contain(() => {
      const stats = last ?? this.stats();
      const observe = this.observeIn(result, last !== undefined);
      for (const callback of callbacks) sdkErrors.contain(() => callback(stats, observe));
      sdkErrors.contain(() => this.reportCounts());
    });
  };

  private observeIn(result: BatchObservableResult, hasEnded: boolean): Observe {
    return (name, value, attributes) => {
      const observable = this.observables.get(name);
      if (value === undefined || observable === undefined) return;
      const isEmpty = hasEnded && catalogue[name].kind === 'observable gauge' && !name.endsWith('.state');
      result.observe(observable, isEmpty ? 0 : value, { ...this.common, ...attributes });
    };
  }

  private remove(): void {
    this.meter.removeBatchObservableCallback(this.observe, [...this.observables.values()]);
  }
}

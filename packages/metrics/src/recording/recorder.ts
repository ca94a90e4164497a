import type { ProducerEvents, ProducerStats } from '@holdfast/core';
import type { Env } from '@holdfast/core/stage';
import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import { Attempts } from './attempts.js';
import { Deliveries } from './deliveries.js';
import { Instruments } from '../instruments/instruments.js';
import { Observer } from '../observing/observer.js';
import type { Problems } from '../sdk-errors.js';
import { StageTimes } from './stage-times.js';

/** What tells the SDK of one producer. */
export class Recorder {
  readonly attempts: Attempts;
  readonly deliveries: Deliveries;
  readonly stageTimes: StageTimes;
  private readonly common: Attributes;
  private readonly syncs: Histogram;
  private readonly observer: Observer;

  constructor(meter: Meter, clientId: string, maxTopics: number, env: Env, problems: Problems) {
    const common = { 'messaging.system': 'kafka', 'messaging.client.id': clientId };
    const instruments = new Instruments(meter);
    this.common = common;
    this.attempts = new Attempts(instruments, common, maxTopics);
    this.deliveries = new Deliveries(instruments, common, maxTopics);
    this.stageTimes = new StageTimes(instruments, common);
    this.syncs = instruments.histogram('holdfast.journal.sync.duration');
    const stats = (): ProducerStats => env.stats();
    const tellCounts = (): void => this.attempts.tellSent();
    this.observer = new Observer(meter, instruments, common, stats, problems, tellCounts);
  }

  synced({ durationMs }: ProducerEvents['journal.synced']): void {
    this.syncs.record(durationMs / 1_000, this.common);
  }

  /** The producer has closed. */
  end(): void {
    this.observer.end();
  }
}

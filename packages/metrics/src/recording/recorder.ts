import type { ProducerEvents, ProducerStats } from '@holdfast/core';
import type { Env } from '@holdfast/core/stage';
import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import { Instruments } from '../instruments/instruments.js';
import { Observer } from '../observing/observer.js';
import type { SdkErrors } from '../sdk-errors.js';
import { AttemptMetrics } from './attempts.js';
import { DeliveryMetrics } from './deliveries.js';
import { StageDurations } from './stage-durations.js';

/**
 * The instruments of one producer. Events are recorded as they happen, stats observed at
 * collection.
 */
export class Recorder {
  readonly attempts: AttemptMetrics;
  readonly deliveries: DeliveryMetrics;
  readonly stageDurations: StageDurations;
  private readonly common: Attributes;
  private readonly syncDuration: Histogram;
  private readonly observer: Observer;

  constructor(meter: Meter, clientId: string, maxTopics: number, env: Env, sdkErrors: SdkErrors) {
    const common = { 'messaging.system': 'kafka', 'messaging.client.id': clientId };
    const instruments = new Instruments(meter);
    this.common = common;
    this.attempts = new AttemptMetrics(instruments, common, maxTopics);
    this.deliveries = new DeliveryMetrics(instruments, common, maxTopics);
    this.stageDurations = new StageDurations(instruments, common);
    this.syncDuration = instruments.histogram('holdfast.journal.sync.duration');
    const stats = (): ProducerStats => env.stats();
    const reportCounts = (): void => this.attempts.reportSent();
    this.observer = new Observer(meter, instruments, common, stats, sdkErrors, reportCounts);
  }

  recordSync({ durationMs }: ProducerEvents['journal.synced']): void {
    this.syncDuration.record(durationMs / 1_000, this.common);
  }

  /** Ends the observation once the producer has closed. */
  end(): void {
    this.observer.end();
  }
}

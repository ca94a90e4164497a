import type { Outcome } from '@holdfast/core';
import { WorkLoop } from '@holdfast/core/internal';
import type { Delivery, Env, Send, Settle } from '@holdfast/core/stage';
import '../events.js';
import { BacklogReader, type TopicSpan } from '../log/read/backlog-reader.js';
import type { Segments } from '../log/segments/segments.js';
import { WritableSegment } from '../log/segments/writable-segment.js';
import type { SendTimes } from '../log/send-times.js';
import type { Log } from '../log/write/log.js';
import type { ResolvedJournalOptions } from '../options.js';
import { DeliveryQueue } from './delivery-queue.js';
import { Entry } from './entry.js';
import { InFlightWindow } from './in-flight-window.js';
import { PausedTopics } from './paused-topics.js';
import { RetryQueue } from './retry-queue.js';
import { Scheduler } from './scheduler.js';
import { DeliveryWatchdog } from './watchdog.js';

/** What there is to deliver: the segments of earlier starts, and the log that is being written. */
export interface DeliverySource {
  readonly segments: Segments;
  readonly log: Pick<Log, 'nextSequence'>;
  readonly sendTimes: SendTimes;
  /** Sequence number of the first record that is not acknowledged. */
  readonly firstLive: number;
}

/**
 * Hands entries down to the next stage, as many as there is room for, and retries those that fail
 * for now.
 */
export class Deliverer {
  readonly window: InFlightWindow;
  readonly queue: DeliveryQueue;
  private readonly retries: RetryQueue;
  private readonly paused: PausedTopics;
  private readonly watchdog: DeliveryWatchdog;
  private readonly scheduler: Scheduler;
  private readonly loop = new WorkLoop(() => this.handDown());
  private ended = false;

  constructor(
    { segments, log, sendTimes, firstLive }: DeliverySource,
    options: ResolvedJournalOptions,
    private readonly env: Env,
    private readonly next: Send,
    /** Receives what was handed down; it passes it to {@link takeSettled}. */
    private readonly settle: Settle,
  ) {
    const { clock, events, random } = env;
    const { giveUpAfterMs } = options;
    const wake = (): void => this.run();
    const readerFrom = (sequence: number, span?: TopicSpan): BacklogReader =>
      new BacklogReader(
        segments,
        sequence,
        (segment, { start, end }) => {
          // Damage of earlier starts was reported when it was found.
          if (!(segment instanceof WritableSegment)) return;
          const { path } = segment;
          events.emit('journal.damaged', { kind: 'corrupt', path, start, end, quarantine: undefined });
        },
        span,
      );
    const window = new InFlightWindow(options);
    const watchdog = new DeliveryWatchdog(env, window);
    const retries = new RetryQueue(clock, random, window, wake);
    const paused = new PausedTopics({ window, retries, env, readerFrom, giveUpAfterMs, sendTimes });
    const queue = new DeliveryQueue({
      paused,
      reader: readerFrom(firstLive),
      keepFrom: log.nextSequence,
      mostRecords: options.maxInFlightRecords,
      mostBytes: options.maxInFlightBytes,
      now: () => clock.now(),
      giveUpAfterMs,
      sendTimes,
      nextSequence: () => log.nextSequence,
    });
    this.window = window;
    this.queue = queue;
    this.retries = retries;
    this.paused = paused;
    this.watchdog = watchdog;
    this.scheduler = new Scheduler({ queue, paused, retries, window, watchdog, env, wake });
  }

  /** Whether the journal has records that are neither in flight nor in memory. */
  get isBehind(): boolean {
    return this.scheduler.isBehind;
  }

  get pausedTopics(): number {
    return this.paused.size;
  }

  /** Hands down all that may go now. */
  run(): void {
    this.loop.run();
  }

  /** Frees what paused topics keep in memory for callers that no longer wait. */
  tidy(): void {
    this.paused.tidy();
  }

  /**
   * Returns the entries whose outcome is final. Those that failed for now stay here and are
   * retried.
   */
  takeSettled(settled: readonly Delivery[]): Entry[] {
    const completed: Entry[] = [];
    this.watchdog.progressed();
    for (const entry of settled) {
      if (!(entry instanceof Entry) || entry.outcome === undefined) continue;
      if (this.ended) this.window.remove(entry);
      else if (!this.retry(entry, entry.outcome)) {
        this.window.remove(entry);
        completed.push(entry);
      }
    }
    if (!this.ended) this.retries.startDelays();
    return completed;
  }

  /** Hands nothing down any more. */
  end(): void {
    this.ended = true;
    this.scheduler.end();
    this.retries.cancel();
    this.watchdog.cancel();
  }

  private handDown(): boolean {
    const batch = this.ended ? [] : this.scheduler.nextBatch();
    if (batch.length > 0) this.next(batch, this.settle);
    return batch.length > 0;
  }

  /**
   * Retries a record that the journal has accepted and that was not delivered, as long as its
   * deadline allows; beyond that, while a dead-letter queue may yet take it. Returns false when the
   * outcome is final.
   */
  private retry(entry: Entry, outcome: Outcome): boolean {
    if (outcome.status !== 'failed' && outcome.status !== 'unknown') {
      this.retries.delivered(entry.record.topic);
      return false;
    }
    const { error, notKept } = outcome;
    const mayHeal = error.retriable && entry.deadline > this.env.clock.now();
    if (entry.origin !== undefined || !(notKept === true || mayHeal)) return false;
    this.retries.add(entry, error);
    return true;
  }
}

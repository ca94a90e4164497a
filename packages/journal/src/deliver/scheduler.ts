import type { Env } from '@holdfast/core/stage';
import { BacklogLoader } from './backlog-loader.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { Entry } from './entry.js';
import type { InFlightWindow } from './in-flight-window.js';
import type { PausedTopics } from './paused-topics.js';
import type { RetryQueue } from './retry-queue.js';
import { StuckTopicDetector } from './stuck-topic-detector.js';
import type { DeliveryWatchdog } from './watchdog.js';

/** Entries per batch, at most. */
const batchRecords = 1_000;

export interface SchedulerOptions {
  readonly queue: DeliveryQueue;
  readonly paused: PausedTopics;
  readonly retries: RetryQueue;
  readonly window: InFlightWindow;
  readonly watchdog: DeliveryWatchdog;
  readonly env: Pick<Env, 'clock' | 'logger' | 'ready'>;
  /**
   * Called when it is worth asking for the next batch again: a read, a wait or a watch has ended.
   */
  readonly wake: () => void;
}

/**
 * Chooses what goes down next: retries first, then what a paused topic has to catch up with, then
 * the other records in their order.
 */
export class Scheduler {
  private readonly backlog: BacklogLoader;
  private readonly catchUp: BacklogLoader;
  private readonly detector: StuckTopicDetector;
  private waitsForStage = false;

  constructor(private readonly options: SchedulerOptions) {
    const { queue, paused, env, wake } = options;
    this.backlog = new BacklogLoader(queue, env.clock, env.logger, wake);
    this.catchUp = new BacklogLoader(paused, env.clock, env.logger, wake);
    this.detector = new StuckTopicDetector(env.clock, wake);
  }

  /**
   * Returns the next entries, which count as in flight from now on; none when nothing may go down
   * now.
   */
  nextBatch(): Entry[] {
    const { window, watchdog, retries } = this.options;
    const batch: Entry[] = [];
    while (batch.length < batchRecords) {
      if (!retries.isDue && !this.hasRoom) {
        watchdog.blocked();
        break;
      }
      const entry = this.next();
      if (entry === undefined) break;
      if (entry.isExpired) continue;
      window.add(entry);
      batch.push(entry);
    }
    this.catchUp.begin();
    return batch;
  }

  /** Whether the journal has records that are neither in flight nor in memory. */
  get isBehind(): boolean {
    return this.options.queue.isBehind || this.options.paused.size > 0;
  }

  end(): void {
    this.backlog.end();
    this.catchUp.end();
    this.detector.cancel();
  }

  /**
   * Whether the window and the stage below have room. When that stage is full, it wakes the journal
   * later.
   */
  private get hasRoom(): boolean {
    const { window, env, wake } = this.options;
    if (!window.hasRoom) return false;
    const room = env.ready();
    if (room === undefined) return true;
    if (!this.waitsForStage) {
      this.waitsForStage = true;
      const goOn = (): void => {
        this.waitsForStage = false;
        wake();
      };
      room.then(goOn, goOn);
    }
    return false;
  }

  private next(): Entry | undefined {
    const { retries, paused, queue } = this.options;
    const owed = retries.shift() ?? paused.shift();
    if (owed !== undefined) return owed;
    for (let { first } = queue; first !== undefined; { first } = queue) {
      const decision = this.decide(first);
      if (decision === 'send') return queue.shift();
      if (decision === 'wait') return undefined;
      paused.leave(first);
      queue.shift();
    }
    this.backlog.begin();
    return undefined;
  }

  /** `leave`: the entry is left behind until there is room for its topic again. */
  private decide(entry: Entry): 'send' | 'wait' | 'leave' {
    const { paused, retries, window, watchdog } = this.options;
    if (entry.isExpired) return 'send';
    const { topic } = entry.record;
    if (paused.has(topic) || retries.heldBy(topic) !== undefined) {
      if (this.mayLeave(entry)) return 'leave';
    } else {
      const counted = window.atShare(topic);
      if (counted === undefined) return 'send';
      if (this.detector.isStuck(counted)) {
        watchdog.cancel();
        return 'leave';
      }
    }
    watchdog.blocked();
    return 'wait';
  }

  /**
   * An entry that was read back would take more memory when it is set aside; one that is in memory
   * does not.
   */
  private mayLeave(entry: Entry): boolean {
    const { queue, paused } = this.options;
    return !(entry.isOnDisk && paused.hasAside(entry.record.topic) && queue.isFull);
  }
}

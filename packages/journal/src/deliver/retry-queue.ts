import type { ProducerError } from '@holdfast/core';
import { DelayQueue } from '@holdfast/core/internal';
import type { Clock } from '@holdfast/core/stage';
import type { Entry } from './entry.js';
import { EntryQueue } from './entry-queue.js';
import type { InFlightWindow } from './in-flight-window.js';

const firstDelayMs = 100;
const longestDelayMs = 30_000;

/** A topic with records that failed for now. */
interface FailingTopic {
  readonly topic: string;
  entries: Entry[];
  /** Of the latest failure. */
  code: string;
  rounds: number;
  retryAfterMs: number;
  /** Waits in the delay queue. */
  isDelayed: boolean;
  /** Monotonic ms. */
  dueAt: number;
}

/**
 * Records that the journal has accepted and whose delivery failed for now. They wait until
 * everything of their topic is settled, and then for a delay (exponential backoff, full jitter,
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). Then they go down
 * again before all others, in their order. Meanwhile they keep their room in the window.
 */
export class RetryQueue {
  private readonly topics = new Map<string, FailingTopic>();
  private readonly delays: DelayQueue<FailingTopic>;
  private readonly due = new EntryQueue();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly window: InFlightWindow,
    onDue: () => void,
  ) {
    this.delays = new DelayQueue(clock, (due) => {
      for (const topic of due) this.becomeDue(topic);
      onDue();
    });
  }

  /**
   * Returns the code of the failure that holds back all other records of the topic; `undefined`:
   * none does.
   */
  heldBy(topic: string): string | undefined {
    if (this.topics.size === 0) return undefined;
    const failing = this.topics.get(topic);
    return failing !== undefined && failing.entries.length > 0 ? failing.code : undefined;
  }

  get isDue(): boolean {
    return this.due.length > 0;
  }

  add(entry: Entry, { code, retryAfter = 0 }: ProducerError): void {
    this.window.keepForRetry(entry);
    const { topic } = entry.record;
    let failing = this.topics.get(topic);
    if (failing === undefined) {
      failing = { topic, entries: [], code, rounds: 0, retryAfterMs: 0, isDelayed: false, dueAt: 0 };
      this.topics.set(topic, failing);
    }
    failing.entries.push(entry);
    failing.code = code;
    failing.retryAfterMs = Math.max(failing.retryAfterMs, retryAfter);
  }

  /** Notes that records of the topic are delivered again. */
  delivered(topic: string): void {
    if (this.topics.size === 0) return;
    const failing = this.topics.get(topic);
    if (failing === undefined) return;
    failing.rounds = 0;
    if (failing.entries.length === 0) this.topics.delete(topic);
  }

  /** Starts the delay of each topic whose last record in flight has just been settled. */
  startDelays(): void {
    for (const failing of this.topics.values()) {
      if (failing.isDelayed || failing.entries.length === 0 || !this.window.isSettled(failing.topic))
        continue;
      failing.isDelayed = true;
      failing.dueAt = this.clock.now() + this.delayOf(failing);
      this.delays.add(failing);
    }
  }

  /** Takes out the next entry that is due; it no longer has room in the window. */
  shift(): Entry | undefined {
    const entry = this.due.shift();
    if (entry !== undefined) this.window.remove(entry);
    return entry;
  }

  cancel(): void {
    this.delays.takeAll();
    this.topics.clear();
  }

  private delayOf(failing: FailingTopic): number {
    const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failing.rounds++, 20));
    return Math.max(this.random() * longest, failing.retryAfterMs);
  }

  private becomeDue(failing: FailingTopic): void {
    const entries = failing.entries.sort((a, b) => a.sequence - b.sequence);
    failing.entries = [];
    failing.retryAfterMs = 0;
    failing.isDelayed = false;
    for (const entry of entries) this.due.push(entry);
  }
}

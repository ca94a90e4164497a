import type { ProducerError } from '@holdfast/core';
import type { Clock, Timer } from '@holdfast/core/stage';
import type { Below } from './in-flight-window.js';
import type { Entry } from './entry.js';
import { EntryQueue } from './entry-queue.js';

const firstDelayMs = 100;
const longestDelayMs = 30_000;

/** A topic of which records have failed for now. */
interface Failing {
  waiting: Entry[];
  /** Of the latest failure. */
  code: string;
  rounds: number;
  retryAfterMs: number;
  timer: Timer | undefined;
}

/**
 * Records that the journal has accepted and that failed below for now. They wait until all that is below of their topic has come back,
 * and then for a while (exponential backoff, full jitter,
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/); then they go down again before all others, in their
 * order. Meanwhile they keep their room below.
 */
export class Resends {
  private readonly topics = new Map<string, Failing>();
  private readonly due = new EntryQueue();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly below: Below,
    private readonly onDue: () => void,
  ) {}

  /** Why nothing else of the topic goes down meanwhile: the code of a failure; `undefined`: it may. */
  heldBy(topic: string): string | undefined {
    if (this.topics.size === 0) return undefined;
    const failing = this.topics.get(topic);
    return failing !== undefined && failing.waiting.length > 0 ? failing.code : undefined;
  }

  get isDue(): boolean {
    return this.due.length > 0;
  }

  add(entry: Entry, { code, retryAfter = 0 }: ProducerError): void {
    this.below.hold(entry);
    const { topic } = entry.record;
    let failing = this.topics.get(topic);
    if (failing === undefined) {
      failing = { waiting: [], code, rounds: 0, retryAfterMs: 0, timer: undefined };
      this.topics.set(topic, failing);
    }
    failing.waiting.push(entry);
    failing.code = code;
    failing.retryAfterMs = Math.max(failing.retryAfterMs, retryAfter);
  }

  /** Records of the topic get through again. */
  delivered(topic: string): void {
    if (this.topics.size === 0) return;
    const failing = this.topics.get(topic);
    if (failing === undefined) return;
    failing.rounds = 0;
    if (failing.waiting.length === 0) this.topics.delete(topic);
  }

  /** Something has come up: where it was the last of a topic, the wait begins. */
  wait(): void {
    for (const [topic, failing] of this.topics)
      if (failing.waiting.length > 0 && failing.timer === undefined && this.below.isBack(topic))
        failing.timer = this.clock.after(this.delayOf(failing), () => this.becomeDue(failing));
  }

  /** No longer counted as below. */
  shift(): Entry | undefined {
    const entry = this.due.shift();
    if (entry !== undefined) this.below.remove(entry);
    return entry;
  }

  cancel(): void {
    for (const { timer } of this.topics.values()) timer?.cancel();
    this.topics.clear();
  }

  private delayOf(failing: Failing): number {
    const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failing.rounds++, 20));
    return Math.max(this.random() * longest, failing.retryAfterMs);
  }

  private becomeDue(failing: Failing): void {
    const entries = failing.waiting.sort((a, b) => a.sequence - b.sequence);
    failing.waiting = [];
    failing.retryAfterMs = 0;
    failing.timer = undefined;
    for (const entry of entries) this.due.push(entry);
    this.onDue();
  }
}

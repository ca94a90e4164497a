import { recordOf } from '../records.js';
import type { Book } from './book.js';
import type { Sender } from './sender.js';

const tickMs = 10;

/**
 * The steady stream of a service that takes orders from outside: it does not wait for Kafka, and a tick that comes late is
 * made up for.
 */
export class Stream {
  private sent: number;

  /** `end`: how many records in all; undefined until {@link stopAt} says it. */
  constructor(
    private readonly sender: Sender,
    private readonly book: Book,
    private readonly rate: number,
    private end: number | undefined,
  ) {
    this.sent = book.before;
  }

  /**
   * Sends the first record alone and waits for its answer, as a service does that has been checked before it gets its load: a
   * client that meets a thousand records before it has a connection is another story.
   */
  async warmUp(): Promise<void> {
    await this.send(1);
  }

  /** Resolves when the last record has been handed to `send`. */
  run(): Promise<void> {
    const began = performance.now();
    const before = this.sent;
    return new Promise((ended) => {
      const timer = setInterval(() => {
        const due = before + Math.floor(((performance.now() - began) / 1_000) * this.rate);
        const until = Math.min(due, this.end ?? due);
        if (until > this.sent) void this.send(until - this.sent);
        if (this.end === undefined || this.sent < this.end) return;
        clearInterval(timer);
        ended();
      }, tickMs);
    });
  }

  stopAt(records: number): void {
    this.end ??= records;
  }

  /** Resolves, and never rejects, when all these records have their answers. */
  private async send(count: number): Promise<void> {
    this.sent += count;
    const numbers = Array.from({ length: count }, () => this.book.next());
    const answers = this.sender.send(numbers.map(recordOf));
    await Promise.all(numbers.map((n, at) => this.hear(n, answers[at])));
  }

  private async hear(n: number, answer: Promise<unknown> | undefined): Promise<void> {
    try {
      await answer;
      this.book.acknowledge(n);
    } catch (error) {
      this.book.reject(n, error);
    }
  }
}

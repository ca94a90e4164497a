import type { Catalogue, StreamRecord } from '../records.js';
import type { Book } from './book.js';
import type { Sender } from './sender.js';

const tickMs = 10;

export interface StreamSettings {
  readonly catalogue: Catalogue;
  /** Records per second. */
  readonly rate: number;
  /** The number of records; undefined until {@link Stream.stopAt} sets it. */
  readonly records: number | undefined;
  /**
   * The most that wait for an answer, each sent alone; undefined: no caller waits, and the records
   * that are due go together.
   */
  readonly callers?: number | undefined;
}

/**
 * The steady stream of a service that takes orders from outside: the orders do not wait for Kafka,
 * and a late tick is made up for. Where callers wait, an order that finds none free is sent as soon
 * as one is.
 */
export class Stream {
  /** Orders that have arrived; those not yet sent wait for a caller. */
  arrived: number;
  private sent: number;
  private waiting = 0;
  private end: number | undefined;
  private ended: () => void = () => undefined;

  constructor(
    private readonly sender: Sender,
    private readonly book: Book,
    private readonly settings: StreamSettings,
  ) {
    this.sent = this.arrived = book.before;
    this.end = settings.records;
  }

  /**
   * Sends the first record alone and waits for its answer, as a service does that is health-checked
   * before it gets its load: a client that meets a thousand records before it has a connection is
   * another story.
   */
  async warmUp(): Promise<void> {
    this.arrived++;
    this.handOver();
    while (this.book.unanswered > 0 || this.sender.onTheirWay() > 0) {
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
  }

  /** Resolves when the last record has been passed to `send`. */
  run(): Promise<void> {
    const began = performance.now();
    const before = this.arrived;
    return new Promise((ended) => {
      const timer = setInterval(() => {
        const due = before + Math.floor(((performance.now() - began) / 1_000) * this.settings.rate);
        this.arrived = Math.max(this.arrived, Math.min(due, this.end ?? due));
        this.handOver();
      }, tickMs);
      this.ended = () => {
        clearInterval(timer);
        ended();
      };
    });
  }

  stopAt(records: number): void {
    this.end ??= records;
  }

  private handOver(): void {
    const { callers } = this.settings;
    if (callers === undefined) this.send(this.arrived - this.sent);
    else while (this.sent < this.arrived && this.waiting < callers) this.send(1);
    if (this.end !== undefined && this.sent >= this.end) this.ended();
  }

  private send(count: number): void {
    if (count === 0) return;
    this.sent += count;
    this.waiting += count;
    const numbers = Array.from({ length: count }, () => this.book.next());
    const records: StreamRecord[] = numbers.map((n) => this.settings.catalogue.recordOf(n));
    this.sender.hand(records, (at, error) => this.hear(numbers[at], error));
  }

  private hear(n: number | undefined, error: unknown): void {
    if (n === undefined) return;
    this.waiting--;
    if (error === undefined) this.book.acknowledge(n);
    else this.book.reject(n, error);
    if (this.settings.callers !== undefined) this.handOver();
  }
}

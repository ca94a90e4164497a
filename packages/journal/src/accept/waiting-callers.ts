import type { Outcome } from '@holdfast/core';
import { LinkedList } from '@holdfast/core/internal';
import type { Delivery, Env } from '@holdfast/core/stage';
import type { Entry } from '../deliver/entry.js';
import type { Log } from '../log/write/log.js';
import { FlushWaiters } from './flush-waiters.js';
import type { StallMonitor } from './stall-monitor.js';

/** The callers of `send` and `flush` that wait, and what ends their wait. */
export class WaitingCallers {
  /** Records that were accepted, and given up. */
  undeliverable = 0;
  private readonly waiting = new LinkedList<Entry>();
  private readonly flushes: FlushWaiters;

  constructor(
    private readonly log: Pick<Log, 'acknowledge'>,
    private readonly stall: StallMonitor,
    private readonly env: Pick<Env, 'clock' | 'undelivered'>,
  ) {
    this.flushes = new FlushWaiters(env.clock);
  }

  /** Entries whose caller waits, wherever they are, oldest first. */
  get entries(): Iterable<Entry> {
    return this.waiting;
  }

  /** When the oldest of them was sent, monotonic ms; `undefined` when no caller waits. */
  get oldestAt(): number | undefined {
    return this.waiting.first?.createdAt;
  }

  add(entry: Entry): void {
    this.waiting.push(entry);
  }

  /** Ends entries whose outcome is final. Returns the callers' deliveries. */
  complete(entries: readonly Entry[]): Delivery[] {
    const settled: Delivery[] = [];
    for (const entry of entries) {
      const { outcome } = entry;
      if (outcome === undefined) continue;
      const origin = this.release(entry);
      if (origin !== undefined) settled.push(answer(origin, entry, outcome));
      else if (outcome.status === 'failed' || outcome.status === 'unknown') {
        this.undeliverable++;
        this.env.undelivered(entry, outcome);
      }
      this.done(entry);
    }
    return settled;
  }

  /** From now on no caller waits for the entry. Returns the caller's delivery. */
  release(entry: Entry): Delivery | undefined {
    const { origin } = entry;
    if (origin !== undefined) this.waiting.remove(entry);
    entry.origin = undefined;
    return origin;
  }

  /** Nothing more will come of the entry. */
  done({ bypassed, sequence, bytes }: Entry): void {
    if (!bypassed) return this.finish(sequence);
    this.stall.settled(bytes);
    this.pass(sequence);
  }

  /** Kafka has the record, or it is given up: no start sends it again. */
  finish(sequence: number): void {
    this.log.acknowledge(sequence);
    this.pass(sequence);
  }

  /** No `flush` waits for the record any more. */
  pass(sequence: number): void {
    this.flushes.done(sequence);
  }

  /** Resolves when the `left` records before `target` are done with, or at the deadline. */
  flush(target: number, left: number, deadline: number): Promise<void> {
    return this.flushes.wait(target, left, deadline);
  }

  /** Ends every wait for a `flush`. */
  end(): void {
    this.flushes.end();
  }
}

/** Gives the caller's delivery the outcome of its entry. */
export function answer(origin: Delivery, { attempts }: Entry, outcome: Outcome): Delivery {
  origin.outcome = outcome;
  origin.attempts = attempts;
  return origin;
}

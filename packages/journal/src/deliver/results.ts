import type { Failed, Outcome, Unknown } from '@holdfast/core';
import type { Delivery, Env } from '@holdfast/core/stage';
import { answered } from '../accept/answers.js';
import type { Below } from './in-flight-window.js';
import { Entry } from './entry.js';
import type { Flushes } from '../accept/flush-waiters.js';
import type { OpenEntries } from '../accept/open-entries.js';
import type { Resends } from './retry-queue.js';
import type { Stall } from '../accept/stall-monitor.js';

export interface ReturnsOptions {
  readonly below: Below;
  readonly resends: Resends;
  readonly open: OpenEntries;
  readonly flushes: Flushes;
  readonly stall: Stall;
  readonly env: Pick<Env, 'clock' | 'undelivered'>;
  /** The record needs no place on disk any more. */
  readonly acknowledge: (sequence: number) => void;
}

/** What comes of the records that went down: they go up to who waits, down again, or nowhere; and how the journal lets go of one. */
export class Returns {
  /** Records that were accepted, and given up. */
  undeliverable = 0;

  constructor(private readonly options: ReturnsOptions) {}

  /** Answers with the deliveries that callers wait for. `ended`: nothing goes down again. */
  take(settled: readonly Delivery[], ended: boolean): Delivery[] {
    const origins: Delivery[] = [];
    for (const entry of settled) {
      if (!(entry instanceof Entry) || entry.outcome === undefined) continue;
      if (ended || this.come(entry, entry.outcome, origins)) this.options.below.remove(entry);
    }
    return origins;
  }

  /** False: it goes down again. */
  private come(entry: Entry, outcome: Outcome, origins: Delivery[]): boolean {
    const { resends, env } = this.options;
    const isLost = outcome.status === 'failed' || outcome.status === 'unknown';
    if (isLost && entry.origin === undefined && this.isTriedAgain(entry, outcome)) {
      resends.add(entry, outcome.error);
      return false;
    }
    if (!isLost) resends.delivered(entry.record.topic);
    const origin = this.letGo(entry);
    if (origin !== undefined) origins.push(answered(origin, entry, outcome));
    else if (isLost) {
      this.undeliverable++;
      env.undelivered(entry, outcome);
    }
    this.done(entry);
    return true;
  }

  /** Of what the journal has accepted: it is not given up while a dead-letter queue may yet take it. */
  private isTriedAgain({ deadline }: Entry, { error, notKept }: Failed | Unknown): boolean {
    return notKept === true || (error.retriable && deadline > this.options.env.clock.now());
  }

  /** Nobody waits for it any more. */
  letGo(entry: Entry): Delivery | undefined {
    const { origin } = entry;
    if (origin !== undefined) this.options.open.remove(entry);
    entry.origin = undefined;
    return origin;
  }

  /** Nothing more will come of it. */
  done({ bypassed, sequence, bytes }: Entry): void {
    const { stall, flushes } = this.options;
    if (!bypassed) return this.finish(sequence);
    stall.bypassedHeld--;
    stall.bypassedHeldBytes -= bytes;
    flushes.pass(sequence);
  }

  /** It is with Kafka, or given up: no start sends it again. */
  finish(sequence: number): void {
    this.options.acknowledge(sequence);
    this.options.flushes.pass(sequence);
  }
}

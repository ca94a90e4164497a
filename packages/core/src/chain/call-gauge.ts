import type { Calls, Clock } from '../contract/env.js';

/** One call of the adapter's `send`. */
export interface Call {
  /** Monotonic ms. */
  readonly startedAt: number;
  /** Index among the open calls; -1 once answered. */
  place: number;
}

/**
 * Counts the adapter's calls until their first answer. Few are open at a time, so an array
 * suffices.
 */
export class CallGauge implements Calls {
  private readonly open: Call[] = [];
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  started(): Call {
    const call = { startedAt: this.clock.now(), place: this.open.length };
    this.open.push(call);
    return call;
  }

  answered(call: Call): void {
    const last = this.open.at(-1);
    if (call.place < 0 || last === undefined) return;
    // The last call takes the place of the removed one.
    this.open[call.place] = last;
    last.place = call.place;
    call.place = -1;
    this.open.pop();
    for (const listener of this.listeners) listener();
  }

  unanswered(ms: number): number {
    if (this.open.length === 0) return 0;
    const youngest = this.clock.now() - ms;
    let count = 0;
    for (const { startedAt } of this.open) if (startedAt > youngest) count++;
    return count;
  }

  /** Age of the oldest call without any answer; 0 when there is none. */
  oldestMs(): number {
    let oldest = Infinity;
    for (const { startedAt } of this.open) if (startedAt < oldest) oldest = startedAt;
    return oldest === Infinity ? 0 : this.clock.now() - oldest;
  }

  onAnswer(listener: () => void): void {
    this.listeners.push(listener);
  }
}

import type { Calls, Clock } from './env.js';

/** One call of the adapter's `send`. */
export interface Call {
  /** Monotonic ms. */
  readonly startedAt: number;
}

/** Counts the adapter's calls until their first answer. There are few at a time, so a list will do. */
export class CallGauge implements Calls {
  private readonly open = new Set<Call>();
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  started(): Call {
    const call = { startedAt: this.clock.now() };
    this.open.add(call);
    return call;
  }

  answered(call: Call): void {
    if (!this.open.delete(call)) return;
    for (const listener of this.listeners) listener();
  }

  unanswered(ms: number): number {
    if (this.open.size === 0) return 0;
    const youngest = this.clock.now() - ms;
    let count = 0;
    for (const { startedAt } of this.open) if (startedAt > youngest) count++;
    return count;
  }

  onAnswer(listener: () => void): void {
    this.listeners.push(listener);
  }
}

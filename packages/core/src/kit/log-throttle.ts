import type { Clock } from '../contract/env.js';

const againMs = 60_000;
const mostTopics = 1_000;

/**
 * Limits a recurring log line to one per minute for each topic and code, so that whoever reads the
 * last minutes of a log still finds it.
 */
export class LogThrottle {
  /** When a code was logged last, monotonic ms. */
  private readonly logged = new Map<string, Map<string, number>>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Returns whether the line is to be logged now; it counts as logged then. */
  isDue(topic: string, code: string): boolean {
    const now = this.clock.now();
    let codes = this.logged.get(topic);
    if (now - (codes?.get(code) ?? -Infinity) < againMs) return false;
    if (codes === undefined) {
      if (this.logged.size >= mostTopics) this.logged.clear();
      this.logged.set(topic, (codes = new Map<string, number>()));
    }
    codes.set(code, now);
    return true;
  }

  /**
   * Forgets a topic that works again: its next failure is news. Returns whether anything had been
   * logged.
   */
  forget(topic: string): boolean {
    return this.logged.delete(topic);
  }

  /**
   * Returns whether something was logged for the topic, but so long ago that a topic that still
   * failed would have been logged again.
   */
  isStale(topic: string): boolean {
    const codes = this.logged.get(topic);
    return codes !== undefined && this.clock.now() - Math.max(...codes.values()) >= 2 * againMs;
  }

  get isEmpty(): boolean {
    return this.logged.size === 0;
  }
}

import type { Clock } from '../contract/env.js';

const againMs = 60_000;
const mostTopics = 1_000;

/** For lines of the log: what is wrong with a topic is said once a minute, so that who looks at the last minutes finds it. */
export class Reminder {
  /** When a code was told last, monotonic ms. */
  private readonly told = new Map<string, Map<string, number>>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Whether it is to be said now; it counts as said then. */
  isDue(topic: string, code: string): boolean {
    const now = this.clock.now();
    let codes = this.told.get(topic);
    if (now - (codes?.get(code) ?? -Infinity) < againMs) return false;
    if (codes === undefined) {
      if (this.told.size >= mostTopics) this.told.clear();
      this.told.set(topic, (codes = new Map<string, number>()));
    }
    codes.set(code, now);
    return true;
  }

  /** It works again: the next time is news. Answers whether anything was told, which is to be taken back then. */
  forget(topic: string): boolean {
    return this.told.delete(topic);
  }

  /** Something was told of the topic, and for so long that it would have been told again if it went on. */
  isStale(topic: string): boolean {
    const codes = this.told.get(topic);
    return codes !== undefined && this.clock.now() - Math.max(...codes.values()) >= 2 * againMs;
  }

  get isEmpty(): boolean {
    return this.told.size === 0;
  }
}

import type { Clock } from '@holdfast/core/stage';

/**
 * Threads of libuv's pool that the clients of this process may block at once. The pool has four
 * unless `UV_THREADPOOL_SIZE` says otherwise, and files and name look-ups share what is left.
 */
const maxThreads = 2;

interface Call {
  readonly owner: object;
  readonly begin: () => void;
}

/** Limits the calls that block a thread of libuv's pool until a broker answers. */
export class BlockingCallLimiter {
  private readonly busy = new Set<object>();
  private readonly waiting: Call[] = [];

  constructor(private readonly limit = maxThreads) {}

  /**
   * Begins the call when a thread is free: after earlier calls, and after the owner's previous one
   * has returned. The call keeps its thread until it reports that it returned. Resolves with what
   * it reports.
   */
  run<T>(owner: object, call: (returned: (result: T) => void) => void): Promise<T> {
    return new Promise((resolve) => {
      const begin = (): void => {
        this.busy.add(owner);
        let hasReturned = false;
        call((result) => {
          if (hasReturned) return;
          hasReturned = true;
          this.busy.delete(owner);
          resolve(result);
          this.beginNext();
        });
      };
      this.waiting.push({ owner, begin });
      this.beginNext();
    });
  }

  private beginNext(): void {
    while (this.busy.size < this.limit) {
      const index = this.waiting.findIndex(({ owner }) => !this.busy.has(owner));
      if (index === -1) return;
      for (const { begin } of this.waiting.splice(index, 1)) begin();
    }
  }
}

const byClock = new WeakMap<Clock, BlockingCallLimiter>();

/**
 * Returns the limiter of the whole process, as the pool is; a simulated process is known by its
 * clock.
 */
export function blockingCallLimiterOf(clock: Clock): BlockingCallLimiter {
  let limiter = byClock.get(clock);
  if (limiter === undefined) byClock.set(clock, (limiter = new BlockingCallLimiter()));
  return limiter;
}

import type { Clock } from '@holdfast/core/stage';

/**
 * Threads of libuv's pool that the clients of this process may block at once. It has four unless
 * `UV_THREADPOOL_SIZE` says otherwise, and everything else that the process does with files and
 * names has to do with the rest.
 */
const mostThreads = 2;

interface Call {
  readonly owner: object;
  readonly begin: () => void;
}

/** Whose turn it is to call a client in a way that blocks a thread until a broker answers. */
export class Threads {
  private readonly busy = new Set<object>();
  private readonly waiting: Call[] = [];

  constructor(private readonly most = mostThreads) {}

  /**
   * Begins the call when its turn comes: after those that came before it, and after the owner's
   * last one. It has the thread until it says that it returned.
   */
  run<T>(owner: object, call: (returned: (answer: T) => void) => void): Promise<T> {
    return new Promise((resolve) => {
      const begin = (): void => {
        this.busy.add(owner);
        let isOver = false;
        call((answer) => {
          if (isOver) return;
          isOver = true;
          this.busy.delete(owner);
          resolve(answer);
          this.move();
        });
      };
      this.waiting.push({ owner, begin });
      this.move();
    });
  }

  private move(): void {
    while (this.busy.size < this.most) {
      const index = this.waiting.findIndex(({ owner }) => !this.busy.has(owner));
      if (index === -1) return;
      for (const { begin } of this.waiting.splice(index, 1)) begin();
    }
  }
}

const ofClock = new WeakMap<Clock, Threads>();

/** Of the whole process, as the pool is; a simulated process is known by its clock. */
export function threadsOf(clock: Clock): Threads {
  let threads = ofClock.get(clock);
  if (threads === undefined) ofClock.set(clock, (threads = new Threads()));
  return threads;
}

import type { Clock } from '@holdfast/core/stage';
import { TimerQueue, type PendingTimer } from './timer-queue.js';

export interface FakeClockOptions {
  /** The initial `now()`, monotonic ms. Default 0. */
  readonly nowMs?: number;
  /** The initial `wallTime()`, ms since 1970. Default 2026-01-01T00:00:00Z. */
  readonly wallTimeMs?: number;
}

/** A clock that moves only when the test moves it. */
export interface FakeClock extends Clock {
  /**
   * Moves `now()` and `wallTime()` on by `ms`. Callbacks that fall due run in order, each at its
   * own time, and promises settle before the next. Rejects with the error a callback throws.
   */
  advance(ms: number): Promise<void>;
  /** Runs all `soon` callbacks, including those they add, without moving time. Runs no timers. */
  runSoon(): Promise<void>;
  /**
   * Moves from timer to timer until none is left, and resolves with the ms that took. Rejects if
   * timers are left after `limitMs` (default one hour), as with a timer that sets itself again.
   */
  runAll(limitMs?: number): Promise<number>;
  /**
   * Moves from timer to timer until `promise` is settled, runs the pending `soon` callbacks, and
   * settles as the promise does. Rejects if nothing is left that could settle it, or if it is not
   * settled within `limitMs` (default one hour).
   */
  until<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /**
   * Moves from timer to timer while `condition()` holds and any is left, for at most `limitMs`
   * (default one hour).
   */
  runWhile(condition: () => boolean, limitMs?: number): Promise<void>;
  /** Number of timers and `soon` callbacks that have not run. */
  readonly pending: number;
  /** Ms until the next timer; 0 if a `soon` callback is pending, `undefined` if nothing is. */
  readonly nextInMs: number | undefined;
  /**
   * Simulates a process that is blocked or suspended for `ms`: time moves on and nothing runs. What
   * fell due meanwhile runs late, at the next move: first all timers, without a turn of the event
   * loop between them, then arrivals, then `soon` callbacks.
   */
  block(ms: number): void;
  /** Calls `run` in `ms`, as input from a socket: after the timers that are due, before `soon`. */
  arrive(ms: number, run: () => void): void;
  /** Moves only `wallTime()`, forward or back, as a time server may. */
  jumpWallTime(ms: number): void;
}

// Captured here, so that vitest's fake timers do not stop this clock.
const realTurn = setImmediate;
const settlePromises = (): Promise<void> => new Promise((resolve) => realTurn(resolve));
/** As between two overdue timers in Node: promises settle, but no socket is read. */
const betweenLateTimers = (): Promise<void> => new Promise((resolve) => void process.nextTick(resolve));

const anHour = 3_600_000;

/** More callbacks than this without any progress of time count as an endless loop. */
const loopLimit = 1_000_000;

export function fakeClock(options: FakeClockOptions = {}): FakeClock {
  return clockOver(options, settlePromises);
}

/**
 * For long runs of code that waits for timers rather than promises. Far faster, as it takes no
 * turns of the event loop.
 */
export function hastyClock(options: FakeClockOptions = {}): FakeClock {
  return clockOver(options, () => Promise.resolve());
}

function clockOver(
  { nowMs = 0, wallTimeMs = Date.UTC(2026, 0, 1) }: FakeClockOptions,
  settle: () => Promise<void>,
): FakeClock {
  return new SteppedClock(nowMs, wallTimeMs - nowMs, settle);
}

class SteppedClock implements FakeClock {
  private readonly timers = new TimerQueue();
  private readonly arrivals = new TimerQueue();
  private soonQueue: (() => void)[] = [];
  private timersLeft = 0;
  private moving = false;
  private sinceTimeMoved = 0;

  constructor(
    private time: number,
    private wallOffset: number,
    private readonly settlePromises: () => Promise<void>,
  ) {}

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return Math.trunc(this.time + this.wallOffset);
  }

  after(ms: number, run: () => void): { cancel: () => void } {
    const timer = this.push(this.timers, ms, run);
    return { cancel: () => this.finish(timer) };
  }

  arrive(ms: number, run: () => void): void {
    this.push(this.arrivals, ms, run);
  }

  block(ms: number): void {
    if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`block takes a number of ms >= 0, not ${ms}`);
    this.goTo(this.time + ms);
  }

  private push(queue: TimerQueue, ms: number, run: () => void): PendingTimer {
    if (Number.isNaN(ms)) throw new RangeError('after takes a number of ms, not NaN');
    const timer: PendingTimer = { at: this.time + Math.max(0, ms), run, cancelled: false };
    queue.push(timer);
    this.timersLeft++;
    return timer;
  }

  soon(run: () => void): void {
    this.soonQueue.push(run);
  }

  get pending(): number {
    return this.timersLeft + this.soonQueue.length;
  }

  get nextInMs(): number | undefined {
    if (this.soonQueue.length > 0) return 0;
    const next = this.next();
    return next === undefined ? undefined : Math.max(0, next.at - this.time);
  }

  jumpWallTime(ms: number): void {
    this.wallOffset += ms;
  }

  advance(ms: number): Promise<void> {
    return this.alone(() => {
      if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`advance takes a number of ms >= 0, not ${ms}`);
      return this.moveTo(this.time + ms);
    });
  }

  runSoon(): Promise<void> {
    return this.alone(() => this.drainSoon());
  }

  runAll(limitMs = anHour): Promise<number> {
    return this.alone(async () => {
      const started = this.time;
      await this.moveWhile(() => true, started + limitMs);
      const next = this.next();
      if (next === undefined) return this.time - started;
      throw new Error(
        `${this.pending} timers are still left after ${limitMs} ms; the next is due in ${next.at - this.time} ms`,
      );
    });
  }

  runWhile(condition: () => boolean, limitMs = anHour): Promise<void> {
    return this.alone(() => this.moveWhile(condition, this.time + limitMs));
  }

  until<T>(promise: Promise<T>, limitMs = anHour): Promise<T> {
    let settled = false;
    const note = (): void => void (settled = true);
    promise.then(note, note);
    return this.alone(async () => {
      await this.moveWhile(() => !settled, this.time + limitMs);
      await this.drainSoon();
      if (settled) return promise;
      throw new Error(
        this.next() === undefined
          ? 'nothing is left to run, and the promise is not settled'
          : `the promise is not settled after ${limitMs} ms`,
      );
    });
  }

  private drainSoon(): Promise<void> {
    return this.moveWhile(() => this.soonQueue.length > 0, -Infinity);
  }

  private async moveTo(target: number): Promise<void> {
    await this.moveWhile(() => true, target);
    this.goTo(target);
  }

  /** Runs callbacks one by one while `condition` holds and the next is due by `limit`. */
  private async moveWhile(condition: () => boolean, limit: number): Promise<void> {
    await this.settlePromises();
    while (condition()) {
      if (this.soonQueue.length > 0) await this.runNextSoon();
      else {
        const next = this.next();
        if (next === undefined || next.at > limit) return;
        await this.runAtItsTime(next);
      }
    }
  }

  private async runNextSoon(): Promise<void> {
    const timer = this.timers.first;
    const arrived = this.arrivals.first;
    if (timer !== undefined && timer.at < this.time) return this.runAtItsTime(timer);
    if (arrived !== undefined && arrived.at <= this.time) return this.runAtItsTime(arrived);
    const soon = this.soonQueue.shift();
    if (soon === undefined) return;
    this.call(soon);
    await this.settlePromises();
  }

  private async runAtItsTime(next: PendingTimer): Promise<void> {
    const isLate = next.at < this.time;
    this.goTo(next.at);
    this.finish(next);
    this.call(next.run);
    await (isLate ? betweenLateTimers() : this.settlePromises());
  }

  /** Arrivals that are due come after all timers that are due. */
  private next(): PendingTimer | undefined {
    const timer = this.timers.first;
    const arrival = this.arrivals.first;
    if (timer === undefined || arrival === undefined) return timer ?? arrival;
    return timer.at <= Math.max(this.time, arrival.at) ? timer : arrival;
  }

  private goTo(time: number): void {
    if (time <= this.time) return;
    this.time = time;
    this.sinceTimeMoved = 0;
  }

  private call(run: () => void): void {
    if (++this.sinceTimeMoved > loopLimit) {
      throw new Error(
        `${loopLimit} callbacks ran at ${this.time} ms: 'soon' or 'after(0)' in an endless loop`,
      );
    }
    run();
  }

  private finish(timer: PendingTimer): void {
    if (timer.cancelled) return;
    timer.cancelled = true;
    this.timersLeft--;
  }

  private async alone<T>(move: () => Promise<T>): Promise<T> {
    if (this.moving)
      throw new Error(
        'the clock is already moving; await the previous advance, runSoon, runAll, runWhile or until first',
      );
    this.moving = true;
    try {
      return await move();
    } finally {
      this.moving = false;
    }
  }
}

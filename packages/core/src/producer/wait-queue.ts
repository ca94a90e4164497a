import { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../contract/env.js';
import type { Delivery } from '../contract/delivery.js';
import { DeadlineSweep } from '../kit/deadline-sweep.js';
import { RingQueue } from '../kit/ring-queue.js';
import { afterReading } from '../kit/silence.js';

interface Place {
  readonly delivery: Delivery;
  /** Monotonic ms. */
  readonly joinedAt: number;
  /** Monotonic ms at which it stops waiting. */
  readonly until: number;
  /** A serializer's promise is still open. */
  serializing: boolean;
  left: boolean;
  /** The async context that the record came in; `undefined`: no stage reads it. */
  readonly context: AsyncResource | undefined;
  /** Called when the queue has moved past this place. */
  passed: (() => void)[] | undefined;
}

export interface WaitQueueOptions {
  readonly clock: Clock;
  readonly maxBlockMs: number;
  /** Hands each record on in the async context in which it joined. */
  readonly keepsContext: boolean;
  ready(): Promise<void> | undefined;
  readonly handOn: (delivery: Delivery) => void;
  /**
   * Called when a record has waited for `maxBlockMs` or until its deadline; `serializing`: for its
   * serializer, not for room.
   */
  expired(delivery: Delivery, serializing: boolean): void;
}

/**
 * How long to wait, ms, before checking again for room when a promise of room resolved and brought
 * none.
 */
const askAgainMs = 1;

/**
 * Holds records in order of arrival while the chain has no room for them or their serializer runs.
 * The callers bound its memory: each place belongs to a `send` that has no result yet.
 */
export class WaitQueue {
  private readonly places = new RingQueue<Place>();
  private readonly deadlines: DeadlineSweep;
  private count = 0;
  /** None stops waiting before one that stands in front of it: the first to expire are in front. */
  private expiresInOrder = true;
  private waiting = false;
  /** True when a record has gone on since room was last waited for. */
  private moved = true;

  constructor(private readonly options: WaitQueueOptions) {
    this.deadlines = new DeadlineSweep({
      clock: options.clock,
      intervalMs: 0,
      sweep: (now) => this.expire(now),
      // What has arrived may make room.
      wait: afterReading,
    });
  }

  /** Counts records that have left while one before them has not. */
  get length(): number {
    return this.places.length;
  }

  /** Records that have not left. */
  get waitingRecords(): number {
    return this.count;
  }

  /** True when the first record waits for room, not for a serializer. */
  get waitingForRoom(): boolean {
    return this.waiting;
  }

  /**
   * Adds a record at the end. With `serialized`, it goes on only once that has resolved with true
   * (false: it has left the queue).
   */
  join(delivery: Delivery, serialized?: Promise<boolean>): void {
    const joinedAt = this.options.clock.now();
    const until = Math.min(joinedAt + this.options.maxBlockMs, delivery.deadline);
    const serializing = serialized !== undefined;
    // In Node.js 20 `AsyncLocalStorage.snapshot()` does the same at a hundred times the price.
    const context = this.options.keepsContext ? new AsyncResource('HoldfastLine') : undefined;
    const passed = undefined;
    const place: Place = { delivery, joinedAt, until, serializing, left: false, context, passed };
    if (until < (this.places.last?.until ?? -Infinity)) this.expiresInOrder = false;
    this.places.push(place);
    this.count++;
    void serialized?.then((stays) => {
      place.serializing = false;
      if (!stays) this.leave(place);
      this.move();
    });
    this.move();
    if (!place.left) this.deadlines.watch(until);
  }

  /** How long the first record has waited, ms. */
  longestWaitMs(): number {
    const { first } = this.places;
    return first === undefined ? 0 : this.options.clock.now() - first.joinedAt;
  }

  /** Resolves when every record that waits now has left. */
  passed(): Promise<void> {
    const { last } = this.places;
    return last === undefined ? Promise.resolve() : new Promise((done) => (last.passed ??= []).push(done));
  }

  /** Removes and returns all records; the caller settles them. */
  clear(): Delivery[] {
    const left = [...this.places].filter((place) => !place.left);
    for (const place of left) this.leave(place);
    this.move();
    return left.map(({ delivery }) => delivery);
  }

  private move(): void {
    for (;;) {
      const place = this.places.first;
      if (place === undefined) return this.end();
      if (!place.left) {
        if (place.serializing || this.waiting) return;
        const room = this.options.ready();
        if (room !== undefined) return this.waitFor(room);
      }
      this.places.shift();
      if (!place.left) this.goOn(place);
      for (const done of place.passed ?? []) done();
    }
  }

  private leave(place: Place): void {
    if (place.left) return;
    place.left = true;
    this.count--;
  }

  private goOn(place: Place): void {
    this.leave(place);
    this.moved = true;
    const { handOn } = this.options;
    if (place.context === undefined) handOn(place.delivery);
    else place.context.runInAsyncScope(handOn, undefined, place.delivery);
  }

  private waitFor(room: Promise<void>): void {
    this.waiting = true;
    const again = (): void => {
      this.waiting = false;
      this.move();
    };
    // A promise that resolves without room would make this loop for ever in one turn of the event
    // loop.
    const inVain = !this.moved;
    this.moved = false;
    const resume = inVain ? (): void => void this.options.clock.after(askAgainMs, again) : again;
    room.then(resume, resume);
  }

  private end(): void {
    this.moved = true;
    this.expiresInOrder = true;
    this.deadlines.cancel();
  }

  private expire(now: number): void {
    const late: Place[] = [];
    let earliest = Infinity;
    for (const place of this.places) {
      if (place.left) continue;
      if (place.until <= now) late.push(place);
      else {
        earliest = Math.min(earliest, place.until);
        if (this.expiresInOrder) break;
      }
    }
    for (const place of late) this.leave(place);
    this.deadlines.watchNext(earliest, this.expiresInOrder ? 0 : this.places.length);
    for (const { delivery, serializing } of late) this.options.expired(delivery, serializing);
    this.move();
  }
}

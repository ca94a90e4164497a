import type { Clock, Timer } from './env.js';
import type { Delivery } from './delivery.js';

interface Place {
  readonly delivery: Delivery;
  /** Monotonic ms at which it stops waiting for room. */
  readonly until: number;
  /** A serializer's promise is still open. */
  serializing: boolean;
  left: boolean;
  /** Called when the line has moved past this place. */
  passed: (() => void)[];
}

export interface LineOptions {
  readonly clock: Clock;
  readonly maxBlockMs: number;
  ready(): Promise<void> | undefined;
  handOn(delivery: Delivery): void;
  /** It waited for `maxBlockMs`, or to its delivery deadline. */
  expired(delivery: Delivery): void;
}

/**
 * Where records wait in order of arrival while the chain has no room for them or a serializer is at work. Its memory is
 * the callers' own: each place belongs to a `send` that has not returned its result yet.
 */
export class Line {
  private places: Place[] = [];
  private head = 0;
  private timer: Timer | undefined;
  private waitingForRoom = false;

  constructor(private readonly options: LineOptions) {}

  get length(): number {
    return this.places.length - this.head;
  }

  /** Takes the last place; with `serialized`, moves on only after that has resolved with true (false: it left the line). */
  join(delivery: Delivery, serialized?: Promise<boolean>): void {
    const until = Math.min(this.options.clock.now() + this.options.maxBlockMs, delivery.deadline);
    const place: Place = { delivery, until, serializing: serialized !== undefined, left: false, passed: [] };
    this.places.push(place);
    void serialized?.then((stays) => {
      place.serializing = false;
      place.left ||= !stays;
      this.move();
    });
    this.watchTheClock();
    this.move();
  }

  /** Resolves when all who are in line now have left it. */
  passed(): Promise<void> {
    const last = this.places.at(-1);
    return last === undefined ? Promise.resolve() : new Promise((done) => last.passed.push(done));
  }

  /** Everybody leaves; the caller settles them. */
  clear(): Delivery[] {
    const left = this.places.slice(this.head).filter((place) => !place.left);
    for (const place of left) place.left = true;
    this.move();
    return left.map(({ delivery }) => delivery);
  }

  private move(): void {
    for (;;) {
      const place = this.places[this.head];
      if (place === undefined) return this.end();
      if (!place.left) {
        if (place.serializing || this.waitingForRoom) return;
        const room = this.options.ready();
        if (room !== undefined) return this.waitFor(room);
      }
      this.head++;
      if (this.head > 1024 && this.head * 2 > this.places.length) {
        this.places = this.places.slice(this.head);
        this.head = 0;
      }
      if (!place.left) this.options.handOn(place.delivery);
      for (const done of place.passed) done();
    }
  }

  private waitFor(room: Promise<void>): void {
    this.waitingForRoom = true;
    const again = (): void => {
      this.waitingForRoom = false;
      this.move();
    };
    room.then(again, again);
  }

  private end(): void {
    this.places = [];
    this.head = 0;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private watchTheClock(): void {
    if (this.timer !== undefined) return;
    // All wait equally long, but a delivery deadline may come sooner: the earliest in line decides.
    let earliest = Infinity;
    for (let i = this.head; i < this.places.length; i++) {
      const place = this.places[i];
      if (place !== undefined && !place.left && place.until < earliest) earliest = place.until;
    }
    if (earliest === Infinity) return;
    this.timer = this.options.clock.after(Math.max(0, earliest - this.options.clock.now()), () => {
      this.timer = undefined;
      this.expire();
    });
  }

  private expire(): void {
    const now = this.options.clock.now();
    const late = this.places.slice(this.head).filter((place) => !place.left && place.until <= now);
    for (const place of late) place.left = true;
    for (const { delivery } of late) this.options.expired(delivery);
    this.move();
    if (this.length > 0) this.watchTheClock();
  }
}

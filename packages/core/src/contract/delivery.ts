import type { Outcome } from './outcome.js';
import { SerializedRecord } from './record.js';

/** Where a waiting record's bytes are kept when its object is not; see {@link Delivery.park}. */
export interface RecordStore {
  /** Gives the record back and frees its place. Called once a `ref`. */
  take(ref: number): SerializedRecord;
}

/** Who hears of a delivery's outcome: a promise, a callback, a batch. */
export interface Completion {
  /** Tells it what it completes; the two point at each other. */
  attach?(delivery: Delivery): void;
  settled(delivery: Delivery): void;
}

/** No key and no partition asked for: no order to keep. */
export const noLane = -1;

const neverParked = -1;

const gone: RecordStore = {
  take: () => {
    throw new Error(
      'the record of a settled delivery is gone: read it before settle, and keep what is needed',
    );
  },
};

/**
 * One record's envelope, one object for its whole life: a stage may hold it, hand it on and settle it in any order, but
 * settles it exactly once. Its size matters (112 bytes on 64-bit V8): a million of them may wait. `createdAt` and `deadline`
 * take 16 bytes more each where they are no small integers: beyond 2^31 ms (25 days of uptime), or `Infinity`.
 */
export class Delivery {
  /** The adapter's attempts so far; counted by core. */
  attempts = 0;
  /**
   * Set by whoever settles; the last one says what the caller hears. Whoever holds a delivery may set it long before: until
   * the delivery comes back through `settle` it says nothing to anybody else.
   */
  outcome: Outcome | undefined = undefined;
  /**
   * The next delivery in a list of the stage that holds this one. Free for that stage's use, worthless to any other:
   * a queue of a million records needs no array slots or nodes.
   */
  link: Delivery | undefined = undefined;
  /** The index of the stage that was handed this last. @internal */
  depth = 0;
  /** Monotonic whole ms since which a stage holds it; kept up only while somebody listens to `waited`. @internal */
  heldSince: number;
  private ref = neverParked;
  private payload: SerializedRecord | RecordStore;

  constructor(
    record: SerializedRecord,
    /** Order is kept among deliveries with equal lanes; `noLane` has none to keep. A 31-bit hash, see `laneOf`. */
    public lane: number,
    /** Monotonic whole ms, see `Clock.now`. */
    readonly createdAt: number,
    /** Monotonic ms; `Infinity` when the record waits as long as it takes. */
    readonly deadline: number,
    /** Who hears of the outcome. @internal */
    public completion: Completion | undefined,
  ) {
    this.payload = record;
    this.heldSince = createdAt;
  }

  get record(): SerializedRecord {
    if (SerializedRecord.is(this.payload)) return this.payload;
    return (this.payload = this.payload.take(this.ref));
  }

  /** The bytes are in a {@link RecordStore} and not in objects. */
  get parked(): boolean {
    return !SerializedRecord.is(this.payload);
  }

  /**
   * The caller has heard. One that was parked has grown old in V8's sense, and until the next full collection even a dead old
   * object keeps its young record alive, to be promoted at the price of several copies: it lets go of it. @internal
   */
  done(): void {
    if (this.ref !== neverParked) this.payload = gone;
  }

  /** From now on `store` keeps the bytes under `ref`; the next look at {@link record} takes them back out. */
  park(store: RecordStore, ref: number): void {
    this.payload = store;
    this.ref = ref;
  }
}

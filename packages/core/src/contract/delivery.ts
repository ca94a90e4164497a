import type { Outcome } from './outcome.js';
import { SerializedRecord } from './record.js';

/** Stores the bytes of waiting records in place of their objects; see {@link Delivery.park}. */
export interface RecordStore {
  /** Returns the record and frees its place. Called once per `ref`. */
  take(ref: number): SerializedRecord;
}

/** Receives a delivery's outcome: a promise, a callback or a batch. */
export interface Completion {
  /** Receives the delivery that it completes, so that each references the other. */
  attach?(delivery: Delivery): void;
  settled(delivery: Delivery): void;
}

/** The lane of a record with neither key nor explicit partition: it has no order to keep. */
export const noLane = -1;

const neverParked = -1;

const gone: RecordStore = {
  take: () => {
    throw new Error(
      'the record of a settled delivery is gone: read it before settle, and keep the parts you need',
    );
  },
};

/**
 * The envelope of one record, a single object for the record's whole life. A stage may hold it,
 * pass it on, and settle deliveries in any order, but settles each exactly once. Its size matters
 * (112 bytes on 64-bit V8) because a million of them may wait. `createdAt` and `deadline` take 16
 * more bytes each when they are not small integers: beyond 2^31 ms (25 days of uptime), or
 * `Infinity`.
 */
export class Delivery {
  /** How many times the adapter has tried so far; counted by core. */
  attempts = 0;
  /**
   * Set by the stage that settles; the last value set is the caller's outcome. The holder of a
   * delivery may set it long before it settles, so the value means nothing to other stages until
   * the delivery comes back through `settle`.
   */
  outcome: Outcome | undefined = undefined;
  /**
   * The next delivery in a list of the stage that holds this one. Only that stage may use it. It
   * lets a queue hold a million records without array slots or list nodes.
   */
  link: Delivery | undefined = undefined;
  /** The index of the stage that received this delivery last. @internal */
  depth = 0;
  /**
   * When the current stage received it, in whole monotonic ms; maintained only while `waited` has a
   * listener. @internal
   */
  heldSince: number;
  private ref = neverParked;
  private payload: SerializedRecord | RecordStore;

  constructor(
    record: SerializedRecord,
    /**
     * Deliveries with equal lanes keep their order; `noLane` has no order. A 30-bit hash, see
     * `laneOf`.
     */
    public lane: number,
    /** The time of `send`, in whole monotonic ms; see `Clock.now`. */
    readonly createdAt: number,
    /** Monotonic ms; `Infinity` for no delivery timeout. */
    readonly deadline: number,
    /** Receives the outcome. @internal */
    public completion: Completion | undefined,
  ) {
    this.payload = record;
    this.heldSince = createdAt;
  }

  /**
   * The record; one that is parked is taken back from its store. Throws once a parked record was
   * settled.
   */
  get record(): SerializedRecord {
    if (SerializedRecord.is(this.payload)) return this.payload;
    return (this.payload = this.payload.take(this.ref));
  }

  /** Whether the bytes are in a {@link RecordStore}. */
  get parked(): boolean {
    return !SerializedRecord.is(this.payload);
  }

  /**
   * Releases a record that was parked, once the caller has its outcome. A delivery that waited that
   * long is in V8's old generation. Until the next full collection even a dead old object keeps its
   * young record alive, and promoting that record costs several copies. @internal
   */
  done(): void {
    if (this.ref !== neverParked) this.payload = gone;
  }

  /** Leaves the bytes to `store` under `ref`; the next access to {@link record} takes them back. */
  park(store: RecordStore, ref: number): void {
    this.payload = store;
    this.ref = ref;
  }
}

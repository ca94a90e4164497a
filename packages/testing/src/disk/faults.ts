import type { DiskCall, DiskOperation } from './disk-call.js';
import type { DiskErrorCode } from './disk-error.js';

/** Which calls a fault meets. */
export interface DiskFaultPlace {
  /** Default: every call that changes what is on the disk or what is durable, as `calls.mutations` counts them. */
  readonly operation?: DiskOperation;
  /** The path itself or a part of it; of a rename, either path; of an open file, the one it was opened by. Default: any. */
  readonly path?: string | RegExp;
}

/** What happens in place of the call. */
export type DiskFaultEffect =
  | {
      /**
       * It fails. A `sync` that fails leaves what was to be synced as Linux does: readers see it, a crash may lose it, and no
       * later sync makes it durable, unless it is written again.
       */
      readonly error: DiskErrorCode;
      /** Of a write: how many of its bytes are written all the same. Default 0. */
      readonly bytes?: number;
    }
  | {
      /** A write or read of this many bytes at most, which resolves with their number. */
      readonly bytes: number;
      readonly error?: undefined;
    }
  | {
      /**
       * The process stops there: the disk is dead, and `kill()` or `crash()` gives what the next process finds. `during` writes
       * the first sectors of what `write` was given; within one sector, and for other calls, it is `before`.
       */
      readonly stop: 'before' | 'during' | 'after';
    };

/** One fault that was set. */
export interface DiskFault {
  /** How often it has struck. */
  readonly struck: number;
  /** It strikes no more. */
  clear(): void;
}

/** The faults of a disk. Calls are counted from when a fault is set; of several that meet a call, the oldest strikes. */
export interface DiskFaults {
  /** At the `call`-th of these calls, counted from 1, and never again. */
  at(place: DiskFaultPlace & { readonly call: number }, effect: DiskFaultEffect): DiskFault;
  /** At each of these calls, from the `call`-th on. Default 1. */
  every(place: DiskFaultPlace & { readonly call?: number }, effect: DiskFaultEffect): DiskFault;
  /** None strikes any more. */
  clear(): void;
}

export class FaultPlan implements DiskFaults {
  private planned: Planned[] = [];

  at(place: DiskFaultPlace & { readonly call: number }, effect: DiskFaultEffect): DiskFault {
    return this.plan(place, place.call, true, effect);
  }

  every(place: DiskFaultPlace & { readonly call?: number }, effect: DiskFaultEffect): DiskFault {
    return this.plan(place, place.call ?? 1, false, effect);
  }

  clear(): void {
    this.planned = [];
  }

  /** Asked once for each call, as every fault counts. */
  effectFor(call: DiskCall<unknown>): DiskFaultEffect | undefined {
    if (this.planned.length === 0) return undefined;
    const [striking] = this.planned.filter((one) => one.meets(call));
    if (striking === undefined) return undefined;
    striking.struck++;
    return striking.effect;
  }

  private plan(place: DiskFaultPlace, call: number, once: boolean, effect: DiskFaultEffect): DiskFault {
    if (!Number.isInteger(call) || call < 1) {
      throw new RangeError(`faults: 'call' is the number of a call, 1 is the first, not ${call}`);
    }
    const planned = new Planned(place, call, once, effect, (done) => {
      this.planned = this.planned.filter((one) => one !== done);
    });
    this.planned.push(planned);
    return planned;
  }
}

class Planned implements DiskFault {
  struck = 0;
  private met = 0;

  constructor(
    private readonly place: DiskFaultPlace,
    private readonly call: number,
    private readonly once: boolean,
    readonly effect: DiskFaultEffect,
    private readonly remove: (done: Planned) => void,
  ) {}

  clear(): void {
    this.remove(this);
  }

  meets(call: DiskCall<unknown>): boolean {
    const { operation, path } = this.place;
    if (operation === undefined ? !call.mutates : call.operation !== operation) return false;
    if (path !== undefined && !matches(path, call.about) && !matches(path, call.to)) return false;
    this.met++;
    return this.once ? this.met === this.call : this.met >= this.call;
  }
}

function matches(pattern: string | RegExp, path: string | undefined): boolean {
  if (path === undefined) return false;
  return typeof pattern === 'string' ? path.includes(pattern) : path.search(pattern) >= 0;
}

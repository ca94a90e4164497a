import type { DiskCall, DiskOperation } from './disk-call.js';
import type { DiskErrorCode } from './disk-error.js';

/** The calls that a fault applies to. */
export interface DiskFaultPlace {
  /**
   * Default: all calls that change the disk or what is durable, as counted by `calls.mutations`.
   */
  readonly operation?: DiskOperation;
  /**
   * The path or a part of it: either path of a rename, and the path an open file was opened by.
   * Default: any.
   */
  readonly path?: string | RegExp;
}

/** What happens instead of the call. */
export type DiskFaultEffect =
  | {
      /**
       * It fails. After a failed `sync`, the unsynced data is as on Linux: readers see it, a crash
       * may lose it, and no later sync makes it durable unless it is written again.
       */
      readonly error: DiskErrorCode;
      /** Bytes that a failing write still writes. Default 0. */
      readonly bytes?: number;
    }
  | {
      /** A write or read of at most this many bytes; it resolves with their number. */
      readonly bytes: number;
      readonly error?: undefined;
    }
  | {
      /**
       * The process ends there: the disk is dead, and `kill()` or `crash()` returns the disk that
       * the next process finds. `during` writes the first sectors of a `write`; within one sector,
       * and for other calls, it equals `before`.
       */
      readonly stop: 'before' | 'during' | 'after';
    };

/** A fault that was set. */
export interface DiskFault {
  /** How often it has occurred. */
  readonly struck: number;
  /** Removes the fault. */
  clear(): void;
}

/**
 * The faults of a disk. Each counts calls from when it is set. If several apply to a call, the
 * oldest occurs.
 */
export interface DiskFaults {
  /** Occurs once, at the `call`-th of these calls, counted from 1. */
  at(place: DiskFaultPlace & { readonly call: number }, effect: DiskFaultEffect): DiskFault;
  /** Occurs at each of these calls from the `call`-th on. Default 1. */
  every(place: DiskFaultPlace & { readonly call?: number }, effect: DiskFaultEffect): DiskFault;
  /** Removes all faults. */
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

  /** Called once per call, because each fault counts calls. */
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

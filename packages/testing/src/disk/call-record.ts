import { codeOf } from '@holdfast/core/internal';
import type { DiskCall, DiskOperation } from './disk-call.js';

/** The number of calls that have begun. */
export type DiskCallCounts = { readonly [operation in DiskOperation]: number } & {
  /** Calls that change the disk or what is durable; `open` only if it creates a file. */
  readonly mutations: number;
};

/** A call that has settled. */
export interface LoggedDiskCall {
  readonly operation: DiskOperation;
  /** The path as given; for an open file, the one it was opened by. */
  readonly path: string;
  /** The target of a rename. */
  readonly to?: string;
  /** The position of a write or read. */
  readonly position?: number;
  /** Bytes written or read; for `truncate`, the length. */
  readonly bytes?: number;
  /** The error's code, if it failed. */
  readonly error?: string;
}

/** Counts calls, and keeps the last ones. */
export class CallRecord {
  readonly counts = {
    info: 0,
    makeDirectory: 0,
    list: 0,
    open: 0,
    makePrivate: 0,
    rename: 0,
    remove: 0,
    syncDirectory: 0,
    lock: 0,
    write: 0,
    read: 0,
    sync: 0,
    truncate: 0,
    close: 0,
    mutations: 0,
  };
  private logged: LoggedDiskCall[] = [];

  constructor(private readonly limit: number) {}

  get log(): readonly LoggedDiskCall[] {
    return this.logged.slice(-this.limit);
  }

  clearLog(): void {
    this.logged = [];
  }

  began({ operation, mutates }: DiskCall<unknown>): void {
    this.counts[operation]++;
    if (mutates) this.counts.mutations++;
  }

  ended(
    { operation, about, to, position, bytes }: DiskCall<unknown>,
    result: unknown,
    error?: unknown,
  ): void {
    if (this.limit === 0) return;
    // Half is dropped at a time, as removing the first element of an array costs as much as
    // removing many.
    if (this.logged.length >= 2 * this.limit) this.logged = this.logged.slice(-this.limit);
    const moved = typeof result === 'number' ? result : bytes;
    this.logged.push({
      operation,
      path: about,
      ...(to !== undefined && { to }),
      ...(position !== undefined && { position }),
      ...(moved !== undefined && error === undefined && { bytes: moved }),
      ...(error !== undefined && { error: codeOrText(error) }),
    });
  }
}

const codeOrText = (error: unknown): string => codeOf(error) ?? String(error);

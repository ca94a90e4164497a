import { codeOf } from '@holdfast/core/internal';
import type { DiskCall, DiskOperation } from './disk-call.js';

/** How many calls have begun. */
export type DiskCallCounts = { readonly [operation in DiskOperation]: number } & {
  /** Those that change what is on the disk or what is durable; `open` only when it makes a file. */
  readonly mutations: number;
};

/** A call that has had its answer. */
export interface LoggedDiskCall {
  readonly operation: DiskOperation;
  /** As it was given; of an open file, the one that it was opened by. */
  readonly path: string;
  /** Of a rename. */
  readonly to?: string;
  /** Of a write or read. */
  readonly position?: number;
  /** Written or read; of `truncate`, the length. */
  readonly bytes?: number;
  /** The error's code, if it failed. */
  readonly error?: string;
}

/** Counts calls, and keeps the last of them. */
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
    // Thrown away by halves, as taking one from the front of an array costs as much as all the rest.
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

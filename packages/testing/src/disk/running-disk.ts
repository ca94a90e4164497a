import { isError } from '@holdfast/core/stage';
import type { CallRecord } from './call-record.js';
import type { Choice } from './choice.js';
import type { DiskCall, DiskOperation } from './disk-call.js';
import { wholeSectors } from './change.js';
import { diskError } from './disk-error.js';
import type { DiskFaultEffect, FaultPlan } from './faults.js';
import type { FileSystem } from './file-system.js';
import { NodeCloner } from './node-cloner.js';

/** A call that has not had its answer. */
interface Waiting {
  readonly call: DiskCall<unknown>;
  readonly reject: (error: Error) => void;
}

export interface RunningDiskOptions {
  readonly fs: FileSystem;
  readonly faults: FaultPlan;
  readonly record: CallRecord;
  readonly random: () => number;
  /** Calls `run` when the operation has taken its time, never at once. */
  readonly later: (operation: DiskOperation, run: () => void) => void;
  readonly onDeath: 'reject' | 'hang';
}

const deadHint = '; the process of this disk is dead: go on with what its kill() or crash() returned';

/** Takes calls as one process makes them: each takes effect later, at once and whole, unless a fault or the end comes first. */
export class RunningDisk {
  readonly fs: FileSystem;
  readonly died: Promise<void>;
  dead = false;
  private readonly waiting = new Set<Waiting>();
  private tellDied: () => void = () => undefined;

  constructor(private readonly options: RunningDiskOptions) {
    this.fs = options.fs;
    this.died = new Promise((resolve) => (this.tellDied = resolve));
  }

  run<T>(call: DiskCall<T>): Promise<T> {
    if (this.dead) return this.answerOfTheDead(call);
    this.options.record.began(call);
    const effect = this.options.faults.effectFor(call);
    return new Promise((resolve, reject) => {
      const waiting = { call, reject };
      this.waiting.add(waiting);
      this.options.later(call.operation, () => {
        if (this.dead) return;
        this.waiting.delete(waiting);
        if (effect !== undefined && 'stop' in effect) return this.stopAt(call, effect.stop, reject);
        try {
          resolve(this.answer(call, effect));
        } catch (error) {
          this.options.record.ended(call, undefined, error);
          reject(isError(error) ? error : new Error(String(error)));
        }
      });
    });
  }

  /** The process is dead. What it was waiting for may have happened or not, as each fork says anew. */
  die(): void {
    if (this.dead) return;
    this.dead = true;
    for (const { call, reject } of this.waiting) {
      call.hold?.();
      this.endUnheard(call, reject);
    }
    this.tellDied();
  }

  /** The disk as it is; `choice` says which of the calls that were under way have taken effect. */
  fork(choice?: Choice): FileSystem {
    const cloner = new NodeCloner();
    const fork = this.fs.fork(cloner);
    if (choice === undefined) return fork;
    for (const { call } of this.waiting) {
      const limit = call.operation === 'write' ? partOf(call, choice.part(call.bytes ?? 0)) : Infinity;
      if (!call.mutates || limit === 0 || (limit === Infinity && !choice.happens())) continue;
      try {
        call.run(fork, call.node && cloner.ofFile(call.node), limit);
      } catch {
        // It would have failed, so nothing of it is there.
      }
    }
    return fork;
  }

  private answer<T>(call: DiskCall<T>, effect: DiskFaultEffect | undefined): T {
    const { record } = this.options;
    const { error, bytes } = effect !== undefined && !('stop' in effect) ? effect : {};
    if (error !== undefined) {
      if (call.operation === 'write' && bytes !== undefined) call.run(this.fs, call.node, bytes);
      call.fail?.();
      throw diskError(error, call);
    }
    const result = call.run(this.fs, call.node, bytes ?? Infinity);
    call.done?.(result);
    record.ended(call, result);
    return result;
  }

  private stopAt(
    call: DiskCall<unknown>,
    when: 'before' | 'during' | 'after',
    reject: (e: Error) => void,
  ): void {
    const part =
      when === 'during' && call.operation === 'write'
        ? partOf(call, Math.ceil(this.options.random() * ((call.bytes ?? 0) - 1)))
        : 0;
    try {
      if (when === 'after') this.options.record.ended(call, call.run(this.fs, call.node, Infinity));
      else if (part > 0) call.run(this.fs, call.node, part);
    } catch {
      // It would have failed, and nobody hears of it.
    }
    this.endUnheard(call, reject);
    this.die();
  }

  private answerOfTheDead<T>(call: DiskCall<T>): Promise<T> {
    return new Promise((_resolve, reject) => this.endUnheard(call, reject));
  }

  private endUnheard(call: DiskCall<unknown>, reject: (error: Error) => void): void {
    if (this.options.onDeath === 'hang') return;
    queueMicrotask(() => reject(diskError('EBADF', call, deadHint)));
  }
}

const partOf = ({ position = 0, bytes = 0 }: DiskCall<unknown>, part: number): number =>
  wholeSectors(position, bytes, part);

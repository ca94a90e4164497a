import type { Env } from '@holdfast/core';
import type { Entry } from './entry.js';

export interface BelowOptions {
  readonly maxInFlightRecords: number;
  readonly maxInFlightBytes: number;
  readonly env: Pick<Env, 'ready'>;
  /** A stage below that was full has room again. */
  readonly onRoom: () => void;
}

/** What was handed down and has not come up yet, and whether more may follow. */
export class Below {
  records = 0;
  bytes = 0;
  private isWaiting = false;

  constructor(private readonly options: BelowOptions) {}

  get hasRoom(): boolean {
    const { maxInFlightRecords, maxInFlightBytes, env, onRoom } = this.options;
    if (this.records >= maxInFlightRecords || this.bytes >= maxInFlightBytes) return false;
    const full = env.ready();
    if (full === undefined) return true;
    if (!this.isWaiting) {
      this.isWaiting = true;
      const go = (): void => {
        this.isWaiting = false;
        onRoom();
      };
      full.then(go, go);
    }
    return false;
  }

  add(entry: Entry): void {
    entry.isBelow = true;
    this.records++;
    this.bytes += entry.bytes;
  }

  remove(entry: Entry): void {
    this.records--;
    this.bytes -= entry.bytes;
  }
}

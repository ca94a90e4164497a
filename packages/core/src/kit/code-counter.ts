import type { CountsByCode } from '../contract/stats.js';

/** Counts records by error code. */
export class CodeCounter {
  private readonly byCode = new Map<string, number>();

  add(code: string, records = 1): void {
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + records);
  }

  counts(): CountsByCode {
    return Object.fromEntries(this.byCode);
  }
}

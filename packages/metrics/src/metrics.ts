import type { Delivery, Middleware, Send, Settle, Stage, StageStats } from '@holdfast/core';
import { resolveOptions, type ResolvedMetricsOptions, type MetricsOptions } from './options.js';

/** Hands every record on, and counts what becomes of it. */
export function metrics(options: MetricsOptions = {}): Middleware {
  const resolved = resolveOptions(options);
  return {
    name: 'metrics',
    bind: (next) => new MetricsStage(resolved, next),
  };
}

class MetricsStage implements Stage {
  private readonly counts = { handedOnRecords: 0, settledRecords: 0 };

  constructor(
    private readonly options: ResolvedMetricsOptions,
    private readonly next: Send,
  ) {}

  send(batch: Delivery[], settle: Settle): void {
    this.counts.handedOnRecords += batch.length;
    this.next(batch, (settled) => {
      this.counts.settledRecords += this.options.failuresOnly ? countFailures(settled) : settled.length;
      settle(settled);
    });
  }

  stats(): StageStats {
    return { ...this.counts };
  }
}

function countFailures(settled: readonly Delivery[]): number {
  return settled.filter(({ outcome }) => outcome?.status === 'failed').length;
}

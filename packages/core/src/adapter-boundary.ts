import type { Adapter } from './adapter.js';
import type { Target } from './boundary.js';
import type { CallGauge } from './call-gauge.js';
import type { Delivery } from './delivery.js';
import type { BaseEnv } from './env.js';
import type { Attempt } from './events.js';
import type { Outcome } from './outcome.js';
import { recordBytes } from './record.js';

/** Counts attempts and calls and, while somebody listens to `attempt`, reports each settlement of the adapter. */
export function adapterTarget(adapter: Adapter, env: BaseEnv, calls: CallGauge): Target {
  return {
    send(batch, settle) {
      for (const delivery of batch) delivery.attempts++;
      const call = calls.started();
      const observed = env.events.has('attempt');
      adapter.send(batch, (settled) => {
        if (observed) env.events.emit('attempt', attemptOf(adapter.name, env.clock.now() - call.startedAt, settled));
        settle(settled);
        calls.answered(call);
      });
    },
  };
}

function attemptOf(adapter: string, durationMs: number, batch: readonly Delivery[]): Attempt {
  const outcomes: { [status in Outcome['status']]?: number } = {};
  const errors: { [code: string]: number } = {};
  let bytes = 0;
  for (const { outcome, record } of batch) {
    bytes += recordBytes(record);
    if (outcome === undefined) continue;
    outcomes[outcome.status] = (outcomes[outcome.status] ?? 0) + 1;
    if ('error' in outcome) errors[outcome.error.code] = (errors[outcome.error.code] ?? 0) + 1;
  }
  return { adapter, records: batch.length, bytes, durationMs, outcomes, errors };
}

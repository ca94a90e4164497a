import type { Adapter } from '../contract/adapter.js';
import type { AttemptCounts } from './attempt-counts.js';
import type { Target } from './boundary.js';
import type { CallGauge } from './call-gauge.js';
import { isThenable } from '../foreign/contain.js';
import type { Delivery } from '../contract/delivery.js';
import type { BaseEnv } from '../contract/env.js';
import type { Attempt } from '../contract/events.js';
import type { Outcome } from '../contract/outcome.js';
import { recordBytes } from '../contract/record.js';
import { heldAgain } from './waited.js';

/**
 * Counts attempts and calls and, while somebody listens to `attempt`, reports each settlement of
 * the adapter.
 */
export function adapterTarget(
  adapter: Adapter,
  env: BaseEnv,
  calls: CallGauge,
  counts: AttemptCounts,
): Target {
  return {
    send(batch, settle) {
      counts.began(batch);
      const call = calls.started();
      const isHeard = env.events.has('attempt');
      const isTimed = isHeard || env.events.has('waited');
      const answered = (settled: Delivery[]): void => {
        counts.answered(settled);
        if (isTimed) {
          const now = env.clock.now();
          heldAgain(settled, now);
          if (isHeard) env.events.emit('attempt', attemptOf(adapter, now - call.startedAt, settled));
        }
        settle(settled);
        calls.answered(call);
      };
      try {
        const result: unknown = adapter.send(batch, answered);
        if (isThenable(result)) Promise.resolve(result).catch(() => calls.answered(call));
        return result;
      } catch (thrown) {
        calls.answered(call); // nothing else will come of it
        throw thrown;
      }
    },
  };
}

function attemptOf(
  { name, servers = [] }: Adapter,
  durationMs: number,
  settled: readonly Delivery[],
): Attempt {
  const outcomes: { [status in Outcome['status']]?: number } = {};
  const errors: { [code: string]: number } = {};
  let bytes = 0;
  for (const { outcome, record } of settled) {
    bytes += recordBytes(record);
    if (outcome === undefined) continue;
    outcomes[outcome.status] = (outcomes[outcome.status] ?? 0) + 1;
    if ('error' in outcome) errors[outcome.error.code] = (errors[outcome.error.code] ?? 0) + 1;
  }
  const records = settled.length;
  return { adapter: name, servers, records, bytes, durationMs, outcomes, errors, settled };
}

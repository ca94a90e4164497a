import type { StageStats } from './stats.js';
import type { Delivery } from './delivery.js';
import type { BaseEnv } from './env.js';
import type { Settle } from './middleware.js';

/** Declares what the client can do; the conformance suite runs the cases that apply. */
export interface AdapterCapabilities {
  /** Whether a `delivered` outcome carries the record's own offset. */
  readonly offsets: boolean;
  /** The client's `acks` setting. Below `'all'`, `delivered` promises less. */
  readonly acks: 'all' | 'leader' | 'none';
  /** Whether the broker discards duplicates of the client's requests. */
  readonly idempotent: boolean;
}

/**
 * The last stage of the chain, which sends records through a Kafka client. It settles
 * asynchronously, never inside `send`; it reconnects by itself without limit; and it chooses the
 * partition of each record before it sends the record.
 */
export interface Adapter {
  /** Short; used in errors, events and log lines. */
  readonly name: string;
  readonly capabilities: AdapterCapabilities;
  /**
   * The brokers that the client was configured with, as `host:port`, for telemetry; see {@link
   * serverNames}. May be set after construction.
   */
  readonly servers?: readonly string[];
  /**
   * Resolves once a broker has responded. Rejects with the reason when the first attempt fails, and
   * keeps trying in the background. Core waits for it only with `requireBroker`. Records may arrive
   * before it has resolved.
   */
  connect(env: BaseEnv, signal: AbortSignal): Promise<void>;
  /** Sends the batch. Each delivery comes back through `settle` exactly once. */
  send(batch: Delivery[], settle: Settle): void;
  /** Resolves when all earlier deliveries have been settled, or at `deadline` (monotonic ms). */
  flush(deadline: number): Promise<void>;
  /** Settles deliveries that are still in flight at `deadline` (monotonic ms) as `unknown`. */
  disconnect(deadline: number): Promise<void>;
  /** Returns the value of `producer.stats().stages[name]`. */
  stats?(): StageStats;
}

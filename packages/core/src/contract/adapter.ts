import type { StageStats } from './stats.js';
import type { Delivery } from './delivery.js';
import type { BaseEnv } from './env.js';
import type { Settle } from './middleware.js';

/** What a client can do; the conformance suite runs the cases that apply. */
export interface AdapterCapabilities {
  /** `delivered` carries the record's own offset. */
  readonly offsets: boolean;
  /** The client's own name for `acks` may be lower than all; then `delivered` promises less. */
  readonly acks: 'all' | 'leader' | 'none';
  /** The broker drops the client's duplicates. */
  readonly idempotent: boolean;
}

/**
 * The end of the chain. It settles always later, never inside `send`; reconnects by itself for ever; and fixes the
 * partition of each record before it sends.
 */
export interface Adapter {
  readonly name: string;
  readonly capabilities: AdapterCapabilities;
  /** `host:port` of the brokers that the client was given, for telemetry; see {@link serverNames}. May become known later. */
  readonly servers?: readonly string[];
  /**
   * Resolves once a broker has answered; rejects with the reason when the first try failed, and goes on trying.
   * Core waits for it only with `requireBroker`. Records may come before it has resolved.
   */
  connect(env: BaseEnv, signal: AbortSignal): Promise<void>;
  send(batch: Delivery[], settle: Settle): void;
  /** Resolves when what was sent before has been settled, or at `deadline` (monotonic ms). */
  flush(deadline: number): Promise<void>;
  /** What is still in flight at `deadline` (monotonic ms) is settled as `unknown`. */
  disconnect(deadline: number): Promise<void>;
  stats?(): StageStats;
}

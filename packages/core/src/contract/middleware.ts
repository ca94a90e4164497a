import type { Delivery } from './delivery.js';
import type { Env } from './env.js';
import type { StageStats } from './stats.js';

/**
 * Passes a batch down, toward Kafka. The array belongs to the callee afterwards. Each delivery in
 * it comes back through `settle` exactly once, in any grouping, at any time.
 */
export type Send = (batch: Delivery[], settle: Settle) => void;

/**
 * Passes deliveries up, toward the caller, each with its `outcome`. The array belongs to the callee
 * afterwards.
 */
export type Settle = (batch: Delivery[]) => void;

/**
 * A bound middleware. Core calls `start` from the adapter up, `flush` and `close` from the
 * outermost stage down.
 */
export interface Stage {
  /** Takes a batch from above; passes it on through `next`, or settles it. */
  send(batch: Delivery[], settle: Settle): void;
  /**
   * Returns `undefined` when the stage has room, else a promise that resolves when it does. Only
   * for stages that queue.
   */
  ready?(): Promise<void> | undefined;
  /** Starts the stage, before the ones above it. `signal` aborts when the producer closes. */
  start?(signal: AbortSignal): Promise<void> | void;
  /**
   * Resolves when every delivery taken before this call has been settled, or at `deadline`
   * (monotonic ms).
   */
  flush?(deadline: number): Promise<void> | void;
  /**
   * Closes the stage; at `deadline` (monotonic ms) it settles every delivery that it still holds.
   */
  close?(deadline: number): Promise<void> | void;
  /**
   * Returns how many records the stage has taken responsibility for and keeps beyond its `close`,
   * for example on disk, to continue with at its next start. Called once, after `close`.
   */
  kept?(): number;
  /** Returns the value of `producer.stats().stages[name]`; declare its type in `KnownStages`. */
  stats?(): StageStats;
}

/**
 * Describes a middleware's effect on the chain, so that core can check the order of stages without
 * knowing their names.
 */
export interface Traits {
  /**
   * When deliveries come back up: with Kafka's result (`'delivery'`, the default), or as soon as
   * this stage has taken responsibility for the record (`'acceptance'`).
   */
  readonly answers?: 'delivery' | 'acceptance';
  /**
   * Milliseconds after `send` at which a delivery without a result from Kafka comes back up as
   * `accepted`; this stage is then responsible for it. Default `Infinity`: never.
   */
  readonly acceptsAfterMs?: number;
  /** Reads outcomes, so no stage below it may settle on acceptance. */
  readonly needsDeliveryResults?: boolean;
  /** Sends the same delivery down again after a failure. */
  readonly resends?: boolean;
  /** Passes down at most one batch of a lane at a time, which keeps the order within a key. */
  readonly keepsLanes?: boolean;
  /** Stores undeliverable records, so that a failure below is never silent. */
  readonly diverts?: boolean;
  /**
   * Keeps the records it takes beyond the end of the process, so they have no delivery timeout by
   * default. Where it settles on acceptance, the default timeout applies to records it could not
   * take.
   */
  readonly persists?: boolean;
  /**
   * Reads the async context (`AsyncLocalStorage`) of the call to `producer.send`. Its `send` then
   * runs in that context even for a record that waited for room or for a serializer. Default false,
   * because keeping the context has a cost for each waiting record.
   */
  readonly readsContext?: boolean;
  /** Passes nothing on, like an adapter. Such a middleware is refused in `use`. */
  readonly terminal?: boolean;
  /** Allowed in a chain more than once. Default false. */
  readonly repeatable?: boolean;
}

export interface Middleware {
  /** Short, and unique in its chain; used in errors and `stats()`. */
  readonly name: string;
  readonly traits?: Traits;
  /**
   * Creates the stage, which passes batches on through `next`. Called once, when the producer is
   * created.
   */
  bind(next: Send, env: Env): Stage;
}

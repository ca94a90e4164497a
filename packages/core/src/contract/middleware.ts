import type { Delivery } from './delivery.js';
import type { Env } from './env.js';
import type { StageStats } from './stats.js';

/**
 * Down, toward Kafka. The array belongs to the callee from then on.
 * Every delivery in it comes back through `settle`, exactly once, in any grouping, at any time.
 */
export type Send = (batch: Delivery[], settle: Settle) => void;

/** Up, toward the caller: each delivery has an `outcome`. The array belongs to the callee from then on. */
export type Settle = (batch: Delivery[]) => void;

/** What a bound middleware is. Core calls `start` from the adapter up, `flush` and `close` from the outermost stage down. */
export interface Stage {
  send(batch: Delivery[], settle: Settle): void;
  /** `undefined`: can take more now. Else a promise that resolves when it can. Only stages that queue have it. */
  ready?(): Promise<void> | undefined;
  start?(signal: AbortSignal): Promise<void> | void;
  /** Resolves when what was taken before this call has been settled, or at `deadline` (monotonic ms). */
  flush?(deadline: number): Promise<void> | void;
  /** At `deadline` (monotonic ms) what is still held is settled, not forgotten. */
  close?(deadline: number): Promise<void> | void;
  /**
   * Records that the stage answers for and keeps beyond its `close`, on disk say, from where its next start goes on with them.
   * Asked once, after `close`.
   */
  kept?(): number;
  /** For `producer.stats().stages[name]`; declare its type in `KnownStages`. */
  stats?(): StageStats;
}

/** What a middleware does to the chain, so that core can check a composition without knowing names. */
export interface Traits {
  /**
   * When deliveries come back up: with Kafka's answer, or as soon as this stage has taken the record over.
   * Default `'delivery'`.
   */
  readonly answers?: 'delivery' | 'acceptance';
  /**
   * Deliveries of which Kafka has not answered so many ms after they were sent come back up `accepted`, and this stage answers for them
   * from then on. Default `Infinity`: none.
   */
  readonly acceptsAfterMs?: number;
  /** Looks at outcomes, so nothing below it may answer on acceptance. */
  readonly needsDeliveryResults?: boolean;
  /** Sends the same delivery down again after a failure. */
  readonly resends?: boolean;
  /** At most one batch of a lane is below it at a time: order within a key holds. */
  readonly keepsLanes?: boolean;
  /** Takes undeliverable records, so that a failure below is never silent. */
  readonly diverts?: boolean;
  /**
   * What it has taken survives the process, and has no delivery timeout by default. Where it answers on acceptance, the default is for
   * what it could not take.
   */
  readonly persists?: boolean;
  /**
   * Reads the async context (`AsyncLocalStorage`) that `producer.send` was called in: its `send` runs in that context also for a
   * record that had to wait for room, or for a serializer. Default false, as keeping the context costs each record that waits.
   */
  readonly readsContext?: boolean;
  /** Never hands anything on. An adapter is one; in `use` it is refused. */
  readonly terminal?: boolean;
  /** May stand in a chain more than once. Default false. */
  readonly repeatable?: boolean;
}

export interface Middleware {
  /** Short and unique in its chain; errors and `stats()` use it. */
  readonly name: string;
  readonly traits?: Traits;
  /** Called once, when the producer is made; the stage sends on through `next`. */
  bind(next: Send, env: Env): Stage;
}

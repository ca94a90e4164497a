import { isThenable } from '../foreign/contain.js';
import type { Delivery } from '../contract/delivery.js';
import { ProducerError } from '../contract/error.js';
import type { Send, Settle } from '../contract/middleware.js';
import type { WaitedReporter } from './waited.js';
import { failed, unknown } from '../contract/outcome.js';
import { isSettled } from './settled.js';
import type { ReportViolation } from './violations.js';

/**
 * A stage or the adapter, as its boundary sees it. A third party may write `send` as an async
 * function.
 */
export interface Target {
  send(batch: Delivery[], settle: Settle): unknown;
}

/**
 * The `settle` that came from above, the wrapper that the stage receives in its place, and the
 * stage that deliveries go up to.
 */
interface WayUp {
  /** As it came from above. */
  readonly settle: Settle;
  readonly up: Settle;
  /** The function that {@link up} calls. */
  readonly target: Settle;
  readonly depth: number;
  /** `undefined`: the dispatcher. */
  readonly owner: Boundary | undefined;
  /** The owner's own way up for the batch that it was receiving when it passed on `settle`. */
  readonly ownersUp: Settle | undefined;
}

/**
 * The way into one stage and out of it. A delivery's `depth` is the index of the stage that holds
 * it. The boundary updates it on the way down and on the way up. So core drops whatever a stage
 * hands on or settles without holding it, and finds what a stage that threw still holds. That is
 * how "exactly once" holds although stages are foreign code.
 */
export class Boundary {
  /** Batches handed to this stage so far. */
  calls = 0;
  /**
   * Deliveries that this stage, or one below it, holds. Exact for the adapter alone: outcomes may
   * bypass any other stage on their way up.
   */
  inside = 0;
  closed = false;
  private above: Boundary | undefined;
  private latest: WayUp | undefined;
  private older: WayUp | undefined;
  /** The way up of the batch that this stage is receiving now. */
  private handed: Settle | undefined;
  /** The batch that this stage is receiving now. */
  private entering: Delivery[] | undefined;

  constructor(
    readonly name: string,
    private readonly depth: number,
    private readonly target: Target,
    private readonly below: Boundary | undefined,
    private readonly report: ReportViolation,
    private readonly waited?: WaitedReporter,
  ) {
    if (below !== undefined) below.above = this;
  }

  readonly enter: Send = (batch, settle) => {
    const taken = this.take(batch);
    if (taken.length === 0) return;
    const up = this.wayUp(settle);
    this.inside += taken.length;
    if (this.closed) return this.refuse(taken, up);
    this.calls++;
    const { above } = this;
    // A batch that a stage hands on as it received it has not waited there.
    if (above !== undefined && taken !== above.entering) this.waited?.(above.name, taken);
    const handedBefore = this.below?.calls;
    const outer = this.handed;
    const outerBatch = this.entering;
    this.handed = up;
    this.entering = taken;
    try {
      const result = this.target.send(taken, up);
      if (result !== undefined && isThenable(result)) {
        Promise.resolve(result).catch((thrown: unknown) => this.recover(taken, up, thrown, handedBefore));
      }
    } catch (thrown) {
      this.recover(taken, up, thrown, handedBefore);
    } finally {
      this.handed = outer;
      this.entering = outerBatch;
    }
  };

  /**
   * Records that this stage holds them now. Returns those that were the stage's above to hand on.
   */
  private take(batch: Delivery[]): Delivery[] {
    const { depth } = this;
    const from = depth - 1;
    let taken = 0;
    for (const delivery of batch) {
      if (delivery.depth !== from && !isNew(delivery)) return this.takeHeld(batch, taken);
      delivery.depth = depth;
      delivery.outcome = undefined;
      taken++;
    }
    return batch;
  }

  private takeHeld(batch: readonly Delivery[], start: number): Delivery[] {
    const held = batch.slice(0, start);
    for (const delivery of batch.slice(start)) {
      if (delivery.depth === this.depth - 1 || isNew(delivery)) {
        delivery.depth = this.depth;
        delivery.outcome = undefined;
        held.push(delivery);
      } else {
        this.report(
          this.above?.name ?? 'the producer',
          'handed on a delivery that it does not hold; hand each on once, and not after settling it',
        );
      }
    }
    return held;
  }

  /**
   * Returns the same wrapper for the same function while no more than two take turns: a stage that
   * queues compares them.
   */
  private wayUp(settle: Settle): Settle {
    if (this.latest?.settle === settle) return this.latest.up;
    const found = this.older?.settle === settle ? this.older : this.newWayUp(settle);
    this.older = this.latest;
    this.latest = found;
    return found.up;
  }

  private newWayUp(settle: Settle): WayUp {
    const { above } = this;
    // A stage that passes on the `settle` it received does not look at outcomes: they bypass it.
    const past = above?.givenBy(settle);
    if (past === undefined) return this.wayTo(settle, settle, this.depth - 1, above, above?.handed);
    return this.wayTo(settle, past.target, past.depth, past.owner, past.ownersUp);
  }

  private wayTo(
    settle: Settle,
    target: Settle,
    depth: number,
    owner: Boundary | undefined,
    ownersUp: Settle | undefined,
  ): WayUp {
    const up: Settle = (batch) => {
      const released = this.release(batch, depth);
      if (released.length === 0) return;
      this.inside -= released.length;
      try {
        target(released);
      } catch (thrown) {
        owner?.threwOnTheWayUp(released, thrown, ownersUp);
      }
    };
    return { settle, up, target, depth, owner, ownersUp };
  }

  private givenBy(up: Settle): WayUp | undefined {
    if (this.latest?.up === up) return this.latest;
    return this.older?.up === up ? this.older : undefined;
  }

  /** Records that the stage at depth `to` holds them again. Returns those that this stage held. */
  private release(batch: Delivery[], to: number): Delivery[] {
    const { depth } = this;
    let released = 0;
    for (const delivery of batch) {
      if (delivery.depth !== depth || delivery.outcome === undefined) {
        return [
          ...batch.slice(0, released),
          ...batch.slice(released).filter((one) => this.releaseHeld(one, to)),
        ];
      }
      delivery.depth = to;
      released++;
    }
    return batch;
  }

  private releaseHeld(delivery: Delivery, to: number): boolean {
    if (delivery.depth !== this.depth) {
      // A client may answer after the producer has closed and settled what was left.
      if (this.closed) return false;
      this.report(
        this.name,
        delivery.depth < this.depth
          ? 'settled a delivery twice, or one that it was never handed; settle each that it is handed, exactly once'
          : 'settled a delivery that it had handed on; wait until it comes back through the settle given to next',
      );
      return false;
    }
    if (delivery.outcome === undefined) {
      this.report(
        this.name,
        'settled a delivery without an outcome; set delivery.outcome before calling settle',
      );
      delivery.outcome = unknown(
        new ProducerError('STAGE_FAILED', `the stage '${this.name}' settled without an outcome`, {
          stage: this.name,
        }),
      );
    }
    delivery.depth = to;
    return true;
  }

  /**
   * Settles what the stage still holds after its `send` threw or rejected; keeps outcomes already
   * set.
   */
  private recover(
    batch: readonly Delivery[],
    up: Settle,
    thrown: unknown,
    handedBefore: number | undefined,
  ): void {
    this.report(this.name, 'threw from send', thrown);
    // Nothing is below an adapter: what it handed to its client cannot be seen from here.
    const mayBeWritten = this.below === undefined || this.below.calls !== handedBefore;
    const error = new ProducerError('STAGE_FAILED', `the stage '${this.name}' threw; 'cause' has its error`, {
      cause: thrown,
      stage: this.name,
    });
    const left = batch.filter((delivery) => delivery.depth === this.depth);
    for (const delivery of left) delivery.outcome ??= mayBeWritten ? unknown(error) : failed(error);
    up(left);
  }

  /** The stage's own `settle` threw: what it did not pass on goes up as it came. */
  private threwOnTheWayUp(batch: readonly Delivery[], thrown: unknown, up = this.latest?.up): void {
    this.report(this.name, 'threw when outcomes came back to it', thrown);
    up?.(batch.filter((delivery) => delivery.depth === this.depth));
  }

  private refuse(batch: Delivery[], up: Settle): void {
    this.report(this.name, 'was handed records after it was closed');
    const error = new ProducerError('CLOSED', `'${this.name}' was handed records after it was closed`, {
      stage: this.name,
    });
    for (const delivery of batch) delivery.outcome = failed(error);
    up(batch);
  }
}

// A fork starts at depth 0, as the dispatcher's deliveries do.
const isNew = (delivery: Delivery): boolean => delivery.depth === 0 && !isSettled(delivery);

import type { Delivery } from './delivery.js';
import { ProducerError } from './error.js';
import type { Guard } from './guard.js';
import type { Send, Settle } from './middleware.js';
import { failed, unknown } from './outcome.js';
import { isSettled } from './settled.js';

/** A stage or the adapter, as its boundary sees it. Third parties write `send` as an async function, too. */
export interface Target {
  send(batch: Delivery[], settle: Settle): unknown;
}

/**
 * The way into one stage. It notes who was handed each delivery last, so that a stage that throws settles exactly what it
 * still has: `failed` when it handed nothing on, else `unknown`. Without the guard it costs one store a record.
 */
export class Boundary {
  /** Batches handed to this stage so far. */
  calls = 0;
  closed = false;

  constructor(
    readonly name: string,
    private readonly depth: number,
    private readonly target: Target,
    private readonly below: Boundary | undefined,
    private readonly guard: Guard | undefined,
  ) {}

  readonly enter: Send = (batch, settle) => {
    if (this.closed) return this.refuse(batch, settle);
    this.calls++;
    const depth = this.depth;
    for (let i = 0; i < batch.length; i++) {
      const delivery = batch[i];
      if (delivery !== undefined) delivery.depth = depth;
    }
    const up = this.guard === undefined ? settle : this.guard.watch(this.name, depth, settle);
    const handedBefore = this.below?.calls;
    try {
      const result = this.target.send(batch, up);
      if (result !== undefined) this.recoverLater(result, batch, up, handedBefore);
    } catch (thrown) {
      this.recover(batch, up, thrown, handedBefore);
    }
  };

  private recoverLater(
    result: unknown,
    batch: Delivery[],
    settle: Settle,
    handedBefore: number | undefined,
  ): void {
    if (typeof result !== 'object' || result === null || !('then' in result)) return;
    Promise.resolve(result).catch((thrown: unknown) => this.recover(batch, settle, thrown, handedBefore));
  }

  private recover(
    batch: Delivery[],
    settle: Settle,
    thrown: unknown,
    handedBefore: number | undefined,
  ): void {
    // An adapter has nothing below it: what it handed to its client cannot be seen from here.
    const mayBeWritten = this.below === undefined || this.below.calls !== handedBefore;
    const error = new ProducerError('STAGE_FAILED', `the stage '${this.name}' threw; 'cause' has its error`, {
      cause: thrown,
      stage: this.name,
    });
    const left = batch.filter((delivery) => delivery.depth === this.depth && !isSettled(delivery));
    for (const delivery of left) delivery.outcome = mayBeWritten ? unknown(error) : failed(error);
    if (left.length > 0) settle(left);
  }

  private refuse(batch: Delivery[], settle: Settle): void {
    const error = new ProducerError('CLOSED', `'${this.name}' was handed records after it was closed`, {
      stage: this.name,
    });
    this.guard?.violation(this.name, 'was handed records after it was closed');
    for (const delivery of batch) delivery.outcome = failed(error);
    settle(batch);
  }
}

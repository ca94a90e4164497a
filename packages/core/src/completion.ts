import type { Delivery } from './delivery.js';
import { ProducerError } from './error.js';
import type { Outcome, Receipt } from './outcome.js';

/** Who hears of a delivery's outcome: a promise, a callback, a batch. */
export interface Completion {
  /** Tells it what it completes; the two point at each other. */
  attach?(delivery: Delivery): void;
  settled(delivery: Delivery): void;
}

/** `error` is null when the record was delivered, as Node's callbacks have it. */
export type SendCallback = (error: ProducerError | null, receipt?: Receipt) => void;

/** Those that wait for an outcome, so that `close` can end what a stage never settled. */
export class Waiting {
  private first: WaitingCompletion | undefined;

  add(one: WaitingCompletion): void {
    one.after = this.first;
    if (this.first !== undefined) this.first.before = one;
    this.first = one;
  }

  remove(one: WaitingCompletion): void {
    if (one.before === undefined) this.first = one.after;
    else one.before.after = one.after;
    if (one.after !== undefined) one.after.before = one.before;
    one.before = one.after = undefined;
  }

  /** Every delivery that somebody still waits for, the oldest first. */
  deliveries(): Delivery[] {
    const newestFirst: (readonly Delivery[])[] = [];
    for (let one = this.first; one !== undefined; one = one.after) newestFirst.push(one.unsettled());
    return newestFirst.reverse().flat();
  }
}

/** A node of the list {@link Waiting}. */
abstract class WaitingCompletion implements Completion {
  before: WaitingCompletion | undefined = undefined;
  after: WaitingCompletion | undefined = undefined;
  protected delivery: Delivery | undefined = undefined;

  constructor(protected readonly waiting: Waiting) {
    waiting.add(this);
  }

  attach(delivery: Delivery): void {
    this.delivery = delivery;
  }

  unsettled(): readonly Delivery[] {
    return this.delivery === undefined ? [] : [this.delivery];
  }

  abstract settled(delivery: Delivery): void;
}

export class PromiseCompletion extends WaitingCompletion {
  constructor(
    waiting: Waiting,
    private readonly resolve: (receipt: Receipt) => void,
    private readonly reject: (error: ProducerError) => void,
  ) {
    super(waiting);
  }

  settled({ outcome }: Delivery): void {
    this.waiting.remove(this);
    const result = resultOf(outcome);
    if (ProducerError.is(result)) this.reject(result);
    else this.resolve(result);
  }
}

export class CallbackCompletion extends WaitingCompletion {
  constructor(
    waiting: Waiting,
    private readonly callback: SendCallback,
    private readonly call: (run: () => unknown) => void,
  ) {
    super(waiting);
  }

  settled({ outcome }: Delivery): void {
    this.waiting.remove(this);
    const result = resultOf(outcome);
    const { callback } = this;
    if (ProducerError.is(result)) this.call(() => callback(result));
    else this.call(() => callback(null, result));
  }
}

/** Resolves with one outcome a delivery, in the order they were sent, once all are settled. */
export class BatchCompletion extends WaitingCompletion {
  private readonly all: Delivery[] = [];
  private left: number;

  constructor(
    waiting: Waiting,
    size: number,
    private readonly resolve: (outcomes: Outcome[]) => void,
  ) {
    super(waiting);
    this.left = size;
  }

  override attach(delivery: Delivery): void {
    this.all.push(delivery);
  }

  override unsettled(): readonly Delivery[] {
    return this.all.filter(({ completion }) => completion === this);
  }

  settled(): void {
    if (--this.left > 0) return;
    this.waiting.remove(this);
    this.resolve(this.all.map(({ outcome }) => outcome ?? neverSettled()));
  }
}

/** A receipt, or the error that `send` rejects with. */
function resultOf(outcome: Outcome | undefined): Receipt | ProducerError {
  if (outcome === undefined) return neverSettled().error;
  if (outcome.status === 'delivered' || outcome.status === 'accepted') return outcome;
  if (outcome.status !== 'dead-lettered') return outcome.error;
  return new ProducerError('DEAD_LETTERED', `not delivered, but kept: dead-lettered to ${outcome.to}`, {
    cause: outcome.error,
  });
}

const neverSettled = (): { status: 'unknown'; error: ProducerError } => ({
  status: 'unknown',
  error: new ProducerError('STAGE_FAILED', 'a stage settled the record without an outcome'),
});

import type { Completion, Delivery } from '../contract/delivery.js';
import { deliveryErrorOf, type DeliveryError } from '../contract/delivery-error.js';
import { ProducerError } from '../contract/error.js';
import { unknown, type Outcome, type Receipt, type Unknown } from '../contract/outcome.js';

/** The arguments of a `send` callback: a receipt if and only if `error` is null. */
export type SendAnswer = [error: null, receipt: Receipt] | [error: DeliveryError, receipt: undefined];

/**
 * A Node.js-style callback: `error` is null when the record was delivered, and `receipt` is given
 * then.
 */
export type SendCallback = (error: DeliveryError | null, receipt?: Receipt) => void;

/** Calls a callback of the user's; never throws. */
export type CallBack = (callback: SendCallback, error: DeliveryError | null, receipt?: Receipt) => void;

/**
 * Completions without an outcome yet, so that `close` can end what a stage never settled. The list
 * is its own and not the kit's `LinkedList`: each record enters and leaves it, and its three
 * classes of nodes would take that one past the four that V8's inline caches distinguish.
 */
export class PendingCompletions {
  private first: PendingCompletion | undefined;

  add(one: PendingCompletion): void {
    one.after = this.first;
    if (this.first !== undefined) this.first.before = one;
    this.first = one;
  }

  remove(one: PendingCompletion): void {
    if (one.before === undefined) this.first = one.after;
    else one.before.after = one.after;
    if (one.after !== undefined) one.after.before = one.before;
    one.before = one.after = undefined;
  }

  /** Returns every delivery that a caller still waits for, the oldest first. */
  deliveries(): Delivery[] {
    const newestFirst: (readonly Delivery[])[] = [];
    for (let one = this.first; one !== undefined; one = one.after) newestFirst.push(one.unsettled());
    return newestFirst.reverse().flat();
  }
}

/** A node of the list {@link PendingCompletions}. */
abstract class PendingCompletion implements Completion {
  before: PendingCompletion | undefined = undefined;
  after: PendingCompletion | undefined = undefined;
  protected delivery: Delivery | undefined = undefined;

  constructor(protected readonly pending: PendingCompletions) {
    pending.add(this);
  }

  attach(delivery: Delivery): void {
    this.delivery = delivery;
  }

  unsettled(): readonly Delivery[] {
    return this.delivery === undefined ? [] : [this.delivery];
  }

  abstract settled(delivery: Delivery): void;
}

type Resolve = (receipt: Receipt) => void;
type Reject = (error: DeliveryError) => void;

// One executor for all promises, which leaves its functions here: a closure per record would be a
// third of the cost of a promise.
let resolveLatest: Resolve = () => undefined;
let rejectLatest: Reject = () => undefined;
const capture = (resolve: Resolve, reject: Reject): void => {
  resolveLatest = resolve;
  rejectLatest = reject;
};

export class PromiseCompletion extends PendingCompletion {
  readonly promise = new Promise<Receipt>(capture);
  private readonly resolve = resolveLatest;
  private readonly reject = rejectLatest;

  settled({ outcome }: Delivery): void {
    this.pending.remove(this);
    if (isReceipt(outcome)) this.resolve(outcome);
    else this.reject(deliveryErrorOf(outcome ?? neverSettled()));
  }
}

export class CallbackCompletion extends PendingCompletion {
  constructor(
    pending: PendingCompletions,
    private readonly callback: SendCallback,
    private readonly call: CallBack,
  ) {
    super(pending);
  }

  settled({ outcome }: Delivery): void {
    this.pending.remove(this);
    if (isReceipt(outcome)) this.call(this.callback, null, outcome);
    else this.call(this.callback, deliveryErrorOf(outcome ?? neverSettled()));
  }
}

/** Resolves with one outcome per delivery, in sending order, once all are settled. */
export class BatchCompletion extends PendingCompletion {
  private readonly all: Delivery[] = [];
  private left: number;

  constructor(
    pending: PendingCompletions,
    size: number,
    private readonly resolve: (outcomes: Outcome[]) => void,
  ) {
    super(pending);
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
    this.pending.remove(this);
    this.resolve(this.all.map(({ outcome }) => outcome ?? neverSettled()));
  }
}

const isReceipt = (outcome: Outcome | undefined): outcome is Receipt =>
  outcome?.status === 'delivered' || outcome?.status === 'accepted';

const neverSettled = (): Unknown =>
  unknown(new ProducerError('STAGE_FAILED', 'a stage settled the record without an outcome'));

import type { Delivered, Outcome } from '@holdfast/core';
import { fork, SerializedRecord, type Delivery, type Settle } from '@holdfast/core/stage';
import type { Problems } from '../conformance/problems.js';
import { changed, nameOf, snapshotOf, type Snapshot } from '../conformance/snapshot.js';

const forkMark = fork(
  { createdAt: 0, deadline: 0 },
  new SerializedRecord('t', null, null, undefined, undefined, 0),
).completion;

/**
 * Where a delivery is: in the stage under test, in the one below, or, with its outcome, with the
 * caller.
 */
type Holder = 'stage' | 'below' | 'caller';

interface Account {
  holder: Holder;
  /** The record as it was given: a stage may change all of it. */
  readonly name: string;
  /** Created by the stage itself, with core's `fork`. */
  readonly forked: boolean;
  /** The `settle` it came with. */
  readonly settle: Settle | undefined;
  handedOn: Snapshot | undefined;
  /** The outcome from the stage below. */
  readonly answers: Answers;
}

/** A delivery may have tens of thousands of attempts and forks. */
class Answers {
  private readonly statuses: Outcome['status'][] = [];
  private places: Set<string> | undefined;

  note(outcome: Outcome | undefined): void {
    if (outcome === undefined) return;
    if (!this.include(outcome.status)) this.statuses.push(outcome.status);
    if (outcome.status === 'delivered') (this.places ??= new Set()).add(placeIn(outcome));
  }

  include(status: Outcome['status']): boolean {
    return this.statuses.includes(status);
  }

  includePlace(outcome: Delivered): boolean {
    return this.places?.has(placeIn(outcome)) ?? false;
  }
}

/** The topic may differ on the way up. */
const placeIn = ({ partition, offset }: Delivered): string => `${partition}/${offset}`;

/** The stage's traits. */
export interface LedgerOptions {
  readonly answersOnAcceptance: boolean;
  readonly deliversElsewhere: boolean;
}

/** Follows each delivery through a stage and reports violations of the contract. */
export class Ledger {
  private readonly accounts = new Map<Delivery, Account>();
  private readonly forkAnswers = new Answers();
  private forks = 0;
  private openCount = 0;

  constructor(
    private readonly problems: Problems,
    private readonly options: LedgerOptions,
  ) {}

  given(batch: readonly Delivery[], settle: Settle): void {
    this.openCount += batch.length;
    for (const delivery of batch) {
      this.accounts.set(delivery, {
        holder: 'stage',
        name: nameOf(delivery),
        forked: false,
        settle,
        handedOn: undefined,
        answers: new Answers(),
      });
    }
  }

  /** Returns the deliveries that the stage may hand on, and reports the others. */
  handOn(batch: readonly Delivery[]): Delivery[] {
    return batch.filter((delivery) => {
      const account = this.accounts.get(delivery) ?? this.openFork(delivery);
      if (account === undefined) return false;
      if (account.holder !== 'stage') {
        this.problems.add(
          account.holder === 'below'
            ? 'handed on a delivery that is still below; wait until it comes back'
            : 'handed on a delivery after it had settled it',
          account.name,
        );
        return false;
      }
      if (account.answers.include('delivered')) {
        this.problems.add('handed on again what had been delivered, which writes a copy', account.name);
      }
      account.holder = 'below';
      account.handedOn = snapshotOf(delivery);
      return true;
    });
  }

  /** The stage below is about to settle. */
  answered(delivery: Delivery, outcome: Outcome | undefined): void {
    const account = this.accounts.get(delivery);
    if (account === undefined) return;
    this.checkUnchanged(delivery, account);
    account.holder = 'stage';
    account.answers.note(outcome);
    if (account.forked) this.forkAnswers.note(outcome);
  }

  checkUnchanged(delivery: Delivery, account = this.accounts.get(delivery)): void {
    if (account?.handedOn === undefined || account.holder !== 'below') return;
    const fields = changed(account.handedOn, snapshotOf(delivery));
    if (fields.length > 0) {
      account.handedOn = undefined;
      this.problems.add(
        `changed a record after it had handed it on (${fields.join(', ')}); change it before`,
        account.name,
      );
    }
  }

  settled(batch: readonly Delivery[], settle: Settle): void {
    for (const delivery of batch) {
      const account = this.accounts.get(delivery);
      if (account === undefined)
        this.problems.add('settled a delivery that it was never given', nameOf(delivery));
      else if (account.forked) {
        this.problems.add('settled a fork of its own up the chain, where nobody knows it', account.name);
      } else this.settleOne(delivery, account, settle);
    }
  }

  /** Returns the unsettled deliveries. */
  get open(): number {
    return this.openCount;
  }

  /** Returns the deliveries that the stage itself holds. */
  held(): Delivery[] {
    return [...this.accounts]
      .filter(([, { holder, forked }]) => holder === 'stage' && !forked)
      .map(([one]) => one);
  }

  get forksBelow(): number {
    return [...this.accounts.values()].filter(({ holder, forked }) => forked && holder === 'below').length;
  }

  below(): Delivery[] {
    return [...this.accounts].filter(([, { holder }]) => holder === 'below').map(([one]) => one);
  }

  /** Returns a delivery's name in messages. */
  nameOf(delivery: Delivery): string {
    return this.accounts.get(delivery)?.name ?? nameOf(delivery);
  }

  isBelow(delivery: Delivery): boolean {
    return this.accounts.get(delivery)?.holder === 'below';
  }

  isOpen(delivery: Delivery): boolean {
    return this.accounts.get(delivery)?.holder !== 'caller';
  }

  private settleOne(delivery: Delivery, account: Account, settle: Settle): void {
    const { outcome } = delivery;
    const { name, holder } = account;
    if (holder === 'caller') this.problems.add('settled a delivery twice', name);
    else if (holder === 'below') {
      this.problems.add('settled a delivery that it had handed on and that had not come back', name);
    }
    if (account.settle !== settle) {
      this.problems.add('settled a delivery through the settle of another batch', name);
    }
    if (outcome === undefined) {
      this.problems.add('settled a delivery without an outcome; set delivery.outcome before', name);
    } else if (holder === 'stage') this.judge(account, outcome);
    if (account.holder !== 'caller') this.openCount--;
    account.holder = 'caller';
  }

  /** Checks that an outcome is true as far as the stage can know. */
  private judge({ name, answers }: Account, outcome: Outcome): void {
    const { status } = outcome;
    if (status === 'delivered' && !this.options.deliversElsewhere) {
      const below = [answers, this.forkAnswers];
      if (!below.some((one) => one.include('delivered'))) {
        this.problems.add(
          "settled as 'delivered' what the stage below never said to be; a stage that delivers in another way says features.deliversElsewhere",
          name,
        );
      } else if (!below.some((one) => one.includePlace(outcome))) {
        this.problems.add(
          "settled as 'delivered' with a partition and an offset that the stage below never gave this delivery",
          name,
        );
      }
    }
    if (status === 'failed' && (answers.include('unknown') || answers.include('delivered'))) {
      this.problems.add(
        `settled as 'failed' (certainly not written) a delivery of which an attempt was '${answers.include('unknown') ? 'unknown' : 'delivered'}'; say 'unknown'`,
        name,
      );
    }
    const isOwnAnswer = !answers.include('accepted') && this.forks === 0;
    if (status === 'accepted' && isOwnAnswer && !this.options.answersOnAcceptance) {
      this.problems.add(
        "settled as 'accepted', but its traits do not say answers: 'acceptance', nor acceptsAfterMs",
        name,
      );
    }
  }

  private openFork(delivery: Delivery): Account | undefined {
    if (delivery.completion !== forkMark) {
      this.problems.add(
        'handed on a delivery that it was never given; hand on the same object, or make one of its own with fork of @holdfast/core',
        nameOf(delivery),
      );
      return undefined;
    }
    this.forks++;
    const account: Account = {
      holder: 'stage',
      name: nameOf(delivery),
      forked: true,
      settle: undefined,
      handedOn: undefined,
      answers: new Answers(),
    };
    this.accounts.set(delivery, account);
    return account;
  }
}

import { fork, SerializedRecord, type Delivery, type Outcome, type Settle } from '@holdfast/core';
import type { Problems } from '../conformance/problems.js';
import { changed, nameOf, snapshotOf, type Snapshot } from '../conformance/snapshot.js';

const forkMark = fork(
  { createdAt: 0, deadline: 0 },
  new SerializedRecord('t', null, null, undefined, undefined, 0),
).completion;

/** Who has a delivery: the stage under test, the one below it, or the caller, who has its outcome. */
type Holder = 'stage' | 'below' | 'caller';

interface Account {
  holder: Holder;
  /** Made by the stage itself, with core's `fork`. */
  readonly forked: boolean;
  /** The `settle` it came with. */
  readonly settle: Settle | undefined;
  handedOn: Snapshot | undefined;
  /** What the stage below answered, oldest first. */
  readonly answers: (Outcome['status'] | undefined)[];
}

/** Follows each delivery through one stage and says what breaks the contract. */
export class Ledger {
  private readonly accounts = new Map<Delivery, Account>();
  private forks = 0;
  private openCount = 0;

  constructor(
    private readonly problems: Problems,
    private readonly answersOnAcceptance: boolean,
  ) {}

  given(batch: readonly Delivery[], settle: Settle): void {
    this.openCount += batch.length;
    for (const delivery of batch) {
      this.accounts.set(delivery, {
        holder: 'stage',
        forked: false,
        settle,
        handedOn: undefined,
        answers: [],
      });
    }
  }

  /** Those that the stage may hand on; the others are reported. */
  handOn(batch: readonly Delivery[]): Delivery[] {
    return batch.filter((delivery) => {
      const account = this.accounts.get(delivery) ?? this.openFork(delivery);
      if (account === undefined) return false;
      if (account.holder !== 'stage') {
        this.problems.add(
          account.holder === 'below'
            ? 'handed on a delivery that is still below; wait until it comes back'
            : 'handed on a delivery after it had settled it',
          nameOf(delivery),
        );
        return false;
      }
      account.holder = 'below';
      account.handedOn = snapshotOf(delivery);
      return true;
    });
  }

  /** The stage below is about to answer. */
  answered(delivery: Delivery, outcome: Outcome | undefined): void {
    const account = this.accounts.get(delivery);
    if (account === undefined) return;
    this.checkUnchanged(delivery, account);
    account.holder = 'stage';
    account.answers.push(outcome?.status);
  }

  checkUnchanged(delivery: Delivery, account = this.accounts.get(delivery)): void {
    if (account?.handedOn === undefined || account.holder !== 'below') return;
    const fields = changed(account.handedOn, snapshotOf(delivery));
    if (fields.length > 0) {
      account.handedOn = undefined;
      this.problems.add(
        `changed a record after it had handed it on (${fields.join(', ')}); change it before`,
        nameOf(delivery),
      );
    }
  }

  settled(batch: readonly Delivery[], settle: Settle): void {
    for (const delivery of batch) {
      const account = this.accounts.get(delivery);
      if (account === undefined)
        this.problems.add('settled a delivery that it was never given', nameOf(delivery));
      else if (account.forked) {
        this.problems.add('settled a fork of its own up the chain, where nobody knows it', nameOf(delivery));
      } else this.settleOne(delivery, account, settle);
    }
  }

  /** Not settled yet. */
  get open(): number {
    return this.openCount;
  }

  /** In the stage's own hands. */
  held(): Delivery[] {
    return [...this.accounts]
      .filter(([, { holder, forked }]) => holder === 'stage' && !forked)
      .map(([one]) => one);
  }

  below(): Delivery[] {
    return [...this.accounts].filter(([, { holder }]) => holder === 'below').map(([one]) => one);
  }

  isBelow(delivery: Delivery): boolean {
    return this.accounts.get(delivery)?.holder === 'below';
  }

  isOpen(delivery: Delivery): boolean {
    return this.accounts.get(delivery)?.holder !== 'caller';
  }

  private settleOne(delivery: Delivery, account: Account, settle: Settle): void {
    const { outcome } = delivery;
    if (account.holder === 'caller') this.problems.add('settled a delivery twice', nameOf(delivery));
    else if (account.holder === 'below') {
      this.problems.add(
        'settled a delivery that it had handed on and that had not come back',
        nameOf(delivery),
      );
    }
    if (account.settle !== settle) {
      this.problems.add('settled a delivery through the settle of another batch', nameOf(delivery));
    }
    if (outcome === undefined) {
      this.problems.add(
        'settled a delivery without an outcome; set delivery.outcome before',
        nameOf(delivery),
      );
    } else if (account.holder === 'stage') this.judge(delivery, account, outcome);
    if (account.holder !== 'caller') this.openCount--;
    account.holder = 'caller';
  }

  /** An outcome must be true as far as the stage can know. */
  private judge(delivery: Delivery, { answers }: Account, { status }: Outcome): void {
    if (status === 'delivered' && !answers.includes('delivered') && this.forks === 0) {
      this.problems.add("settled as 'delivered' what the stage below never said to be", nameOf(delivery));
    }
    if (status === 'failed' && answers.includes('unknown')) {
      this.problems.add(
        "settled as 'failed' (certainly not written) a delivery of which an attempt was 'unknown'; say 'unknown'",
        nameOf(delivery),
      );
    }
    const isOwnAnswer = !answers.includes('accepted') && this.forks === 0;
    if (status === 'accepted' && isOwnAnswer && !this.answersOnAcceptance) {
      this.problems.add(
        "settled as 'accepted', but its traits do not say answers: 'acceptance'",
        nameOf(delivery),
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
      forked: true,
      settle: undefined,
      handedOn: undefined,
      answers: [],
    };
    this.accounts.set(delivery, account);
    return account;
  }
}

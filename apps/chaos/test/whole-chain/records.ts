import type { ProducerRecord } from '@holdfast/core';
import type { HistoryChecker, TrackedRecord } from '@holdfast/testing';
import { UsersMemory, type Expectation, type RecordPlan } from './memory.js';

/** What is known of one record besides its outcome. */
export interface Fate {
  readonly expected: Expectation;
  /** The number of the process that sent it. */
  readonly life: number;
  /** Its process was killed before it had an outcome. */
  killed: boolean;
  /** A later process found it in the journal, because its end was not yet on disk. */
  recovered: boolean;
  /** Reported as undeliverable after it had been accepted. */
  givenUp: boolean;
}

/** All records sent, by any process. */
export class Records {
  readonly fates = new Map<string, Fate>();
  private readonly memory = new UsersMemory();
  private readonly ids = new WeakMap<object, string>();

  constructor(private readonly history: HistoryChecker) {}

  /** Makes records as users do, sends them, and then treats their memory as users do. */
  send(plans: readonly RecordPlan[], life: number, hand: (records: ProducerRecord[]) => void): void {
    const made = plans.map((plan) => {
      const id = String(this.fates.size);
      const one = this.memory.make(plan, id);
      this.fates.set(id, { expected: one.expected, life, killed: false, recovered: false, givenUp: false });
      this.ids.set(one.record, id);
      this.history.sent(one.content);
      return one;
    });
    hand(made.map(({ record }) => record));
    for (const { afterwards } of made) afterwards();
  }

  readonly take = (record: ProducerRecord): TrackedRecord => {
    const id = this.ids.get(record);
    if (id === undefined) throw new Error('a record that was not made here');
    return { id, record };
  };

  /** Identifies a record as it was given. */
  idOf(given: object): string | undefined {
    return this.ids.get(given);
  }

  /** The process that sent them is dead. */
  killed(ids: readonly string[]): void {
    for (const id of ids) {
      const fate = this.fates.get(id);
      if (fate !== undefined) fate.killed = true;
    }
  }

  givenUp(id: string): void {
    const fate = this.fates.get(id);
    if (fate !== undefined) fate.givenUp = true;
  }

  /**
   * Returns true when a later process than the sender passes it to its client: it was in the
   * journal.
   */
  wentDown(id: string, life: number): boolean {
    const fate = this.fates.get(id);
    if (fate === undefined || fate.life === life) return false;
    this.history.recovered(id);
    fate.recovered = true;
    return true;
  }
}

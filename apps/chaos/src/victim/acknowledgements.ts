import type { Receipt } from '@holdfast/core';
import type { Ledger } from '../ledger/ledger.js';
import { runsOf } from '../ledger/ledger-line.js';

/** Writes the results of `send` to the ledger, those of one turn together. */
export class Acknowledgements {
  /** The number of records with an answer. */
  answered = 0;
  private acknowledged = 0;
  private readonly delivered: (readonly [n: number, partition: number, offset: number])[] = [];
  private readonly accepted: number[] = [];

  constructor(
    private readonly ledger: Ledger,
    /** Called after each write of acknowledgements, with their number so far. */
    private readonly written: (acknowledged: number) => void,
  ) {}

  /** `undefined`: the record was refused; `onUndeliverable` gets the details. */
  hear(n: number, receipt: Receipt | undefined): void {
    this.answered++;
    if (receipt === undefined) return;
    if (this.delivered.length + this.accepted.length === 0) queueMicrotask(() => this.write());
    if (receipt.status === 'delivered') this.delivered.push([n, receipt.partition, receipt.offset]);
    else this.accepted.push(n);
  }

  private write(): void {
    const delivered = this.delivered.splice(0);
    const accepted = this.accepted.splice(0);
    if (delivered.length > 0) this.ledger.write({ is: 'delivered', records: delivered });
    if (accepted.length > 0) this.ledger.write({ is: 'accepted', runs: runsOf(accepted) });
    this.acknowledged += delivered.length + accepted.length;
    this.written(this.acknowledged);
  }
}

import type { Receipt } from '@holdfast/core';
import type { Ledger } from '../ledger/ledger.js';
import { runsOf } from '../ledger/ledger-line.js';

/** Writes down what `send` answers, the answers of one turn together. */
export class Acknowledgements {
  /** Records with an answer. */
  answered = 0;
  private acknowledged = 0;
  private readonly delivered: (readonly [n: number, partition: number, offset: number])[] = [];
  private readonly accepted: number[] = [];

  constructor(
    private readonly ledger: Ledger,
    /** Called each time that acknowledgements have been written down, with their number so far. */
    private readonly written: (acknowledged: number) => void,
  ) {}

  /** `undefined`: it was refused, of which `onUndeliverable` hears more. */
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

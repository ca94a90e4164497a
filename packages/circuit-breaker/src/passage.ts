import type { Delivery, Failed, SerializedRecord, Unknown } from '@holdfast/core';
import type { Circuit } from './circuit.js';
import type { Permit } from './permit.js';
import type { Judge, Verdict } from './verdict.js';

/** One circuit's part of a batch. */
interface Part {
  readonly circuit: Circuit;
  readonly permit: Permit | undefined;
  passed: number;
  /** In their order. */
  refused: Delivery[] | undefined;
  /** Of the settlement that is being looked at: what it says, and how many records came back. */
  verdict: Verdict;
  back: number;
}

/** A batch of several circuits on its way down, as one batch, and up again, in whatever pieces. */
export class Passage {
  private readonly parts = new Map<string, Part>();
  /** Records of one place often stand together. */
  private latest: Part | undefined;

  constructor(
    private readonly nameOf: (record: SerializedRecord) => string,
    private readonly circuitOf: (name: string) => Circuit,
  ) {}

  /** Those that may go down: of each circuit the first, as far as its permit reaches, so that none overtakes another. */
  admit(batch: Delivery[]): Delivery[] {
    let passed: Delivery[] | undefined;
    for (const [index, delivery] of batch.entries()) {
      const name = this.nameOf(delivery.record);
      const part = this.partOf(name) ?? this.open(name);
      if (part.passed < (part.permit?.records ?? 0)) {
        part.passed++;
        passed?.push(delivery);
      } else {
        passed ??= batch.slice(0, index);
        (part.refused ??= []).push(delivery);
      }
    }
    for (const { permit, passed: count } of this.parts.values()) permit?.wentDown(count);
    return passed ?? batch;
  }

  eachRefused(refuse: (circuit: Circuit, refused: Delivery[]) => void): void {
    for (const part of this.parts.values()) {
      const { circuit, refused } = part;
      if (refused === undefined) continue;
      part.refused = undefined; // the passage lives until the last answer, and what is refused is not ours any more
      refuse(circuit, refused);
    }
  }

  /** Tells each circuit what came of its records in this settlement. */
  cameBack(settled: readonly Delivery[], judge: Judge): void {
    const touched: Part[] = [];
    let previous: Failed | Unknown | undefined;
    let against: Verdict;
    for (const { outcome, record } of settled) {
      const part = this.partOf(this.nameOf(record));
      if (part === undefined || outcome === undefined) continue;
      if (part.back++ === 0) touched.push(part);
      if (outcome.status === 'delivered') part.verdict ??= 'success';
      else if (outcome.status === 'failed' || outcome.status === 'unknown') {
        if (outcome !== previous) against = judge.against((previous = outcome));
        if (against !== undefined) part.verdict = against;
      }
    }
    for (const part of touched) {
      const { permit, verdict, back } = part;
      part.verdict = undefined;
      part.back = 0;
      permit?.cameBack(back, verdict);
    }
  }

  private partOf(name: string): Part | undefined {
    if (this.latest?.circuit.name === name) return this.latest;
    const part = this.parts.get(name);
    if (part !== undefined) this.latest = part;
    return part;
  }

  private open(name: string): Part {
    const circuit = this.circuitOf(name);
    const permit = circuit.ask();
    const part: Part = { circuit, permit, passed: 0, refused: undefined, verdict: undefined, back: 0 };
    this.parts.set(name, part);
    return (this.latest = part);
  }
}

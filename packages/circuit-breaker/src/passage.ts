import type { Delivery, SerializedRecord } from '@holdfast/core/stage';
import type { Circuit } from './circuit.js';
import type { Permit } from './permit.js';
import { Result } from './result.js';
import type { Judge } from './verdict.js';

/** One circuit's part of a batch. */
interface Part {
  readonly circuit: Circuit;
  readonly permit: Permit | undefined;
  /** In their order. */
  refused: Delivery[] | undefined;
  /** Of the settlement that is being looked at: what it says, and how many records came back. */
  result: Result | undefined;
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

  /** Those that may go down, in their order: of each lane its first, so that none overtakes another. */
  admit(batch: Delivery[]): Delivery[] {
    let passed: Delivery[] | undefined;
    for (const [index, delivery] of batch.entries()) {
      const name = this.nameOf(delivery.record);
      const part = this.partOf(name) ?? this.open(name);
      if (part.permit?.admits(delivery) === true) passed?.push(delivery);
      else {
        passed ??= batch.slice(0, index);
        (part.refused ??= []).push(delivery);
      }
    }
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
    for (const delivery of settled) {
      const part = this.partOf(this.nameOf(delivery.record));
      if (part === undefined) continue;
      if (part.result === undefined) {
        part.result = new Result(judge);
        touched.push(part);
      }
      part.result.add(delivery);
      part.back++;
    }
    for (const part of touched) {
      const { permit, result, back } = part;
      part.result = undefined;
      part.back = 0;
      permit?.cameBack(back, result?.verdict);
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
    const part: Part = { circuit, permit, refused: undefined, result: undefined, back: 0 };
    this.parts.set(name, part);
    return (this.latest = part);
  }
}

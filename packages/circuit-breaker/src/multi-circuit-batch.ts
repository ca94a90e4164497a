import type { Delivery, SerializedRecord } from '@holdfast/core/stage';
import type { Circuit } from './controller/circuit.js';
import type { CircuitController } from './controller/circuit-controller.js';
import { circuitName } from './controller/circuit-name.js';
import type { Permit } from './controller/permit.js';
import type { FailurePredicate } from './health/failure-predicate.js';
import { HealthResultBuilder } from './health/health-result.js';
import type { CircuitScope } from './options.js';

/** One circuit's part of a batch. */
interface Part {
  readonly circuit: Circuit;
  readonly permit: Permit | undefined;
  /** In their order. */
  refused: Delivery[] | undefined;
  /** Of the settlement that is being read: its result, and how many records it has. */
  result: HealthResultBuilder | undefined;
  settled: number;
}

/**
 * A batch with records of several circuits, from the way down, as one batch, to the last
 * settlement.
 */
export class MultiCircuitBatch {
  private readonly parts = new Map<string, Part>();
  /** Records of one circuit are often adjacent. */
  private latest: Part | undefined;

  constructor(
    private readonly scope: CircuitScope,
    private readonly controller: CircuitController,
  ) {}

  /**
   * Returns the records that may be sent, in their order: of each lane the first ones, so that none
   * overtakes another.
   */
  admit(batch: Delivery[]): Delivery[] {
    let admitted: Delivery[] | undefined;
    for (const [index, delivery] of batch.entries()) {
      const name = this.nameOf(delivery.record);
      const part = this.partOf(name) ?? this.open(name);
      if (part.permit?.admits(delivery) === true) admitted?.push(delivery);
      else {
        admitted ??= batch.slice(0, index);
        (part.refused ??= []).push(delivery);
      }
    }
    return admitted ?? batch;
  }

  /**
   * Removes and returns the refused records by circuit: once they are settled they must not be kept
   * alive here.
   */
  takeRefused(): (readonly [Circuit, Delivery[]])[] {
    const all: (readonly [Circuit, Delivery[]])[] = [];
    for (const part of this.parts.values()) {
      const { circuit, refused } = part;
      if (refused === undefined) continue;
      part.refused = undefined;
      all.push([circuit, refused]);
    }
    return all;
  }

  /** Passes each circuit the result of its records in this settlement. */
  settle(settled: readonly Delivery[], predicate: FailurePredicate): void {
    const touched: Part[] = [];
    for (const delivery of settled) {
      const part = this.partOf(this.nameOf(delivery.record));
      if (part === undefined) continue;
      if (part.result === undefined) {
        part.result = new HealthResultBuilder(predicate);
        touched.push(part);
      }
      part.result.add(delivery);
      part.settled++;
    }
    for (const part of touched) {
      const { circuit, permit, result, settled: records } = part;
      part.result = undefined;
      part.settled = 0;
      if (permit !== undefined) circuit.settle(permit, records, result?.result);
    }
  }

  private nameOf({ topic, partition }: SerializedRecord): string {
    return circuitName(this.scope, topic, partition);
  }

  private partOf(name: string): Part | undefined {
    if (this.latest?.circuit.name === name) return this.latest;
    const part = this.parts.get(name);
    if (part !== undefined) this.latest = part;
    return part;
  }

  private open(name: string): Part {
    const circuit = this.controller.circuit(name);
    const permit = circuit.tryAcquire();
    const part: Part = { circuit, permit, refused: undefined, result: undefined, settled: 0 };
    this.parts.set(name, part);
    return (this.latest = part);
  }
}

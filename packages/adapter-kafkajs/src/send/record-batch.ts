import type { ProducerId } from '../wire/encode-batch.js';
import type { ProducerError } from '@holdfast/core';
import type { Delivery, Settle } from '@holdfast/core/stage';
import { wireBytes } from '../wire/encode-batch.js';

/** Deliveries that go up together. */
export class DeliveryGroup {
  settled = false;

  constructor(
    readonly deliveries: Delivery[],
    readonly settle: Settle,
  ) {}

  /** Something of it may be in the topic. */
  get maybeWritten(): boolean {
    return false;
  }
}

/**
 * Records for one partition that share one state: one record batch of one request. When a batch has more for a partition than
 * one request may take, its batches form a line: each goes once the one before is written, or is out of the way for good. Were
 * they on their way together, one that has to be tried again would come after its successor.
 */
export class RecordBatch extends DeliveryGroup {
  /** The next of its line. */
  next: RecordBatch | undefined;
  /** Not the first of its line. */
  isSuccessor = false;
  /** On the wire, roughly. */
  bytes = 0;
  /** kafkajs has its request, and has not answered. */
  handedOver = false;
  /** Its request is on its way, and a part of it may be on the wire. */
  encoded = false;
  /** Why an earlier request with it had no answer, or none that said whether it was written. */
  unresolved: ProducerError | undefined;
  /** The broker has refused it for these of its records, and names them: their places in it, and what it says of each. */
  recordErrors: ReadonlyMap<number, string | undefined> = new Map();
  /** Idempotent: it was given up unanswered, so that what it was sent under must not be used again. */
  presumedTooLarge = false;
  /** Idempotent: what the broker recognises it by. */
  producer: ProducerId | undefined;
  firstSequence = 0;
  /** Idempotent: requests with it that had no answer. */
  attempts = 0;

  constructor(
    readonly topic: string,
    readonly partition: number,
    settle: Settle,
    deliveries: Delivery[] = [],
  ) {
    super(deliveries, settle);
  }

  override get maybeWritten(): boolean {
    return this.encoded || this.unresolved !== undefined;
  }

  /** The first delivery deadline in it, monotonic ms: it ends as a whole. */
  get deadline(): number {
    return this.deliveries.reduce((least, { deadline }) => Math.min(least, deadline), Infinity);
  }

  /** Puts `batch` behind this one in its line. */
  linkTo(batch: RecordBatch): void {
    this.next = batch;
    batch.isSuccessor = true;
  }

  /** The batches behind this one. */
  successors(): RecordBatch[] {
    const successors: RecordBatch[] = [];
    for (let batch = this.next; batch !== undefined; batch = batch.next) successors.push(batch);
    return successors;
  }

  /** The same records, halved, in this one's place in the line, for when they are refused together. */
  halves(): readonly [RecordBatch, RecordBatch] {
    const middle = this.deliveries.length >> 1;
    const first = this.part((_, index) => index < middle);
    const second = this.part((_, index) => index >= middle);
    first.linkTo(second);
    if (this.next !== undefined) second.linkTo(this.next);
    return [first, second];
  }

  /** Those that are not blamed, in this one's place in the line, and those that are. */
  withoutRejected(): { readonly rest: RecordBatch; readonly blamed: RecordBatch } {
    const rest = this.part((_, index) => !this.recordErrors.has(index));
    if (this.next !== undefined) rest.linkTo(this.next);
    const blamed = this.part((_, index) => this.recordErrors.has(index));
    const places = [...this.recordErrors.keys()].sort((a, b) => a - b);
    blamed.recordErrors = new Map(places.map((place, index) => [index, this.recordErrors.get(place)]));
    return { rest, blamed };
  }

  private part(has: (delivery: Delivery, index: number) => boolean): RecordBatch {
    const batch = new RecordBatch(this.topic, this.partition, this.settle, this.deliveries.filter(has));
    for (const { record } of batch.deliveries) batch.bytes += wireBytes(record);
    return batch;
  }
}

import type { ProducerError } from '@holdfast/core';
import type { Delivery, Settle } from '@holdfast/core/stage';
import { wireBytes, type ProducerId } from '../wire/encode-batch.js';
import { DeliveryGroup } from './delivery-group.js';

/**
 * Records for one partition that go in one record batch of one request, and succeed or fail
 * together. When one `send` has more records for a partition than one request may take, its batches
 * are linked: each goes once its predecessor is written, or is out of the way for good. Were they
 * in flight together, one that has to be tried again would be written after its successor.
 */
export class RecordBatch extends DeliveryGroup {
  /** The successor, from the same `send`. */
  next: RecordBatch | undefined;
  /** It has a predecessor. */
  isSuccessor = false;
  /** Size on the wire before compression, roughly. */
  bytes = 0;
  /** kafkajs has its request, and has not answered. */
  handedOver = false;
  /** Its request is encoded, so that a part of it may be on the wire. */
  encoded = false;
  /**
   * Why an earlier request with it had no response, or one that left open whether it was written.
   */
  unresolved: ProducerError | undefined;
  /**
   * The broker refused the batch because of these records: their indexes, and the broker's message
   * about each.
   */
  recordErrors: ReadonlyMap<number, string | undefined> = new Map();
  /**
   * Idempotent: given up without a response, so that its producer id and sequence must not be used
   * again.
   */
  presumedTooLarge = false;
  /** Idempotent: with `firstSequence`, what the broker recognises the batch by. */
  producer: ProducerId | undefined;
  firstSequence = 0;
  /** Idempotent: requests with it that had no response. */
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

  /**
   * The earliest delivery deadline in it, monotonic ms. The whole batch ends then, so `OpenBatches`
   * keeps deadlines that are far apart out of one batch.
   */
  get deadline(): number {
    return this.deliveries.reduce((least, { deadline }) => Math.min(least, deadline), Infinity);
  }

  /** Makes `batch` the successor of this one. */
  linkTo(batch: RecordBatch): void {
    this.next = batch;
    batch.isSuccessor = true;
  }

  /** Returns all batches behind this one. */
  successors(): RecordBatch[] {
    const successors: RecordBatch[] = [];
    for (let batch = this.next; batch !== undefined; batch = batch.next) successors.push(batch);
    return successors;
  }

  /**
   * Returns the same records in two batches that take this one's place. For records that were
   * refused together.
   */
  halves(): readonly [RecordBatch, RecordBatch] {
    const middle = this.deliveries.length >> 1;
    const first = this.part((_, index) => index < middle);
    const second = this.part((_, index) => index >= middle);
    first.linkTo(second);
    if (this.next !== undefined) second.linkTo(this.next);
    return [first, second];
  }

  /**
   * Returns the records that the broker named in `recordErrors`, and the rest, which takes this
   * one's place.
   */
  separated(): { readonly rest: RecordBatch; readonly refused: RecordBatch } {
    const rest = this.part((_, index) => !this.recordErrors.has(index));
    if (this.next !== undefined) rest.linkTo(this.next);
    const refused = this.part((_, index) => this.recordErrors.has(index));
    const indexes = [...this.recordErrors.keys()].sort((a, b) => a - b);
    refused.recordErrors = new Map(indexes.map((old, index) => [index, this.recordErrors.get(old)]));
    return { rest, refused };
  }

  private part(has: (delivery: Delivery, index: number) => boolean): RecordBatch {
    const batch = new RecordBatch(this.topic, this.partition, this.settle, this.deliveries.filter(has));
    for (const { record } of batch.deliveries) batch.bytes += wireBytes(record);
    return batch;
  }
}

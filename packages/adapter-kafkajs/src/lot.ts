import type { Delivery, ProducerError, Settle } from '@holdfast/core';
import type { ProducerId } from './kafkajs-internals.js';

/** Deliveries that go up together. */
export class Parcel {
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

/** Records for one partition that share one fate: one record batch of one request. */
export class Lot extends Parcel {
  /** On the wire, roughly. */
  bytes = 0;
  /** Its request is on its way, and a part of it may be on the wire. */
  encoded = false;
  /** Why an earlier request with it had no answer, or none that said whether it was written. */
  unanswered: ProducerError | undefined;
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
    return this.encoded || this.unanswered !== undefined;
  }

  /** The same records, halved, for when they are too large together. */
  halves(): readonly [Lot, Lot] {
    const middle = this.deliveries.length >> 1;
    const half = (from: number, to?: number): Lot => {
      const lot = new Lot(this.topic, this.partition, this.settle, this.deliveries.slice(from, to));
      lot.bytes = Math.ceil(this.bytes / 2);
      return lot;
    };
    return [half(0, middle), half(middle)];
  }
}

import { noLane, type Delivery } from '@holdfast/core/stage';
import type { RecordBatch } from './record-batch.js';

/** Records that have less time left than this share a batch, ms. */
const shortMs = 1_000;

/** A batch that takes more records: those with half to twice the time left of its first one. */
interface OpenBatch {
  readonly batch: RecordBatch;
  /** Its place among the batches of the partition. */
  readonly place: number;
  /** Monotonic ms: the earliest and the latest deadline that it takes. */
  readonly earliest: number;
  readonly latest: number;
}

export interface OpenBatchesOptions {
  /** Monotonic ms. */
  readonly now: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/**
 * The batches of one partition that one `send` fills, linked in the order in which they are to be
 * written. A batch ends as a whole at the earliest deadline in it, so records whose deadlines are
 * far apart go in different batches. Those of one lane keep their order all the same.
 */
export class OpenBatches {
  private readonly open: OpenBatch[] = [];
  private readonly all: RecordBatch[] = [];
  /** By lane, the place of the last batch with a record of it; made when deadlines differ. */
  private places: Map<number, number> | undefined;

  constructor(
    private readonly options: OpenBatchesOptions,
    private readonly create: () => RecordBatch,
  ) {}

  /** Adds the delivery to a batch, a new one if need be. */
  add(delivery: Delivery, bytes: number): void {
    const { lane } = delivery;
    const index = this.indexFor(delivery.deadline);
    let open = this.open[index];
    if (open === undefined) {
      if (index > 0) this.places ??= this.placesByLane();
      open = this.open[index] = this.begin(delivery.deadline);
    } else if (isFull(open.batch, bytes, this.options) || (this.places?.get(lane) ?? 0) > open.place) {
      open = this.open[index] = this.begin(delivery.deadline);
    }
    open.batch.deliveries.push(delivery);
    open.batch.bytes += bytes;
    if (lane !== noLane) this.places?.set(lane, open.place);
  }

  /** Returns the index in `open` of the batch that takes the deadline, or of the one to come. */
  private indexFor(deadline: number): number {
    const { open } = this;
    for (let index = 0; index < open.length; index++) {
      const one = open[index];
      if (one !== undefined && one.earliest <= deadline && deadline <= one.latest) return index;
    }
    return open.length;
  }

  private begin(deadline: number): OpenBatch {
    const { now } = this.options;
    const left = deadline - now;
    const batch = this.create();
    this.all.at(-1)?.linkTo(batch);
    const place = this.all.push(batch) - 1;
    const isShort = left <= shortMs;
    return {
      batch,
      place,
      earliest: isShort ? -Infinity : now + left / 2,
      latest: isShort ? now + shortMs : now + left * 2,
    };
  }

  private placesByLane(): Map<number, number> {
    const places = new Map<number, number>();
    for (const [place, { deliveries }] of this.all.entries()) {
      for (const { lane } of deliveries) if (lane !== noLane) places.set(lane, place);
    }
    return places;
  }
}

const isFull = (batch: RecordBatch, more: number, { maxRecords, maxBytes }: OpenBatchesOptions): boolean =>
  batch.deliveries.length >= maxRecords || batch.bytes + more > maxBytes;

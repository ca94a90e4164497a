import { placeOf } from '../client/native-errors.js';
import type { ClusterConnection } from '../cluster/connection.js';
import type { PartitionState } from '../cluster/partition-state.js';
import type { InFlightRecord } from './in-flight-batch.js';
import type { Outstanding } from './outstanding.js';
import { StuckPartitionDetector } from './stuck-partition-detector.js';

/** How long a client that is to be replaced has for its records of other partitions, ms. */
const drainMs = 1_000;

/** `resume`: the client is kept after all. `replace`: it is to be replaced now, for the reason. */
export type DrainResult = 'none' | 'resume' | { readonly replace: string };

/**
 * Decides when a client that lives and makes no progress is replaced. It is given nothing more
 * first, and has a moment to deliver its records of partitions that work.
 */
export class Watchdog {
  private readonly detector: StuckPartitionDetector;
  private draining: { readonly until: number; readonly stuck: PartitionState } | undefined;

  constructor(
    private readonly connection: ClusterConnection,
    private readonly outstanding: Outstanding,
    requestTimeoutMs: number,
  ) {
    this.detector = new StuckPartitionDetector(requestTimeoutMs);
  }

  /** The client is to be replaced, and is given nothing more. */
  get isDraining(): boolean {
    return this.draining !== undefined;
  }

  /** A broker has answered about a record. */
  answered(partition: PartitionState, now: number): void {
    this.detector.answered(partition, now);
  }

  /** The client itself gave a record up, or had it when its time was over. */
  timedOut({ partition, batch }: InFlightRecord): void {
    if (partition !== undefined) this.detector.timedOut(partition, Math.max(batch.startedAt, batch.sentAt));
  }

  /** Begins to drain the client if a partition is stuck. Returns true when it begins. */
  check(now: number): boolean {
    if (this.isDraining || this.connection.state !== 'up') return false;
    const stuck = this.detector.stuck(now);
    if (stuck !== undefined) this.draining = { until: now + drainMs, stuck };
    return stuck !== undefined;
  }

  /**
   * Ends the draining once the client has nothing more that is worth waiting for, or the partition
   * works again.
   */
  endDraining(now: number): DrainResult {
    const { draining, detector } = this;
    if (draining === undefined) return 'none';
    const { stuck, until } = draining;
    if (this.connection.state !== 'up') {
      // No broker answers, which explains the silence. The connection decides about what waits.
      this.draining = undefined;
      return 'none';
    }
    if (!detector.isSilent(stuck)) {
      this.draining = undefined;
      return 'resume';
    }
    if (now < until && this.isWorthWaiting()) return 'none';
    detector.replaced(now);
    const place = placeOf({ topic: stuck.topic, partition: stuck.index });
    return { replace: `it delivers nothing to ${place}, which has a leader` };
  }

  /** The client is gone. */
  reset(): void {
    this.draining = undefined;
    this.detector.clear();
  }

  private isWorthWaiting(): boolean {
    return this.outstanding
      .pending()
      .some(
        ({ session, partition }) =>
          session !== 0 && partition !== undefined && !this.detector.isSilent(partition),
      );
  }
}

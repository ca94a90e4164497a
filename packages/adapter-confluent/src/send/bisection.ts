import type { Failed } from '@holdfast/core';
import { noLane } from '@holdfast/core/stage';
import type { Ticket } from './in-flight-record.js';

/** So many are given to the client within microseconds, long before its linger is over. */
const burst = 64;

interface Refused {
  readonly ticket: Ticket;
  readonly refusal: Failed;
}

/**
 * Records of one partition that the broker refused together because of one of them. They go again in halves, until the culprit
 * stands alone. The client cuts what it is given into requests where it likes, and a later record of a lane in the next request would
 * be written although the earlier one was refused: so several of a lane go together only where they go in one request.
 */
export class Suspects {
  /** How many may be with the client at once. */
  private most = Infinity;
  private readonly unsettled = new Set<Ticket>();
  /** Lanes of what the client was given since it last had nothing. */
  private readonly lanes = new Set<number>();
  /** How many may be with the client when another of a lane of theirs joins them. */
  private readonly mostOfLane: number;
  /** Nothing of that has come back. */
  private isWhole = true;
  /** Refused since the partition was last idle. */
  private refusedNow = 0;
  /** The same, by lane. */
  private readonly waiting = new Map<number, Refused[]>();

  /** `lingers`: the client waits before it makes a request, for 1 ms at least. */
  constructor(lingers: boolean) {
    this.mostOfLane = lingers ? burst : 0;
  }

  get isEmpty(): boolean {
    return this.unsettled.size === 0;
  }

  refused(ticket: Ticket, refusal: Failed): void {
    this.unsettled.add(ticket);
    this.refusedNow++;
    const { lane } = ticket.delivery;
    if (lane === noLane) return;
    const others = this.waiting.get(lane);
    if (others === undefined) this.waiting.set(lane, [{ ticket, refusal }]);
    else others.push({ ticket, refusal });
  }

  /** The client has nothing of the partition any more: what was refused goes again, fewer at once; or more, when nothing was. */
  idle(): void {
    this.most = this.refusedNow > 0 ? Math.max(1, this.refusedNow >> 1) : this.most * 2;
    this.refusedNow = 0;
    this.waiting.clear();
    this.lanes.clear();
    this.isWhole = true;
  }

  /** The culprit stood alone: the others go together again. */
  foundOne(): void {
    this.most = Infinity;
  }

  /** A later record of the lane was written: these, if any, must not come behind it. */
  overtakenBy({ delivery: { lane } }: Ticket): readonly Refused[] {
    const refused = this.waiting.get(lane) ?? [];
    this.waiting.delete(lane);
    return refused;
  }

  /** What it was refused with, when it was and the client still has records of the partition that may be later ones of its lane. */
  refusalOf(ticket: Ticket): Failed | undefined {
    return this.waiting.get(ticket.delivery.lane)?.find((one) => one.ticket === ticket)?.refusal;
  }

  /** Whether the ticket may join so many that the client has. */
  mayJoin({ delivery: { lane } }: Ticket, withClient: number): boolean {
    if (!this.isWhole || withClient >= this.most) return false;
    return withClient < this.mostOfLane || !this.lanes.has(lane);
  }

  /** The client is given it. */
  went({ delivery: { lane } }: Ticket): void {
    if (lane !== noLane) this.lanes.add(lane);
  }

  /** The client has reported one. */
  cameBack(): void {
    this.isWhole = false;
  }

  /** It has its outcome. */
  settled(ticket: Ticket): void {
    this.unsettled.delete(ticket);
  }
}

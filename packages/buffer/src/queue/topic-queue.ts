import { LinkedQueue, type QueueNode } from '@holdfast/core/internal';
import type { Delivery } from '@holdfast/core/stage';
import { TopicInFlight } from '../batch/topic-in-flight.js';

/** Records that wait behind earlier ones of their lane. */
export class LaneQueue implements QueueNode<LaneQueue> {
  link: LaneQueue | undefined = undefined;
  readonly waiting = new LinkedQueue<Delivery>();

  constructor(
    readonly lane: number,
    readonly topic: TopicQueue,
  ) {}
}

/**
 * `idle`: nothing could be sent. `ready`: in the ring of topics that take turns. `held`: its quota
 * is used up, or nothing of what is in flight is settled.
 */
export type TopicState = 'idle' | 'ready' | 'held';

/** The waiting records of one topic. */
export class TopicQueue implements QueueNode<TopicQueue> {
  link: TopicQueue | undefined = undefined;
  state: TopicState = 'idle';
  /** In order of arrival. Whether a record's lane is open is looked up when its turn comes. */
  readonly fresh = new LinkedQueue<Delivery>();
  /** Lanes that have opened again and have records that waited for that. */
  readonly reopened = new LinkedQueue<LaneQueue>();
  takeReopenedNext = true;
  readonly inFlight: TopicInFlight;

  constructor(readonly name: string) {
    this.inFlight = new TopicInFlight(name);
  }

  /** Whether there may be a record whose lane is open. */
  get hasOpen(): boolean {
    return this.fresh.first !== undefined || this.reopened.first !== undefined;
  }

  /** Whether nothing of the topic waits and nothing is in flight. */
  get isEmpty(): boolean {
    return this.state === 'idle' && this.inFlight.records === 0 && !this.hasOpen;
  }
}

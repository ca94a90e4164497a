import type { Env } from '@holdfast/core/stage';
import type { Below } from './in-flight-window.js';
import type { Entry } from './entry.js';
import type { Feed } from './delivery-queue.js';
import type { Jam } from './watchdog.js';
import type { PausedTopics } from './paused-topics.js';
import { ReadBack } from './backlog-loader.js';
import type { Resends } from './retry-queue.js';
import { Stuck } from './stuck-topic-detector.js';

/** Records that go down in one batch, at most. */
const batchRecords = 1_000;

export interface SupplyOptions {
  readonly feed: Feed;
  readonly paused: PausedTopics;
  readonly resends: Resends;
  readonly below: Below;
  readonly jam: Jam;
  readonly env: Pick<Env, 'clock' | 'logger'>;
  /** There is more to go down, or may be. */
  readonly onMore: () => void;
}

/** What goes down next: what failed for now, then what a topic that was paused is owed, then the others in their order. */
export class Supply {
  private readonly readBack: ReadBack;
  private readonly catchUp: ReadBack;
  private readonly stuck: Stuck;

  constructor(private readonly options: SupplyOptions) {
    const { feed, paused, env, onMore } = options;
    this.readBack = new ReadBack(feed, env.clock, env.logger, onMore);
    this.catchUp = new ReadBack(paused, env.clock, env.logger, onMore);
    this.stuck = new Stuck(env.clock, onMore);
  }

  /** Counted as below. Empty: nothing may go down now. */
  nextBatch(): Entry[] {
    const { below, jam, resends } = this.options;
    const batch: Entry[] = [];
    while (batch.length < batchRecords) {
      if (!resends.isDue && !below.hasRoom) {
        jam.noRoom();
        break;
      }
      const entry = this.next();
      if (entry === undefined) break;
      if (entry.isExpired) continue;
      below.add(entry);
      batch.push(entry);
    }
    this.catchUp.begin();
    return batch;
  }

  /** Not all of what the journal has is below or in memory. */
  get isBehind(): boolean {
    return this.options.feed.isBehind || this.pausedTopics > 0;
  }

  get pausedTopics(): number {
    return this.options.paused.size;
  }

  /** Some were given up, or nobody waits for them any more. */
  tidy(): void {
    this.options.paused.tidy();
  }

  end(): void {
    this.readBack.end();
    this.catchUp.end();
    this.stuck.cancel();
  }

  private next(): Entry | undefined {
    const { resends, paused, feed } = this.options;
    const owed = resends.shift() ?? paused.shift();
    if (owed !== undefined) return owed;
    for (let { head } = feed; head !== undefined; { head } = feed) {
      const way = this.wayOf(head);
      if (way === 'down') return feed.shift();
      if (way === 'wait') return undefined;
      paused.leave(head);
      feed.shift();
    }
    this.readBack.begin();
    return undefined;
  }

  /** `past`: it is left behind until there is room for its topic again. */
  private wayOf(entry: Entry): 'down' | 'wait' | 'past' {
    const { paused, resends, below, jam } = this.options;
    if (entry.isExpired) return 'down';
    const { topic } = entry.record;
    if (paused.has(topic) || resends.heldBy(topic) !== undefined) {
      if (this.isRoomAside(entry)) return 'past';
    } else {
      const crowded = below.crowded(topic);
      if (crowded === undefined) return 'down';
      if (this.stuck.has(crowded)) {
        jam.cancel();
        return 'past';
      }
    }
    jam.noRoom();
    return 'wait';
  }

  /** What was read back would take more memory than before; what is in memory already does not. */
  private isRoomAside(entry: Entry): boolean {
    const { feed, paused } = this.options;
    return !(entry.isOnDisk && paused.hasAside(entry.record.topic) && feed.isFull);
  }
}

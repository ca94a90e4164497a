import { TopicQueue } from './topic-queue.js';

/** Empty topics are kept until there are this many: they often come back with the next record. */
const roomForEmpty = 1_024;

/** The topics of which something waits or is in flight, by name. */
export class TopicQueues {
  private readonly byName = new Map<string, TopicQueue>();
  private latest: TopicQueue | undefined;
  private removeEmptyAt = roomForEmpty;

  get(name: string): TopicQueue {
    if (this.latest?.name === name) return this.latest;
    return (this.latest = this.byName.get(name) ?? this.add(name));
  }

  [Symbol.iterator](): Iterator<TopicQueue> {
    return this.byName.values();
  }

  private add(name: string): TopicQueue {
    if (this.byName.size >= this.removeEmptyAt) this.removeEmpty();
    const topic = new TopicQueue(name);
    this.byName.set(name, topic);
    return topic;
  }

  private removeEmpty(): void {
    for (const [name, topic] of this.byName) if (topic.isEmpty) this.byName.delete(name);
    this.removeEmptyAt = Math.max(roomForEmpty, 2 * this.byName.size);
  }
}

import { Topic } from './topic.js';

/** Topics that are gone are kept until there are this many: they often come back with the next record. */
const roomForGone = 1_024;

/** Every topic of which something is here or below, by name. */
export class Topics {
  private readonly byName = new Map<string, Topic>();
  private last: Topic | undefined;
  private tidyAt = roomForGone;

  get(name: string): Topic {
    if (this.last?.name === name) return this.last;
    return (this.last = this.byName.get(name) ?? this.add(name));
  }

  [Symbol.iterator](): Iterator<Topic> {
    return this.byName.values();
  }

  private add(name: string): Topic {
    if (this.byName.size >= this.tidyAt) this.tidy();
    const topic = new Topic(name);
    this.byName.set(name, topic);
    return topic;
  }

  private tidy(): void {
    for (const [name, topic] of this.byName) if (topic.isGone) this.byName.delete(name);
    this.tidyAt = Math.max(roomForGone, 2 * this.byName.size);
  }
}

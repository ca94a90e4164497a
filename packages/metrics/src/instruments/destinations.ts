/** OpenTelemetry's name for everything that has no series of its own. */
export const other = '_OTHER';

/**
 * One value per destination, created on first use. A topic and each of its partitions are
 * destinations. Beyond `max` of them, all others share one value, so memory is bounded whatever
 * topics a producer sends to.
 */
export class Destinations<T> {
  private readonly topics = new Map<string, Map<number | undefined, T>>();
  private readonly rest: T;
  private size = 0;

  constructor(
    private readonly max: number,
    private readonly create: (topic: string, partition: number | undefined) => T,
  ) {
    this.rest = create(other, undefined);
  }

  of(topic: string, partition?: number): T {
    const found = this.topics.get(topic)?.get(partition);
    if (found !== undefined) return found;
    if (this.size >= this.max) return this.rest;
    this.size++;
    const created = this.create(topic, partition);
    const partitions = this.topics.get(topic);
    if (partitions === undefined) this.topics.set(topic, new Map([[partition, created]]));
    else partitions.set(partition, created);
    return created;
  }
}

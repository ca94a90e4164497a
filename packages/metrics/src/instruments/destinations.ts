/** As OpenTelemetry calls what has no series of its own. */
export const other = '_OTHER';

/**
 * What belongs to each destination, made once. Beyond `max` of them there is one for all others, so that memory is bounded whatever
 * topics a producer is sent to. A topic and each of its partitions are destinations.
 */
export class Destinations<T> {
  private readonly topics = new Map<string, Map<number | undefined, T>>();
  private readonly rest: T;
  private size = 0;

  constructor(
    private readonly max: number,
    private readonly make: (topic: string, partition: number | undefined) => T,
  ) {
    this.rest = make(other, undefined);
  }

  of(topic: string, partition?: number): T {
    const found = this.topics.get(topic)?.get(partition);
    if (found !== undefined) return found;
    if (this.size >= this.max) return this.rest;
    this.size++;
    const made = this.make(topic, partition);
    const partitions = this.topics.get(topic);
    if (partitions === undefined) this.topics.set(topic, new Map([[partition, made]]));
    else partitions.set(partition, made);
    return made;
  }
}

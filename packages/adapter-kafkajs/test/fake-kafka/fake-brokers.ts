import type { Produced, Reaction } from './reaction.js';

interface Topic {
  /** The leader's node id for each partition; -1 for none. */
  leaders: number[];
  error: number;
}

/** The data of a fake Kafka's brokers, and how they misbehave: everything but the network. */
export class FakeBrokers {
  readonly topics = new Map<string, Topic>();
  /** Values in the order they were written, by `topic/partition`. */
  readonly log = new Map<string, (string | null)[]>();
  /** Every produce request, in the order of arrival. */
  readonly requests: Produced[][] = [];
  /** Reactions to the next produce requests, in order; then all requests succeed. */
  readonly reactions: ((request: readonly Produced[]) => Reaction)[] = [];
  /** The reaction to every produce request beyond `reactions`. */
  refusing: ((request: readonly Produced[]) => Reaction) | undefined;
  /** Responses to InitProducerId; then each request gets an id of its own. */
  readonly producerIdErrors: number[] = [];
  /** Kafka 0.11 and later know InitProducerId. */
  knowsProducerIds = true;
  /** Nodes that never have an id to give. */
  readonly withoutIds = new Set<number>();
  /** Each metadata request, and whether it may create missing topics. */
  readonly metadataQuestions: { readonly topics: readonly string[]; readonly create: boolean }[] = [];
  /** Oldest and newest version of the produce request. */
  produceVersions: readonly [oldest: number, newest: number] = [3, 12];
  /** The throttle time in responses to records, ms. */
  throttleMs = 0;
  /** As `auto.create.topics.enable`. */
  createsTopics = false;
  /** Called before a metadata request is answered, which it may prevent. */
  onMetadata: (() => 'hang' | void) | undefined;
  readonly ports = new Map<number, number>();
  private lastProducerId = 0;
  /** By `topic/partition/producerId`, the batches that a broker recognises: the last five. */
  private readonly batches = new Map<string, { first: number; next: number; offset: number }[]>();

  get metadataRequests(): number {
    return this.metadataQuestions.length;
  }

  get brokers(): string[] {
    return [...this.ports.values()].map((port) => `127.0.0.1:${port}`);
  }

  topic(name: string, leaders: number[], error = 0): this {
    this.topics.set(name, { leaders, error });
    return this;
  }

  values(topic: string, partition?: number): (string | null)[] {
    if (partition !== undefined) return this.log.get(`${topic}/${partition}`) ?? [];
    return [...this.log].filter(([name]) => name.startsWith(`${topic}/`)).flatMap(([, values]) => values);
  }

  nextProducerId(node: number): number | bigint {
    if (this.withoutIds.has(node)) return 14; // COORDINATOR_LOAD_IN_PROGRESS
    return this.producerIdErrors.shift() ?? BigInt(1_000 + this.lastProducerId++);
  }

  reactTo(request: Produced[]): Reaction {
    this.requests.push(request);
    const react = this.reactions.shift() ?? this.refusing;
    return react?.(request) ?? request.map(() => 0);
  }

  /**
   * Appends as a broker does: what an idempotent producer has sent before is acknowledged, and not
   * written again.
   */
  append({ topic, partition, values, producerId, firstSequence }: Produced): number | { error: number } {
    const name = `${topic}/${partition}`;
    const log = this.log.get(name) ?? [];
    this.log.set(name, log);
    if (producerId >= 0n) {
      const key = `${name}/${producerId}`;
      const known = this.batches.get(key) ?? [];
      const batch = { first: firstSequence, next: firstSequence + values.length, offset: log.length };
      const before = known.find(({ first, next }) => first === batch.first && next === batch.next);
      if (before !== undefined) return before.offset;
      // A broker that does not know an id takes any sequence.
      if ((known.at(-1)?.next ?? firstSequence) !== firstSequence) return { error: 45 };
      this.batches.set(key, [...known, batch].slice(-5));
    }
    log.push(...values);
    return log.length - values.length;
  }
}

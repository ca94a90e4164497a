import type { FakeClock, FoundRecord } from '@holdfast/testing';
import { storedBytes, type Stored } from './stored.js';
import { refusals, weathers, type Refusal, type Weather } from './weather.js';

export type NodeState = 'up' | 'down' | 'paused';

export const noLeader = -1;
const nodeIds = [1, 2, 3];
/** The longest until another replica leads. */
const electionMs = 3_000;

/** Kafka's error code for a faulty record, or for a topic that this user may not write to. */
const codes = { unknownTopic: 3, notLeader: 6, tooLarge: 10, forbidden: 29, invalidRecord: 87 } as const;
const written: Refusal = { code: 0, written: true };

/** A partition's part of a request, for a broker to append. */
export interface Part {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly Stored[];
}

/** What becomes of a request on its way. */
export type Fate = 'lost' | 'answer lost' | { readonly answeredInMs: number };

/**
 * The simulated brokers: who leads what, and what the topics hold. The fakes of both clients use
 * it. Seeded chance decides.
 */
export class SimulatedCluster {
  weather: Weather = weathers.calm;
  /** The most bytes of one request's part of a partition. */
  maxMessageBytes = 4_096;
  private readonly states = new Map<number, NodeState>(nodeIds.map((id) => [id, 'up']));
  private readonly partitions = new Map<string, { leader: number; readonly log: FoundRecord[] }[]>();
  private readonly listeners = new Set<() => void>();
  private atPaused: { readonly node: number; readonly run: () => void }[] = [];

  constructor(
    readonly clock: FakeClock,
    readonly random: () => number,
  ) {}

  get nodes(): readonly number[] {
    return nodeIds;
  }

  get topics(): readonly string[] {
    return [...this.partitions.keys()];
  }

  state(node: number): NodeState {
    return this.states.get(node) ?? 'down';
  }

  get anyUp(): boolean {
    return nodeIds.some((node) => this.state(node) === 'up');
  }

  createTopic(name: string, count: number): void {
    if (this.partitions.has(name)) return;
    const places = Array.from({ length: count }, () => ({ leader: noLeader, log: [] }));
    this.partitions.set(name, places);
    for (const place of places) place.leader = this.candidate();
  }

  leaders(topic: string): number[] {
    return (this.partitions.get(topic) ?? []).map(({ leader }) => leader);
  }

  /** Calls `listener` whenever a broker stops or starts. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  set(node: number, state: NodeState): void {
    if (this.state(node) === state) return;
    this.states.set(node, state);
    for (const listener of this.listeners) listener();
    if (state === 'up') this.readOn(node);
    this.clock.after(this.random() * electionMs, () => this.elect());
  }

  /** Moves the leadership of partitions to other brokers. */
  move(): void {
    for (const places of this.partitions.values()) {
      for (const place of places) if (this.random() < 0.5) place.leader = this.candidate();
    }
  }

  /**
   * A request arrives at a broker, unless that has died. A paused broker reads it when it resumes.
   */
  arrive(node: number, run: () => void): void {
    const state = this.state(node);
    if (state === 'up') run();
    else if (state === 'paused') this.atPaused.push({ node, run });
  }

  fate(): Fate {
    const { lost, answerLost, late, lateMs } = this.weather;
    const dice = this.random();
    if (dice < lost) return 'lost';
    if (dice < lost + answerLost) return 'answer lost';
    return { answeredInMs: dice < lost + answerLost + late ? this.random() * lateMs : this.random() * 5 };
  }

  /** Returns `node`'s response to a part of a request. */
  judge(node: number, { topic, partition, records }: Part): Refusal {
    const place = this.partitions.get(topic)?.[partition];
    if (place === undefined) return refuse(codes.unknownTopic);
    if (place.leader !== node) return refuse(codes.notLeader);
    if (records.reduce((sum, one) => sum + storedBytes(one), 0) > this.maxMessageBytes)
      return refuse(codes.tooLarge);
    if (records.some(({ headers }) => headers?.['poison'] !== undefined)) return refuse(codes.invalidRecord);
    const dice = this.random();
    const { forbidden, refused } = this.weather;
    if (dice < forbidden) return refuse(codes.forbidden);
    if (dice >= forbidden + refused) return written;
    return refusals[Math.floor(this.random() * refusals.length)] ?? written;
  }

  /** Returns the first record's offset. */
  append({ topic, partition, records }: Part): number {
    const log = this.partitions.get(topic)?.[partition]?.log ?? [];
    const base = log.length;
    for (const record of records) log.push({ topic, partition, offset: log.length, ...record });
    return base;
  }

  /** Returns the records partition by partition, in order of offsets. */
  *found(): Iterable<FoundRecord> {
    for (const places of this.partitions.values()) for (const { log } of places) yield* log;
  }

  /** Heals everything from now on. */
  heal(): void {
    this.weather = weathers.calm;
    for (const node of nodeIds) this.set(node, 'up');
    this.elect();
  }

  private elect(): void {
    for (const places of this.partitions.values()) {
      for (const place of places) if (this.state(place.leader) !== 'up') place.leader = this.candidate();
    }
  }

  private candidate(): number {
    const alive = nodeIds.filter((node) => this.state(node) === 'up');
    return alive[Math.floor(this.random() * alive.length)] ?? noLeader;
  }

  private readOn(node: number): void {
    const mine = this.atPaused.filter((one) => one.node === node);
    this.atPaused = this.atPaused.filter((one) => one.node !== node);
    for (const { run } of mine) run();
  }
}

const refuse = (code: number): Refusal => ({ code, written: false });

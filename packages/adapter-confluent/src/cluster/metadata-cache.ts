import { ProducerError, type Failed } from '@holdfast/core';
import { failed, type BaseEnv, type SerializedRecord } from '@holdfast/core/stage';
import type { Link } from './connection.js';
import { refusalOf, unknownTopicOrPartition } from '../client/native-errors.js';
import type { Settings } from '../options.js';
import { isRefused, type Refused } from './session.js';
import { stage } from '../stage.js';
import type { Ticket } from '../send/in-flight-record.js';
import type { TopicMaker } from './topic-creator.js';
import { noLeader, TopicState } from './topic-state.js';
import { noLeaderNow, noMetadata, noSuchPartition } from '../errors.js';

/** How long an answer holds that a topic, a partition or a leader is not there, ms. */
const negativeAnswerMs = 250;
/**
 * How long one question blocks a thread of Node's pool at most, ms; doubled while none is answered.
 */
const askMs = 1_000;
const askMaxMs = 4_000;
/**
 * A topic that nobody sent to for so long is forgotten, as in Java's client; looked for so often.
 * Ms.
 */
const unusedMs = 300_000;
const forgetEveryMs = 60_000;
/** What is old, and could not be asked for, is asked for again after this, ms. */
const refusedPauseMs = 1_000;

export interface TopicEvents {
  /** Newer metadata is there for those that waited for it. */
  resolved(tickets: readonly Ticket[]): void;
  refuse(ticket: Ticket, outcome: Failed): void;
}

/** What is known of the topics that are sent to; fixes the partition of each record. */
export class Topics {
  private readonly byName = new Map<string, TopicState>();
  private last: TopicState | undefined;
  private readonly toAsk: TopicState[] = [];
  private asking = false;
  private forgotAt = -Infinity;
  private askMs = askMs;

  constructor(
    private readonly env: BaseEnv,
    private readonly link: Link,
    private readonly maker: TopicMaker,
    private readonly settings: Pick<Settings, 'metadataMaxAgeMs' | 'partitioner'>,
    private readonly events: TopicEvents,
  ) {}

  /**
   * Sets the ticket's partition. False: the ticket waits for metadata, or was refused. Keyless records of one `batch` stick
   * together. `final`: the metadata is as new as it gets.
   */
  place(ticket: Ticket, batch: number, final: boolean): boolean {
    const { record } = ticket.delivery;
    const topic = this.last?.name === record.topic ? this.last : this.find(record.topic);
    topic.usedAt = ticket.flight.startedAt;
    if (topic.usedAt >= topic.staleAt) this.fetchSoon(topic);
    if ((topic.waiting.length > 0 || topic.doubted) && !final) return this.wait(topic, ticket);
    const { count } = topic.view;
    if (count === 0) return this.notThere(topic, ticket, topic.problem, final);
    const index = record.partition ?? this.choose(topic, record, batch);
    if (typeof index !== 'number') return this.refuse(ticket, failed(index));
    const partition = index < count ? topic.partitions[index] : undefined;
    if (partition === undefined || index < 0) {
      const who = record.partition === undefined ? 'the partitioner chose it' : 'the record asks for it';
      // It may have been added a moment ago, and this verdict is final: no answer to an earlier question will do.
      if (topic.askedAt < ticket.flight.startedAt) return this.wait(topic, ticket);
      return this.refuse(ticket, failed(noSuchPartition(topic.name, index, count, who)));
    }
    if (partition.leader === noLeader) {
      return this.notThere(topic, ticket, failed(noLeaderNow(partition)), final);
    }
    ticket.partition = partition;
    return true;
  }

  /** Asks again for the topics of these tickets, unless their metadata is younger than `ageMs`. */
  refresh(tickets: readonly Ticket[], ageMs: number): void {
    const before = this.env.clock.now() - ageMs;
    for (const { delivery } of tickets) {
      const topic = this.byName.get(delivery.record.topic);
      if (topic !== undefined && topic.fetchedAt < before && topic.view.count > 0) this.fetchSoon(topic);
    }
  }

  /** The client or a broker does not know the topic, or the partition, as it is known here: it may have been made again. */
  doubt(name: string): void {
    const topic = this.byName.get(name);
    if (topic === undefined || this.env.clock.now() - topic.fetchedAt < negativeAnswerMs) return;
    topic.doubted = true;
    this.fetchSoon(topic);
  }

  /** The client is gone; what waits here is the caller's to place again. */
  reset(): void {
    for (const topic of this.byName.values()) {
      topic.waiting = [];
      for (const partition of topic.partitions) partition.reset();
    }
  }

  private choose(topic: TopicState, record: SerializedRecord, batch: number): number | ProducerError {
    const { partitioner } = this.settings;
    const { random } = this.env;
    if (partitioner === undefined) return topic.choose(record, batch, random);
    try {
      const chosen = partitioner(record, topic.viewOf(batch)) ?? topic.choose(record, batch, random);
      return Number.isInteger(chosen)
        ? chosen
        : noSuchPartition(topic.name, chosen, topic.view.count, 'the partitioner chose it');
    } catch (cause) {
      return new ProducerError('UNKNOWN_PARTITION', `topic '${topic.name}': the partitioner threw`, {
        cause,
        stage,
      });
    }
  }

  private find(name: string): TopicState {
    let topic = this.byName.get(name);
    if (topic === undefined) {
      this.forgetUnused();
      this.byName.set(name, (topic = new TopicState(name)));
    }
    return (this.last = topic);
  }

  private forgetUnused(): void {
    const now = this.env.clock.now();
    if (now - this.forgotAt < forgetEveryMs) return;
    this.forgotAt = now;
    for (const [name, topic] of this.byName)
      if (topic.isUnusedSince(now - unusedMs)) this.byName.delete(name);
  }

  private notThere(topic: TopicState, ticket: Ticket, problem: Failed | undefined, final: boolean): false {
    // Measured at the batch's own time: were some of a lane refused, and the rest not, these would be written first.
    const isFresh = final || ticket.flight.startedAt - topic.fetchedAt < negativeAnswerMs;
    return problem !== undefined && isFresh ? this.refuse(ticket, problem) : this.wait(topic, ticket);
  }

  private refuse(ticket: Ticket, outcome: Failed): false {
    this.events.refuse(ticket, outcome);
    return false;
  }

  private wait(topic: TopicState, ticket: Ticket): false {
    topic.waiting.push(ticket);
    this.fetchSoon(topic);
    return false;
  }

  private fetchSoon(topic: TopicState): void {
    if (topic.fetching) return;
    topic.fetching = true;
    this.toAsk.push(topic);
    if (!this.asking) void this.askAll();
  }

  /** One after the other: each question blocks a thread of Node's pool until a broker answers. */
  private async askAll(): Promise<void> {
    this.asking = true;
    for (let topic = this.toAsk.shift(); topic !== undefined; topic = this.toAsk.shift()) {
      const refusal = await this.ask(topic);
      if (refusal === undefined) this.tell(topic, topic.problem);
      // No broker answers, so none would tell of the others.
      else for (const one of [topic, ...this.toAsk.splice(0)]) this.notAnswered(one, refusal);
    }
    this.asking = false;
    void this.maker.end();
  }

  private notAnswered(topic: TopicState, refusal: Refused): void {
    topic.staleAt = this.env.clock.now() + refusedPauseMs;
    // What is known of it may still be true. While the link looks for brokers, it is the link that
    // says what becomes of records.
    const goesOn = topic.view.count > 0 || this.link.state !== 'up';
    this.tell(topic, goesOn ? undefined : failed(noMetadata(topic.name, refusal)));
  }

  private tell(topic: TopicState, problem: Failed | undefined): void {
    topic.fetching = topic.doubted = false;
    const waiting = topic.waiting.splice(0);
    if (problem === undefined) return this.events.resolved(waiting);
    for (const ticket of waiting) if (!ticket.ended) this.events.refuse(ticket, problem);
  }

  /** Answers with why there is no answer. */
  private async ask(topic: TopicState): Promise<Refused | undefined> {
    const { session, state } = this.link;
    const { clock } = this.env;
    if (session === undefined || state !== 'up')
      return { code: undefined, message: 'no broker is connected' };
    let askedAt = clock.now();
    let answer = await session.metadata(topic.name, this.askMs);
    const isMissing = !isRefused(answer) && answer.partitions.length === 0;
    if (isMissing && this.maker.mayMake && topic.mayBeMade(askedAt)) {
      await this.maker.make(topic.name);
      askedAt = clock.now();
      answer = await session.metadata(topic.name, this.askMs);
    }
    if (isRefused(answer)) {
      this.askMs = Math.min(askMaxMs, this.askMs * 2);
      this.link.doubt();
      return answer;
    }
    this.askMs = askMs;
    let problem: Failed | undefined;
    if (answer.partitions.length === 0) {
      const code = (await session.whyNoPartitions(topic.name, askMs)) || unknownTopicOrPartition;
      problem = refusalOf(code, { topic: topic.name }, undefined);
    }
    topic.update(answer.partitions, problem, askedAt, clock.now());
    topic.staleAt = topic.fetchedAt + this.settings.metadataMaxAgeMs;
    return undefined;
  }
}

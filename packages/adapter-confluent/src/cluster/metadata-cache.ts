import type { Failed } from '@holdfast/core';
import { failed, type Clock } from '@holdfast/core/stage';
import { unknownTopicOrPartition } from '../client/native-errors.js';
import { noMetadata, notWritten } from '../errors.js';
import type { ClusterConnection } from './connection.js';
import { isQueryError, type QueryError } from './session.js';
import type { TopicCreator } from './topic-creator.js';
import { TopicState } from './topic-state.js';

/** How long an answer counts that a topic, a partition or a leader does not exist, ms. */
export const negativeAnswerMs = 250;
/** How long one query may block a thread of Node.js's pool, ms; doubled while none is answered. */
const queryMs = 1_000;
const maxQueryMs = 4_000;
/** A topic without a record for so long is forgotten, as in Java's client, ms. */
const unusedMs = 300_000;
/** How often unused topics are looked for, ms. */
const forgetEveryMs = 60_000;
/** When old metadata that could not be fetched is fetched again, ms. */
const retryMs = 1_000;

export interface MetadataListener {
  /** A query for the topic has ended. With a `problem`, records that wait for it cannot be sent. */
  fetched(topic: TopicState, problem: Failed | undefined): void;
}

/** What is known of the topics that records are sent to. */
export class MetadataCache {
  private readonly byName = new Map<string, TopicState>();
  private last: TopicState | undefined;
  private readonly toFetch: TopicState[] = [];
  private isFetching = false;
  private forgotAt = -Infinity;
  private queryMs = queryMs;

  constructor(
    private readonly clock: Clock,
    private readonly connection: ClusterConnection,
    private readonly creator: TopicCreator,
    private readonly maxAgeMs: number,
    private readonly listener: MetadataListener,
  ) {}

  /** Returns the topic, of which nothing may be known yet, and notes that it is in use. */
  topicOf(name: string, now: number): TopicState {
    const topic = this.last?.name === name ? this.last : this.find(name);
    topic.usedAt = now;
    if (now >= topic.staleAt) this.fetchSoon(topic);
    return topic;
  }

  /**
   * Fetches the metadata of a topic again, unless it is younger than `ageMs`. Also of one that does
   * not exist: the client may have records for it since before it was deleted, and nothing else
   * would have it created.
   */
  refresh(name: string, ageMs: number): void {
    const topic = this.byName.get(name);
    if (topic !== undefined && topic.fetchedAt < this.clock.now() - ageMs) this.fetchSoon(topic);
  }

  /**
   * The client or a broker knows no such topic or partition: the topic may have been created again.
   */
  invalidate(name: string): void {
    const topic = this.byName.get(name);
    if (topic === undefined || this.clock.now() - topic.fetchedAt < negativeAnswerMs) return;
    topic.isInvalid = true;
    this.fetchSoon(topic);
  }

  /** The client is gone. */
  reset(): void {
    for (const topic of this.byName.values()) for (const partition of topic.partitions) partition.reset();
  }

  /**
   * Queries the topic after those that are queued; once, however often it is requested until then.
   */
  fetchSoon(topic: TopicState): void {
    if (topic.isFetching) return;
    topic.isFetching = true;
    this.toFetch.push(topic);
    if (!this.isFetching) void this.fetchAll();
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
    const now = this.clock.now();
    if (now - this.forgotAt < forgetEveryMs) return;
    this.forgotAt = now;
    for (const [name, topic] of this.byName)
      if (topic.isUnusedSince(now - unusedMs)) this.byName.delete(name);
  }

  /** One after the other: each query blocks a thread of Node.js's pool until a broker answers. */
  private async fetchAll(): Promise<void> {
    this.isFetching = true;
    for (let topic = this.toFetch.shift(); topic !== undefined; topic = this.toFetch.shift()) {
      const error = await this.fetch(topic);
      if (error === undefined) this.finish(topic, topic.problem);
      // No broker answers, so the other queries would not be answered either.
      else for (const one of [topic, ...this.toFetch.splice(0)]) this.notAnswered(one, error);
    }
    this.isFetching = false;
    void this.creator.close();
  }

  private notAnswered(topic: TopicState, error: QueryError): void {
    topic.staleAt = this.clock.now() + retryMs;
    // The old metadata may still be true. While the connection looks for brokers, it decides about
    // records.
    const canGoOn = topic.view.count > 0 || this.connection.state !== 'up';
    this.finish(topic, canGoOn ? undefined : failed(noMetadata(topic.name, error)));
  }

  private finish(topic: TopicState, problem: Failed | undefined): void {
    topic.isFetching = topic.isInvalid = false;
    this.listener.fetched(topic, problem);
  }

  /** Resolves with why there is no answer; `undefined` when there is one. */
  private async fetch(topic: TopicState): Promise<QueryError | undefined> {
    const { clock, creator } = this;
    const { session, state } = this.connection;
    if (session === undefined || state !== 'up')
      return { code: undefined, message: 'no broker is connected' };
    let queriedAt = clock.now();
    let answer = await session.metadata(topic.name, this.queryMs);
    const isMissing = !isQueryError(answer) && answer.partitions.length === 0;
    if (isMissing && creator.isAllowed && topic.tryCreate(queriedAt)) {
      await creator.create(topic.name);
      queriedAt = clock.now();
      answer = await session.metadata(topic.name, this.queryMs);
    }
    if (isQueryError(answer)) {
      this.queryMs = Math.min(maxQueryMs, this.queryMs * 2);
      this.connection.check();
      return answer;
    }
    this.queryMs = queryMs;
    let problem: Failed | undefined;
    if (answer.partitions.length === 0) {
      const code = (await session.topicError(topic.name, queryMs)) || unknownTopicOrPartition;
      problem = notWritten(code, { topic: topic.name }, undefined);
    }
    topic.update(answer.partitions, problem, queriedAt, clock.now());
    topic.staleAt = topic.fetchedAt + this.maxAgeMs;
    return undefined;
  }
}

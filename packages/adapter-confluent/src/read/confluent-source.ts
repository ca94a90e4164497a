import { ProducerError } from '@holdfast/core';
import type { PartitionSpan, ReadPart, TopicRequest, TopicSource } from '@holdfast/core/adapter';
import { isError } from '@holdfast/core/stage';
import { Causes, protocolOf } from '../client/outage-diagnosis.js';
import { recordOf } from './consumed-record.js';
import type { ConsumerConfig } from '../client/consumer-config.js';
import { codeOf } from '../client/native-types.js';
import { nativeCodes, outcomeOf } from '../client/native-errors.js';
import { ReaderSession, Refusal } from './reader-session.js';
import { stage } from '../stage.js';

/** How long an answer is waited for at first, and at the most, ms: a broker that cannot be reached lets the client wait. */
const askMs = 1_000;
const askMaxMs = 10_000;

/**
 * What the client tells of its group, which nobody uses: GROUP_AUTHORIZATION_FAILED, and that the group's coordinator is
 * loading, not there, or another.
 */
const ofTheGroup: readonly number[] = [30, 14, 15, 16];

/** The client's own numbers for trouble on the way to brokers. Why, only its events tell. */
const unreachable: readonly number[] = [
  nativeCodes.transport,
  nativeCodes.resolve,
  nativeCodes.allBrokersDown,
  nativeCodes.timedOut,
  nativeCodes.ssl,
  nativeCodes.authentication,
];

/** Reads over a consumer of librdkafka to which one partition after another is assigned. */
export class ConfluentSource implements TopicSource {
  private opened: Promise<ReaderSession> | undefined;
  private readonly causes: Causes;
  private waitMs = askMs;
  private worked = false;
  private assigned: number | undefined;

  constructor(
    private readonly request: TopicRequest,
    private readonly config: ConsumerConfig,
    private readonly sanitize: (text: string) => string,
  ) {
    this.causes = new Causes(sanitize, protocolOf(config));
  }

  async spans(timeoutMs: number): Promise<readonly PartitionSpan[]> {
    const { topic } = this.request;
    const session = await (this.opened ??= this.open());
    const waitMs = Math.min(timeoutMs, this.waitMs);
    try {
      const description = await session.describe(topic, waitMs);
      const error = codeOf(description?.error) ?? 0;
      if (description === undefined || error !== 0) throw this.error(error, undefined, description?.error);
      const partitions = description.partitions.map(({ partition }) => partition);
      const [firsts, ends] = await Promise.all([
        session.offsets(topic, partitions, 'first', waitMs),
        session.offsets(topic, partitions, 'afterLast', waitMs),
      ]);
      for (const { partition, error } of [...firsts, ...ends]) {
        const code = codeOf(error) ?? 0;
        if (code !== 0) throw this.error(code, partition, error);
      }
      this.works();
      const endOf = new Map(ends.map(({ partition, offset }) => [partition, offset]));
      return firsts.map(({ partition, offset }) => ({
        partition,
        first: offset,
        end: endOf.get(partition) ?? offset,
      }));
    } catch (thrown) {
      throw await this.explained(thrown, session);
    }
  }

  async read(partition: number, offset: number): Promise<ReadPart> {
    const { topic } = this.request;
    const session = await (this.opened ??= this.open());
    if (this.assigned !== partition) session.assign({ topic, partition, offset });
    this.assigned = partition;
    try {
      const { messages, ends } = await session.consume();
      const records = messages.filter((message) => message.partition === partition).map(recordOf);
      const reached = [
        ...records.slice(-1).map((last) => last.offset + 1),
        ...ends.filter((end) => end.partition === partition).map((end) => end.offset),
      ];
      if (reached.length > 0) this.works();
      return { records, next: Math.max(offset, ...reached) };
    } catch (thrown) {
      if (thrown instanceof Refusal && ofTheGroup.includes(thrown.code)) return { records: [], next: offset };
      this.assigned = undefined; // what was lost with the error comes again
      throw await this.explained(thrown, undefined, partition);
    }
  }

  async close(): Promise<void> {
    const session = await this.opened?.catch(() => undefined);
    await session?.close();
  }

  private async open(): Promise<ReaderSession> {
    const { clock, logger } = this.request.env;
    try {
      const session = new ReaderSession(this.config, clock, {
        error: (message) => this.causes.note(message),
        log: (line) => {
          this.causes.noteLog(line);
          logger.debug(`librdkafka: ${this.sanitize(line.message)}`, {
            fac: line.fac,
            severity: line.severity,
          });
        },
      });
      await session.open();
      return session;
    } catch (thrown) {
      if (ProducerError.is(thrown)) throw thrown;
      const said = this.sanitize(isError(thrown) ? thrown.message : 'no reason given');
      throw new ProducerError('INVALID_OPTIONS', `readTopic: librdkafka refused the settings: ${said}`, {
        problems: [said],
        stage,
      });
    }
  }

  /** Brokers answer. */
  private works(): void {
    this.worked = true;
    this.waitMs = askMs;
    this.causes.clear();
  }

  private error(code: number, partition: number | undefined, cause: unknown): ProducerError {
    return outcomeOf(code, { topic: this.request.topic, partition }, cause).error;
  }

  private async explained(
    thrown: unknown,
    session: ReaderSession | undefined,
    partition?: number,
  ): Promise<unknown> {
    if (!(thrown instanceof Refusal)) return thrown;
    await session?.consume().catch(() => undefined); // for its events
    this.waitMs = Math.min(askMaxMs, this.waitMs * 2);
    if (unreachable.includes(thrown.code)) return this.causes.error(undefined, this.worked);
    return this.error(thrown.code, partition, thrown.cause);
  }
}

import { ProducerError } from '@holdfast/core';
import type { PartitionSpan, ReadPart, TopicRequest, TopicSource } from '@holdfast/core/adapter';
import { isError } from '@holdfast/core/stage';
import type { ConsumerConfig } from '../client/consumer-config.js';
import { nativeCodes } from '../client/native-errors.js';
import { codeOf } from '../client/native-types.js';
import { OutageDiagnosis, protocolOf } from '../client/outage-diagnosis.js';
import { QueryFailure, nativeOutcome, settingsRefused } from '../errors.js';
import { recordOf } from './consumed-record.js';
import { ReaderSession } from './reader-session.js';

/**
 * How long a query waits at first, and at most, ms: a broker that cannot be reached lets the client
 * wait.
 */
const queryMs = 1_000;
const maxQueryMs = 10_000;

/**
 * Codes about the consumer's group, which nobody uses: GROUP_AUTHORIZATION_FAILED, and that the
 * group's coordinator is loading, not there, or another.
 */
const groupCodes: readonly number[] = [30, 14, 15, 16];

/** The client's own codes for trouble on the way to brokers. Only its events tell why. */
const unreachableCodes: readonly number[] = [
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
  private readonly diagnosis: OutageDiagnosis;
  private waitMs = queryMs;
  private hasWorked = false;
  private assigned: number | undefined;

  constructor(
    private readonly request: TopicRequest,
    private readonly config: ConsumerConfig,
    private readonly sanitize: (text: string) => string,
  ) {
    this.diagnosis = new OutageDiagnosis(sanitize, protocolOf(config));
  }

  async spans(timeoutMs: number): Promise<readonly PartitionSpan[]> {
    const { topic } = this.request;
    const session = await (this.opened ??= this.open());
    const waitMs = Math.min(timeoutMs, this.waitMs);
    try {
      const description = await session.describe(topic, waitMs);
      const error = codeOf(description?.error) ?? 0;
      if (description === undefined || error !== 0) throw this.errorOf(error, undefined, description?.error);
      const partitions = description.partitions.map(({ partition }) => partition);
      const [firsts, ends] = await Promise.all([
        session.offsets(topic, partitions, 'first', waitMs),
        session.offsets(topic, partitions, 'afterLast', waitMs),
      ]);
      for (const { partition, error } of [...firsts, ...ends]) {
        const code = codeOf(error) ?? 0;
        if (code !== 0) throw this.errorOf(code, partition, error);
      }
      this.noteAnswer();
      const endOf = new Map(ends.map(({ partition, offset }) => [partition, offset]));
      return firsts.map(({ partition, offset }) => ({
        partition,
        first: offset,
        end: endOf.get(partition) ?? offset,
      }));
    } catch (thrown) {
      throw await this.explain(thrown, session);
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
      if (reached.length > 0) this.noteAnswer();
      return { records, next: Math.max(offset, ...reached) };
    } catch (thrown) {
      if (thrown instanceof QueryFailure && groupCodes.includes(thrown.code))
        return { records: [], next: offset };
      this.assigned = undefined; // messages that were lost with the error come again
      throw await this.explain(thrown, undefined, partition);
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
        failed: (message) => this.diagnosis.readError(message),
        logged: (line) => {
          this.diagnosis.readLog(line);
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
      const reason = this.sanitize(isError(thrown) ? thrown.message : 'no reason given');
      throw settingsRefused(reason, 'readTopic');
    }
  }

  /** Brokers answer. */
  private noteAnswer(): void {
    this.hasWorked = true;
    this.waitMs = queryMs;
    this.diagnosis.clear();
  }

  private errorOf(code: number, partition: number | undefined, cause: unknown): ProducerError {
    return nativeOutcome(code, { topic: this.request.topic, partition }, cause).error;
  }

  private async explain(
    thrown: unknown,
    session: ReaderSession | undefined,
    partition?: number,
  ): Promise<unknown> {
    if (!(thrown instanceof QueryFailure)) return thrown;
    await session?.consume().catch(() => undefined); // for its events
    this.waitMs = Math.min(maxQueryMs, this.waitMs * 2);
    if (unreachableCodes.includes(thrown.code)) return this.diagnosis.toError(this.hasWorked);
    return this.errorOf(thrown.code, partition, thrown.cause);
  }
}

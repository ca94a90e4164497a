import type { RdKafka } from '@confluentinc/kafka-javascript';
import { afterSilence, isError, type Clock } from '@holdfast/core/stage';
import { blockingCallLimiterOf, type BlockingCallLimiter } from '../client/blocking-call-limiter.js';
import { connectWithoutBroker } from '../client/connect.js';
import { isBrokerCode, nativeCodes } from '../client/native-errors.js';
import { logOf, throttleMsOf, type NativeLog } from '../client/native-events.js';
import { adminOf, codeOf, type NativeProducer } from '../client/native-types.js';

/** A call that has not returned this long after its own timeout is not going to, ms. */
const hangsAfterMs = 10_000;

export interface SessionListener {
  /** A record's delivery report; `code` is 0 when it was delivered. */
  reported(report: RdKafka.DeliveryReport, code: number, error: unknown): void;
  /** librdkafka's own error, known by its text alone: the number never arrives. */
  failed(session: Session, message: string): void;
  logged(session: Session, line: NativeLog): void;
  /** A broker reports for how long a quota holds the client back. */
  throttled(ms: number): void;
  /** A call does not return: the client is of no use any more. */
  hangs(session: Session): void;
}

/** A query to the cluster failed. */
export interface QueryError {
  readonly code: number | undefined;
  readonly message: string;
}

export interface TopicDescription {
  readonly partitions: readonly RdKafka.PartitionMetadata[];
}

export const isQueryError = (answer: object): answer is QueryError => 'code' in answer;

/** One client, from its connection to its end. */
export class Session {
  /** A broker has answered to a record, so others may be written. */
  hasAnswered = false;
  private readonly limiter: BlockingCallLimiter;
  private readonly isConnectedByUs: boolean;
  private isHanging = false;
  private lastTopic: string | undefined;
  private closing: Promise<void> | undefined;
  private admin: RdKafka.IAdminClient | undefined;

  constructor(
    readonly producer: NativeProducer,
    /** The number of this session among those of one adapter. */
    readonly id: number,
    private readonly clock: Clock,
    private readonly listener: SessionListener,
  ) {
    this.limiter = blockingCallLimiterOf(clock);
    this.isConnectedByUs = !producer.isConnected();
    producer.on('delivery-report', this.onReport);
    producer.on('event.error', this.onError);
    producer.on('event.log', this.onLog);
    producer.on('event.throttle', this.onThrottle);
    // A refused OAuth token is emitted as 'error', which would end the process if nobody listened.
    producer.on('error', this.onError);
  }

  /**
   * Makes the native handle and lets it report in the background, without a broker. Rejects when
   * librdkafka refuses the settings.
   */
  async open(): Promise<void> {
    if (this.isConnectedByUs) await connectWithoutBroker(this.producer, this, this.limiter);
    // Before any query: the admin client copies the lock that each query holds, and the copy of a
    // held lock is never released. Whoever waits for it blocks a thread of Node.js's pool for ever.
    this.admin = adminOf(this.producer);
    // Before the handle exists the client would crash here.
    this.producer.setPollInBackground(true);
  }

  /**
   * Queries whether a broker answers: about the last topic, which is cheap, or about all topics
   * when there is none. A query without a name would be about all topics that the client knows, for
   * which librdkafka may have brokers create missing ones, whatever its settings.
   */
  reach(timeoutMs: number): Promise<TopicDescription | QueryError> {
    return this.queryTopic(this.lastTopic, timeoutMs);
  }

  /** Queries one topic's metadata. */
  metadata(topic: string, timeoutMs: number): Promise<TopicDescription | QueryError> {
    this.lastTopic = topic;
    return this.queryTopic(topic, timeoutMs);
  }

  /**
   * Queries the broker's code for a topic without partitions, which `metadata` leaves out. 0: none.
   */
  async topicError(topic: string, timeoutMs: number): Promise<number> {
    const { admin } = this;
    if (admin === undefined) return 0;
    const answer = await this.query<{ readonly error: number } | QueryError>(timeoutMs, (done) => {
      admin.describeTopics([topic], { timeout: timeoutMs }, (error, topics) => {
        if (error !== null && error !== undefined) done(queryError(error));
        else done({ error: codeOf(topics[0]?.error) ?? 0 });
      });
    });
    return isQueryError(answer) ? 0 : answer.error;
  }

  /**
   * Resolves when the client is gone, which an unanswered query may delay. Delivery reports are
   * ignored from now on.
   */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    const { producer } = this;
    producer.off('delivery-report', this.onReport);
    // The admin client shares the producer's native handle: freed during a query, it would crash
    // the process. Calls of one session wait for each other, so this one comes after the query.
    if (!this.isHanging) {
      await this.limiter.run<void>(this, (returned) => {
        if (this.isConnectedByUs && producer.isConnected()) producer.disconnect(1, () => returned());
        else returned();
      });
    }
    producer.off('event.error', this.onError);
    producer.off('event.log', this.onLog);
    producer.off('event.throttle', this.onThrottle);
    if (!this.isConnectedByUs) producer.off('error', this.onError);
  }

  private queryTopic(topic: string | undefined, timeoutMs: number): Promise<TopicDescription | QueryError> {
    const subject = topic === undefined ? { allTopics: true } : { topic, allTopics: false };
    const options = { ...subject, timeout: timeoutMs };
    return this.query(timeoutMs, (done) => {
      this.producer.getMetadata(options, (error, metadata) => {
        if (error !== null && error !== undefined) return done(queryError(error));
        const found = metadata.topics.find(({ name }) => name === topic);
        done({ partitions: found?.partitions ?? [] });
      });
    });
  }

  private query<T>(
    timeoutMs: number,
    call: (done: (answer: T | QueryError) => void) => void,
  ): Promise<T | QueryError> {
    return this.limiter.run<T | QueryError>(this, (returned) => {
      if (this.closing !== undefined) return returned({ code: undefined, message: 'closed' });
      const timer = afterSilence(this.clock, timeoutMs + hangsAfterMs, () => {
        this.isHanging = true;
        returned({ code: nativeCodes.timedOut, message: 'the client does not return' });
        this.listener.hangs(this);
      });
      const done = (answer: T | QueryError): void => {
        timer.cancel();
        returned(answer);
      };
      try {
        call(done);
      } catch (thrown) {
        done(queryError(thrown));
      }
    });
  }

  private readonly onReport = (error: unknown, report: RdKafka.DeliveryReport): void => {
    const code = error === null || error === undefined ? 0 : (codeOf(error) ?? -1);
    if (isBrokerCode(code)) this.hasAnswered = true;
    this.listener.reported(report, code, code === 0 ? undefined : error);
  };

  private readonly onError = (error: unknown): void => {
    this.listener.failed(this, isError(error) ? error.message : String(error));
  };

  private readonly onLog = (event: unknown): void => {
    const line = logOf(event);
    if (line !== undefined) this.listener.logged(this, line);
  };

  private readonly onThrottle = (event: unknown): void => {
    const ms = throttleMsOf(event);
    if (ms > 0) this.listener.throttled(ms);
  };
}

const queryError = (error: unknown): QueryError => ({
  code: codeOf(error),
  message: isError(error) ? error.message : 'unknown',
});

import type { RdKafka } from '@confluentinc/kafka-javascript';
import { isError, type Clock } from '@holdfast/core/stage';
import { blockingCallLimiterOf, type BlockingCallLimiter } from '../client/blocking-call-limiter.js';
import { connectWithoutBroker } from '../client/connect.js';
import type { ConsumerConfig } from '../client/consumer-config.js';
import { loadClient } from '../client/load-client.js';
import { logOf, type NativeLog } from '../client/native-events.js';
import { adminOf, codeOf, type NativeConsumer } from '../client/native-types.js';
import { QueryFailure } from '../errors.js';

export interface ReaderListener {
  /** librdkafka's own error, by its text. */
  failed(message: string): void;
  logged(line: NativeLog): void;
}

/** What one call of `consume` returned. */
export interface Consumed {
  readonly messages: readonly RdKafka.Message[];
  /** Ends of partitions that were reached: the offset that comes next there. */
  readonly ends: readonly RdKafka.TopicPartitionOffset[];
}

/** Also how long an abort may wait for the consumer, ms. */
const consumeWaitMs = 50;
/**
 * How much is consumed at once: about so many bytes, going by the last messages, and at most
 * `maxMessages`.
 */
const targetBytes = 1024 * 1024;
const maxMessages = 100;
const messagesAtFirst = 4;

/** One consumer, which is in no group. Its queries reject with a {@link QueryFailure}. */
export class ReaderSession {
  private readonly consumer: NativeConsumer;
  private readonly limiter: BlockingCallLimiter;
  private admin: RdKafka.IAdminClient | undefined;
  private ends: RdKafka.TopicPartitionOffset[] = [];
  private isClosing = false;
  private messageCount = messagesAtFirst;

  /** Throws when librdkafka refuses the settings. */
  constructor(config: ConsumerConfig, clock: Clock, listener: ReaderListener) {
    this.limiter = blockingCallLimiterOf(clock);
    const { KafkaConsumer } = loadClient();
    // Without the second argument: given one, the client forgets the topic's properties among
    // these, such as where to begin.
    this.consumer = new KafkaConsumer(config);
    this.consumer.setDefaultConsumeTimeout(consumeWaitMs);
    const onError = (error: unknown): void => listener.failed(isError(error) ? error.message : String(error));
    this.consumer.on('event.error', onError);
    // A refused OAuth token is emitted as 'error', which would end the process if nobody listened.
    this.consumer.on('error', onError);
    this.consumer.on('event.log', (event: unknown) => {
      const line = logOf(event);
      if (line !== undefined) listener.logged(line);
    });
    this.consumer.on('partition.eof', (end: RdKafka.TopicPartitionOffset) => this.ends.push(end));
  }

  /** Makes the native handle, without a broker. Rejects when librdkafka refuses the settings. */
  async open(): Promise<void> {
    await connectWithoutBroker(this.consumer, this, this.limiter);
    // Before any query: the admin client copies the lock that each query holds.
    this.admin = adminOf(this.consumer);
  }

  describe(topic: string, timeoutMs: number): Promise<RdKafka.TopicDescription | undefined> {
    return this.query<RdKafka.TopicDescription[]>((done) =>
      this.admin?.describeTopics([topic], { timeout: Math.ceil(timeoutMs) }, done),
    ).then(([description]) => description);
  }

  /** Resolves with the offsets that a reader of committed records sees. */
  offsets(
    topic: string,
    partitions: readonly number[],
    which: 'first' | 'afterLast',
    timeoutMs: number,
  ): Promise<RdKafka.ListOffsetsResult[]> {
    const { IsolationLevel, OffsetSpec } = loadClient();
    const offset = which === 'first' ? OffsetSpec.EARLIEST : OffsetSpec.LATEST;
    return this.query((done) =>
      this.admin?.listOffsets(
        partitions.map((partition) => ({ topic, partition, offset })),
        { timeout: Math.ceil(timeoutMs), isolationLevel: IsolationLevel.READ_COMMITTED },
        done,
      ),
    );
  }

  /** From now on messages come from there. */
  assign(place: RdKafka.TopicPartitionOffset): void {
    this.ends = [];
    this.consumer.assign([place]);
  }

  /**
   * Resolves with the messages that are there, or come in a moment. The client emits its events
   * only meanwhile.
   */
  async consume(): Promise<Consumed> {
    const messages = await this.query<RdKafka.Message[]>((done) =>
      this.consumer.consume(this.messageCount, done),
    );
    const { ends } = this;
    if (messages.length > 0) {
      const bytes = messages.reduce((sum, { size }) => sum + size, messages.length);
      const count = Math.floor((targetBytes * messages.length) / bytes);
      this.messageCount = Math.max(1, Math.min(maxMessages, count));
    }
    this.ends = [];
    return { messages, ends };
  }

  /**
   * Resolves when the client is gone, which a query delays: freed during one, it would crash the
   * process.
   */
  close(): Promise<void> {
    this.isClosing = true;
    return this.limiter.run<void>(this, (returned) => {
      if (this.consumer.isConnected()) this.consumer.disconnect(() => returned());
      else returned();
    });
  }

  private async query<T>(call: (done: (error: unknown, answer: T) => void) => unknown): Promise<T> {
    const answer = await this.limiter.run<{ readonly found: T } | QueryFailure>(this, (returned) => {
      if (this.isClosing) return returned(queryFailure(undefined));
      try {
        call((error, found) => {
          returned(error === null || error === undefined ? { found } : queryFailure(error));
        });
      } catch (thrown) {
        returned(queryFailure(thrown));
      }
    });
    if (answer instanceof QueryFailure) throw answer;
    return answer.found;
  }
}

const queryFailure = (cause: unknown): QueryFailure =>
  new QueryFailure(codeOf(cause) ?? -1, isError(cause) ? cause.message : 'unknown', cause);

import type { RdKafka } from '@confluentinc/kafka-javascript';
import { isError, type Clock } from '@holdfast/core/stage';
import { connectWithoutBroker } from '../client/connect.js';
import type { ConsumerConfig } from '../client/consumer-config.js';
import { loadClient } from '../client/load-client.js';
import { adminOf, codeOf, type NativeConsumer } from '../client/native-types.js';
import { logOf, type NativeLog } from '../cluster/session.js';
import { threadsOf, type Threads } from '../client/blocking-call-limiter.js';

export interface ReaderEvents {
  /** librdkafka's own error, by its text. */
  error(message: string): void;
  log(line: NativeLog): void;
}

/** What came at once. */
export interface Consumed {
  readonly messages: readonly RdKafka.Message[];
  /** Ends of partitions that were reached: the offset that comes next there. */
  readonly ends: readonly RdKafka.TopicPartitionOffset[];
}

/** What the client answers when something went wrong: its number, or -1. */
export class Refusal extends Error {
  readonly code: number;

  constructor(cause: unknown) {
    super(isError(cause) ? cause.message : 'unknown', { cause });
    this.code = codeOf(cause) ?? -1;
  }
}

/** Also how long an abort may wait for the consumer, ms. */
const consumeWaitMs = 50;
/** Taken at once: as many messages as have so many bytes, going by the last ones, and at most this number. */
const goalBytes = 1024 * 1024;
const mostMessages = 100;
const fewMessages = 4;

/** One consumer instance, which is in no group. What is asked rejects with a {@link Refusal}. */
export class ReaderSession {
  private readonly consumer: NativeConsumer;
  private readonly threads: Threads;
  private admin: RdKafka.IAdminClient | undefined;
  private ends: RdKafka.TopicPartitionOffset[] = [];
  private closing = false;
  private take = fewMessages;

  /** Throws when librdkafka refuses the settings. */
  constructor(config: ConsumerConfig, clock: Clock, events: ReaderEvents) {
    this.threads = threadsOf(clock);
    const { KafkaConsumer } = loadClient();
    // Without the second argument: given one, the client forgets the topic's properties among these, where to begin again.
    this.consumer = new KafkaConsumer(config);
    this.consumer.setDefaultConsumeTimeout(consumeWaitMs);
    const onError = (error: unknown): void => events.error(isError(error) ? error.message : String(error));
    this.consumer.on('event.error', onError);
    // A refused OAuth token is emitted as 'error', which would end the process if nobody listened.
    this.consumer.on('error', onError);
    this.consumer.on('event.log', (line: unknown) => {
      const read = logOf(line);
      if (read !== undefined) events.log(read);
    });
    this.consumer.on('partition.eof', (end: RdKafka.TopicPartitionOffset) => this.ends.push(end));
  }

  /** Makes the handle. Needs no broker. Rejects when librdkafka refuses the settings. */
  async open(): Promise<void> {
    await connectWithoutBroker(this.consumer, this, this.threads);
    // Before anything is asked: the client copies the lock that every question holds.
    this.admin = adminOf(this.consumer);
  }

  describe(topic: string, timeoutMs: number): Promise<RdKafka.TopicDescription | undefined> {
    return this.ask<RdKafka.TopicDescription[]>((done) =>
      this.admin?.describeTopics([topic], { timeout: Math.ceil(timeoutMs) }, done),
    ).then(([description]) => description);
  }

  /** As one sees them who reads what is committed. */
  offsets(
    topic: string,
    partitions: readonly number[],
    which: 'first' | 'afterLast',
    timeoutMs: number,
  ): Promise<RdKafka.ListOffsetsResult[]> {
    const { IsolationLevel, OffsetSpec } = loadClient();
    const offset = which === 'first' ? OffsetSpec.EARLIEST : OffsetSpec.LATEST;
    return this.ask((done) =>
      this.admin?.listOffsets(
        partitions.map((partition) => ({ topic, partition, offset })),
        { timeout: Math.ceil(timeoutMs), isolationLevel: IsolationLevel.READ_COMMITTED },
        done,
      ),
    );
  }

  /** From now on records come from there. */
  assign(place: RdKafka.TopicPartitionOffset): void {
    this.ends = [];
    this.consumer.assign([place]);
  }

  /** What is there, or comes in a moment. Events come meanwhile, too, and at no other time. */
  async consume(): Promise<Consumed> {
    const messages = await this.ask<RdKafka.Message[]>((done) => this.consumer.consume(this.take, done));
    const { ends } = this;
    if (messages.length > 0) {
      const bytes = messages.reduce((sum, { size }) => sum + size, messages.length);
      this.take = Math.max(1, Math.min(mostMessages, Math.floor((goalBytes * messages.length) / bytes)));
    }
    this.ends = [];
    return { messages, ends };
  }

  /** Resolves when the instance is gone, which what is asked of it delays: freed under that, the process would crash. */
  close(): Promise<void> {
    this.closing = true;
    return this.threads.run<void>(this, (returned) => {
      if (this.consumer.isConnected()) this.consumer.disconnect(() => returned());
      else returned();
    });
  }

  private async ask<T>(question: (done: (error: unknown, answer: T) => void) => unknown): Promise<T> {
    const answer = await this.threads.run<{ readonly found: T } | Refusal>(this, (returned) => {
      if (this.closing) return returned(new Refusal(undefined));
      try {
        question((error, found) => {
          returned(error === null || error === undefined ? { found } : new Refusal(error));
        });
      } catch (thrown) {
        returned(new Refusal(thrown));
      }
    });
    if (answer instanceof Refusal) throw answer;
    return answer.found;
  }
}

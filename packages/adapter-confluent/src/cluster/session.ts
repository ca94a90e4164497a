import type { RdKafka } from '@confluentinc/kafka-javascript';
import { afterSilence, isError, type Clock } from '@holdfast/core/stage';
import { connectWithoutBroker } from '../client/connect.js';
import { adminOf, codeOf, type NativeProducer } from '../client/native-types.js';
import { isOfBroker, nativeCodes } from '../client/native-errors.js';
import { threadsOf, type Threads } from '../client/blocking-call-limiter.js';

/** A call that has not returned so long after its own time is not going to, ms. */
const overdueMs = 10_000;

export interface SessionEvents {
  /** One record's report; `code` is 0 when it was delivered. */
  readonly report: (report: RdKafka.DeliveryReport, code: number, error: unknown) => void;
  /** librdkafka's own error, by its text alone: the number never arrives. */
  error(message: string): void;
  log(line: NativeLog): void;
  /** A broker says for how long a quota holds the client back. */
  throttled(ms: number): void;
  /** A call does not return: the instance is good for nothing. */
  hangs(): void;
}

export interface NativeLog {
  /** syslog: 0 is the worst, 7 is for debugging. */
  readonly severity: number;
  readonly fac: string;
  readonly message: string;
}

/** What was asked of the cluster failed. */
export interface Refused {
  readonly code: number | undefined;
  readonly message: string;
}

export interface TopicAnswer {
  readonly partitions: readonly RdKafka.PartitionMetadata[];
}

export const isRefused = (answer: object): answer is Refused => 'code' in answer;

/** One producer instance, from its connection to its end. */
export class Session {
  /** The number of this session among those of one adapter. */
  readonly id: number;
  /** A broker has answered to a record, so that others may be written. */
  answered = false;
  private readonly threads: Threads;
  private readonly connectedByUs: boolean;
  private hangs = false;
  private lastTopic: string | undefined;
  private closing: Promise<void> | undefined;
  private admin: RdKafka.IAdminClient | undefined;

  constructor(
    readonly producer: NativeProducer,
    id: number,
    private readonly clock: Clock,
    private readonly events: SessionEvents,
  ) {
    this.id = id;
    this.threads = threadsOf(clock);
    this.connectedByUs = !producer.isConnected();
    producer.on('delivery-report', this.onReport);
    producer.on('event.error', this.onError);
    producer.on('event.log', this.onLog);
    producer.on('event.throttle', this.onThrottle);
    // A refused OAuth token is emitted as 'error', which would end the process if nobody listened.
    producer.on('error', this.onError);
  }

  /** Makes the handle and lets it report in the background. Needs no broker. Rejects when librdkafka refuses the settings. */
  async open(): Promise<void> {
    if (this.connectedByUs) await connectWithoutBroker(this.producer, this, this.threads);
    // Before anything is asked: the client copies the lock that every question holds, and a copy of a held lock is never free.
    // What waits for it has a thread of Node's pool for ever.
    this.admin = adminOf(this.producer);
    // Before the handle exists the client would crash over this.
    this.producer.setPollInBackground(true);
  }

  /**
   * Whether a broker answers: of the topic that was last asked for, which costs little, or of all
   * topics when none was. For those that it knows, which is what it would take for no name,
   * librdkafka may have brokers create what is not there, whatever its settings say.
   */
  reach(timeoutMs: number): Promise<TopicAnswer | Refused> {
    return this.question(this.lastTopic, timeoutMs);
  }

  /** One topic's metadata. */
  metadata(topic: string, timeoutMs: number): Promise<TopicAnswer | Refused> {
    this.lastTopic = topic;
    return this.question(topic, timeoutMs);
  }

  private question(topic: string | undefined, timeoutMs: number): Promise<TopicAnswer | Refused> {
    const about = topic === undefined ? { allTopics: true } : { topic, allTopics: false };
    const options = { ...about, timeout: timeoutMs };
    return this.ask(timeoutMs, (done) => {
      this.producer.getMetadata(options, (error, metadata) => {
        const found =
          error === null || error === undefined
            ? metadata.topics.find(({ name }) => name === topic)
            : undefined;
        done(
          error === null || error === undefined ? { partitions: found?.partitions ?? [] } : refused(error),
        );
      });
    });
  }

  /** The broker's code for a topic of which `metadata` knows no partition; the plain answer leaves it out. 0: none. */
  async whyNoPartitions(topic: string, timeoutMs: number): Promise<number> {
    const { admin } = this;
    if (admin === undefined) return 0;
    const answer = await this.ask<{ readonly error: number } | Refused>(timeoutMs, (done) => {
      admin.describeTopics([topic], { timeout: timeoutMs }, (error, topics) => {
        if (error !== null && error !== undefined) done(refused(error));
        else done({ error: codeOf(topics[0]?.error) ?? 0 });
      });
    });
    return isRefused(answer) ? 0 : answer.error;
  }

  /** Resolves when the instance is gone, which what is asked of the cluster may delay. Reports after it are not heard. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    const { producer } = this;
    producer.off('delivery-report', this.onReport);
    // The handle that describes topics is the producer's own: freed under a question, the process
    // would crash. Calls of one session wait for each other, so this one comes after that.
    if (!this.hangs) {
      await this.threads.run<void>(this, (returned) => {
        if (this.connectedByUs && producer.isConnected()) producer.disconnect(1, () => returned());
        else returned();
      });
    }
    producer.off('event.error', this.onError);
    producer.off('event.log', this.onLog);
    producer.off('event.throttle', this.onThrottle);
    if (!this.connectedByUs) producer.off('error', this.onError);
  }

  private ask<T>(
    timeoutMs: number,
    question: (done: (answer: T | Refused) => void) => void,
  ): Promise<T | Refused> {
    return this.threads.run<T | Refused>(this, (returned) => {
      if (this.closing !== undefined) return returned({ code: undefined, message: 'closed' });
      const overdue = afterSilence(this.clock, timeoutMs + overdueMs, () => {
        this.hangs = true;
        returned({ code: nativeCodes.timedOut, message: 'the client does not return' });
        this.events.hangs();
      });
      const done = (answer: T | Refused): void => {
        overdue.cancel();
        returned(answer);
      };
      try {
        question(done);
      } catch (thrown) {
        done(refused(thrown));
      }
    });
  }

  private readonly onReport = (error: unknown, report: RdKafka.DeliveryReport): void => {
    const code = error === null || error === undefined ? 0 : (codeOf(error) ?? -1);
    if (isOfBroker(code)) this.answered = true;
    this.events.report(report, code, code === 0 ? undefined : error);
  };

  private readonly onError = (error: unknown): void => {
    this.events.error(isError(error) ? error.message : String(error));
  };

  private readonly onLog = (line: unknown): void => {
    const read = logOf(line);
    if (read !== undefined) this.events.log(read);
  };

  private readonly onThrottle = (event: unknown): void => {
    const ms = throttleOf(event);
    if (ms > 0) this.events.throttled(ms);
  };
}

/** 0 says that it is over. */
function throttleOf(event: unknown): number {
  const ms: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'throttleTime') : 0;
  return typeof ms === 'number' && ms > 0 ? ms : 0;
}

export function logOf(line: unknown): NativeLog | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const severity: unknown = Reflect.get(line, 'severity');
  return {
    severity: typeof severity === 'number' ? severity : 7,
    fac: String(Reflect.get(line, 'fac')),
    message: String(Reflect.get(line, 'message')),
  };
}

const refused = (error: unknown): Refused => ({
  code: codeOf(error),
  message: isError(error) ? error.message : 'unknown',
});

import { containedLogger } from '../kit/contained-env.js';
import { systemEnv } from '../system/env.js';
import { closeFailed, flushFailed, flushTimeout, type CloseResult } from './errors.js';
import { EventHub } from '../chain/event-hub.js';
import { consoleLoggerAt } from '../system/logger.js';
import type { Writable } from 'node:stream';
import { aFunction, checkOptions, numberBetween } from '../kit/check-options.js';
import {
  BatchCompletion,
  CallbackCompletion,
  PromiseCompletion,
  type SendAnswer,
  type SendCallback,
} from './completion.js';
import { compositionNotes } from '../chain/composition.js';
import { Dispatcher } from './dispatcher.js';
import type { BaseEnv } from '../contract/env.js';
import { ProducerError } from '../contract/error.js';
import type { EventName, Listener } from '../contract/events.js';
import type { FailedRecord } from './failed-records.js';
import { within } from '../kit/deadline.js';
import type { Outcome, Receipt } from '../contract/outcome.js';
import { checkProducerOptions, type ProducerOptions } from './producer-options.js';
import type { Bytes, GivenRecord } from '../contract/record.js';
import { closeOnSignals } from '../system/signals.js';
import type { ProducerStats } from '../contract/stats.js';
import { takeAdapter } from '../chain/taken-adapters.js';
import { writableOver, type WritableOptions } from './writable.js';

export interface TimeoutOptions {
  /** Milliseconds; `Infinity` waits as long as it takes. */
  readonly timeoutMs?: number;
}

/** Sends records to Kafka through the chain. Made by {@link createProducer}. */
export class Producer<K = Bytes, V = Bytes> implements AsyncDisposable {
  private readonly events: EventHub;
  private readonly dispatcher: Dispatcher<K, V>;
  private readonly env: BaseEnv;
  private readonly stopSignals: () => void;
  /** Aborted when the producer has closed, or at once when it closes before it started. */
  private readonly lifetime = new AbortController();
  private closing: Promise<CloseResult> | undefined;

  /** @internal Use {@link createProducer}. */
  constructor(private readonly options: ProducerOptions<K, V>) {
    checkProducerOptions(options);
    takeAdapter(options.adapter);
    const { clock = systemEnv.clock, random = systemEnv.random, disk = systemEnv.disk } = options.env ?? {};
    const logger = containedLogger(options.logger ?? options.env?.logger ?? consoleLoggerAt(clock));
    this.events = new EventHub(logger);
    this.events.onAll(options.on ?? {});
    this.env = { clock, random, logger, events: this.events, disk };
    this.dispatcher = new Dispatcher(
      options,
      this.env,
      this.events,
      options.leakDetection ?? process.env['NODE_ENV'] !== 'production',
    );
    this.stopSignals = options.handleSignals ? closeOnSignals(() => this.close()) : () => undefined;
    for (const note of compositionNotes(options.use ?? [])) logger.warn(note);
  }

  /** @internal */
  async start(): Promise<this> {
    try {
      await this.dispatcher.chain.start(this.lifetime.signal, this.options.requireBroker ?? false);
      this.dispatcher.started();
    } catch (error) {
      await this.close({ timeoutMs: 0 }).catch(() => undefined);
      throw error;
    }
    return this;
  }

  /**
   * Resolves when Kafka, or a stage that takes responsibility for the record, has it. Rejects with
   * a `DeliveryError`.
   */
  send(record: GivenRecord<K, V>): Promise<Receipt>;
  /**
   * Calls back instead, which saves a promise. What the callback throws is emitted as
   * `callbackError`.
   */
  send(record: GivenRecord<K, V>, done: (...answer: SendAnswer) => void): void;
  // For callbacks that take the error alone, which the overload above does not accept.
  send(record: GivenRecord<K, V>, done: SendCallback): void;
  send(
    record: GivenRecord<K, V>,
    done?: SendCallback | ((...answer: SendAnswer) => void),
  ): Promise<Receipt> | undefined {
    const { dispatcher } = this;
    if (done !== undefined) {
      if (!isCallback(done)) {
        throw new ProducerError('INVALID_RECORD', `the callback of send ${aFunction(done)}`, {
          field: 'done',
        });
      }
      dispatcher.send(record, new CallbackCompletion(dispatcher.pending, done, dispatcher.reports.callBack));
      return undefined;
    }
    const completion = new PromiseCompletion(dispatcher.pending);
    dispatcher.send(record, completion);
    return completion.promise;
  }

  /**
   * Resolves with one outcome per record, in the same order; a record that is refused fails alone.
   * Rejects only when `records` is not an array.
   */
  sendBatch(records: readonly GivenRecord<K, V>[]): Promise<Outcome[]> {
    const given = copyOfArray(records);
    if (given === undefined) {
      return Promise.reject(
        new ProducerError(
          'INVALID_RECORD',
          'sendBatch takes an array of records: [{ topic, key, value }, …], each with its own topic',
          { field: 'records' },
        ),
      );
    }
    if (given.length === 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.dispatcher.sendBatch(given, new BatchCompletion(this.dispatcher.pending, given.length, resolve));
    });
  }

  /**
   * Sends without a way to wait for the outcome; it is counted, and a failure is reported like any
   * other. Never waits for room. Returns false when the record was not taken, because it is invalid
   * or there is no room. Await {@link ready} before the call instead of repeating it until it is
   * true.
   */
  fireAndForget(record: GivenRecord<K, V>): boolean {
    return this.dispatcher.fireAndForget(record);
  }

  /**
   * Returns `undefined` when there is room now, else a promise that resolves when it is worth
   * checking again. The promise rejects with `CLOSED` once the producer takes no more records, so
   * that a loop that waits for room ends.
   */
  ready(): Promise<void> | undefined {
    if (!this.dispatcher.isClosed && this.dispatcher.hasRoom()) return undefined;
    const room = this.dispatcher.room();
    room.catch(() => undefined); // a caller may look whether there is room and drop the promise
    return room;
  }

  /**
   * Returns an object-mode stream of records with back-pressure; `finish` follows the last outcome.
   */
  writable(options: WritableOptions<K, V> = {}): Writable {
    return writableOver((record: GivenRecord<K, V>, done) => this.send(record, done), options);
  }

  /**
   * Resolves when every record sent before has its outcome. Rejects with a `FlushError`:
   * `FLUSH_TIMEOUT`, and the records go on, or `FLUSH_FAILED` with the errors of the stages that
   * failed to flush. Default timeout 60,000 ms.
   */
  async flush(options: TimeoutOptions = {}): Promise<void> {
    const { timeoutMs = 60_000 } = checked('flush', options);
    const deadline = this.env.clock.now() + timeoutMs;
    const late = (): never => {
      throw flushTimeout(this.dispatcher.held, timeoutMs);
    };
    const errors = await within(this.dispatcher.flush(deadline), deadline, this.env.clock, late);
    if (errors.length > 0) throw flushFailed(errors);
  }

  /**
   * Takes no more records, waits for those in flight until the timeout (default `closeTimeoutMs`),
   * settles the rest, and disconnects. A second call returns the same result. Rejects with a
   * `CloseError` (`CLOSE_FAILED`) when stages failed to close; its `result` is complete.
   */
  async close(options: TimeoutOptions = {}): Promise<CloseResult> {
    return (this.closing ??= this.closeOnce(checked('close', options)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Returns counts since the start, and what each stage reports. */
  stats(): ProducerStats {
    return this.dispatcher.stats();
  }

  /** The last records that failed, at most `failedLimit`, oldest first. */
  get failed(): readonly FailedRecord<K, V>[] {
    return this.dispatcher.failures.list();
  }

  /** Removes and returns the records of {@link failed}, to send them again. */
  takeFailed(): FailedRecord<K, V>[] {
    return this.dispatcher.failures.take();
  }

  /**
   * Adds a listener, and returns the function that removes it. The option `on` adds listeners
   * before the start. Events are published on `diagnostics_channel` as well, as `holdfast:<event>`.
   */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    return this.events.on(event, listener);
  }

  off<E extends EventName>(event: E, listener: Listener<E>): void {
    this.events.off(event, listener);
  }

  private async closeOnce(options: TimeoutOptions): Promise<CloseResult> {
    const { dispatcher, env } = this;
    if (dispatcher.isStarting) this.lifetime.abort();
    const deadline = env.clock.now() + (options.timeoutMs ?? this.options.closeTimeoutMs ?? 30_000);
    dispatcher.refuseMore();
    const before = dispatcher.counters.outcomes();
    // A timeout is no error here: what is left is settled below, and counted.
    const notFlushed = await within(dispatcher.flush(deadline), deadline, env.clock, () => []);
    dispatcher.failWaiting();
    const errors = [...notFlushed, ...(await dispatcher.chain.close(deadline))];
    dispatcher.endTheRest();
    this.lifetime.abort();
    this.stopSignals();
    const after = dispatcher.counters.outcomes();
    const { failed, unknown } = after;
    const result = { failed: failed - before.failed, unknown: unknown - before.unknown, kept: this.kept() };
    this.events.emit('closed', result);
    if (errors.length > 0) throw closeFailed(errors, result);
    return result;
  }

  private kept(): number {
    let sum = 0;
    for (const { name, records } of this.dispatcher.chain.kept()) {
      sum += records;
      this.env.logger.warn(`'${name}' keeps records beyond the close; its next start resumes them`, {
        records,
      });
    }
    return sum;
  }
}

const isCallback = (done: unknown): done is SendCallback => typeof done === 'function';

function checked(where: string, options: TimeoutOptions): TimeoutOptions {
  checkOptions(where, options, { timeoutMs: numberBetween(0, Infinity, 'ms') });
  return options;
}

// `Array.isArray` makes `any` of the elements of a readonly array.
const isArray = <T>(given: readonly T[]): boolean => Array.isArray(given);

/** Copies the array: a listener or a serializer may change it while its records are taken. */
function copyOfArray<T>(given: readonly T[]): readonly T[] | undefined {
  try {
    return isArray(given) ? [...given] : undefined;
  } catch {
    return undefined; // a proxy, or a getter, that throws
  }
}

/**
 * Creates a producer and starts it. Resolves when it can take records, which requires a broker only
 * with `requireBroker`. Rejects with a `ConfigurationError` that lists all problems at once.
 */
export async function createProducer<K = Bytes, V = Bytes>(
  options: ProducerOptions<K, V>,
): Promise<Producer<K, V>> {
  return new Producer(options).start();
}

import { ProducerError, type ConsumedRecord, type ProducerRecord } from '@holdfast/core';
import { UsageError } from '../arguments/usage-error.js';
import type { Context } from '../context.js';
import { orInterrupted } from '../interrupted.js';
import { messageOf } from '../terminal/format.js';
import { kindOf, loadModule, moduleFailed, type Loaded } from './load-module.js';

/** What a command does with a producer. */
export interface UserProducer {
  send(record: ProducerRecord): Promise<unknown>;
  flush(): Promise<unknown>;
  close(): Promise<unknown>;
}

const option = 'producer';
const methods = ['send', 'flush', 'close'];

/** The module of `--producer`: client, TLS and SASL are the user's. */
export class ProducerModule {
  private made: Promise<UserProducer> | undefined;
  /** Once it is made. */
  private ready: UserProducer | undefined;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly loaded: Loaded,
    private readonly signal: AbortSignal,
  ) {}

  static async load(path: string, context: Context): Promise<ProducerModule> {
    const module = new ProducerModule(await loadModule(option, path, context), context.signal);
    const given = module.loaded.exports['default'];
    // One that exists already has to be closed, whether it is used or not.
    if (given !== undefined && typeof given !== 'function') void module.make();
    return module;
  }

  /** A producer, a promise of one, or what a function makes. */
  producer(): Promise<UserProducer> {
    return orInterrupted(this.make(), this.signal);
  }

  /** Through its export `readTopic(topic, { signal })`. */
  async readTopic(topic: string): Promise<AsyncIterable<ConsumedRecord>> {
    const { path, exports } = this.loaded;
    const { readTopic } = exports;
    if (!isFunction(readTopic)) {
      throw new UsageError([
        `--${option}: to read the topic '${topic}', '${path}' needs an export 'readTopic', which is ${kindOf(readTopic)}; add: export const readTopic = (topic, options) => adapter.readTopic(client, topic, options)`,
      ]);
    }
    const records: unknown = await readTopic(topic, { signal: this.signal });
    if (isRecords(records)) return records;
    throw new UsageError([
      `--${option}: 'readTopic' of '${path}' answered with what is no records (${kindOf(records)}); return what the adapter's readTopic returns`,
    ]);
  }

  /** Waits for what is on its way. Resolves also when there is no producer. */
  async flush(): Promise<void> {
    await this.ready?.flush().catch((error: unknown) => {
      throw this.notEnded('flushed', error);
    });
  }

  /** Once, however often it is called. */
  close(): Promise<void> {
    return (this.closing ??= this.closeOnce());
  }

  private async closeOnce(): Promise<void> {
    await this.ready?.close().catch((error: unknown) => {
      throw this.notEnded('closed', error);
    });
  }

  private make(): Promise<UserProducer> {
    if (this.made === undefined) {
      this.made = this.makeOnce();
      this.made.catch(() => undefined); // heard of by who asks for it
    }
    return this.made;
  }

  private async makeOnce(): Promise<UserProducer> {
    const { path, exports } = this.loaded;
    let producer: unknown = exports['default'];
    try {
      if (isFunction(producer)) producer = await producer();
      else producer = await producer;
    } catch (error) {
      throw moduleFailed(`--${option}: the producer of '${path}' cannot be made`, error);
    }
    if (!isProducer(producer)) throw wrongShape(path, producer);
    return (this.ready = producer);
  }

  private notEnded(what: string, error: unknown): ProducerError {
    return new ProducerError(
      'PRODUCER_NOT_CLOSED',
      `the producer of '${this.loaded.path}' could not be ${what}: ${messageOf(error)}; what was reported as delivered is`,
      { cause: error },
    );
  }
}

const isFunction = (value: unknown): value is (...args: readonly unknown[]) => unknown =>
  typeof value === 'function';

const missingIn = (value: object): string[] =>
  methods.filter((name) => typeof Reflect.get(value, name) !== 'function');

const isProducer = (value: unknown): value is UserProducer =>
  typeof value === 'object' && value !== null && missingIn(value).length === 0;

const isRecords = (value: unknown): value is AsyncIterable<ConsumedRecord> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

function wrongShape(path: string, value: unknown): UsageError {
  const kind = kindOf(value);
  const lacks = kind === 'an object' ? ` without ${missingIn(Object(value) as object).join(', ')}` : '';
  return new UsageError([
    `--${option}: the default export of '${path}' is no producer, but ${kind}${lacks}; export a Holdfast producer, a promise of one, or a function that makes one: export default () => createProducer({ client: … })`,
  ]);
}

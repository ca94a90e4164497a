import type { ConsumedRecord, ProducerRecord } from '@holdfast/core';
import type { Context } from '../context.js';
import { moduleFailed, noReadTopic, notAProducer, notRecords, producerNotEnded } from '../errors.js';
import { orInterrupted } from '../or-interrupted.js';
import { kindOf, loadModule, type LoadedModule } from './load-module.js';

/** What a command needs of a producer. */
export interface UserProducer {
  send(record: ProducerRecord): Promise<unknown>;
  flush(): Promise<unknown>;
  close(): Promise<unknown>;
}

const methods = ['send', 'flush', 'close'];

/** The module of `--producer`, in which the user configures client, TLS and SASL. */
export class ProducerModule {
  private created: Promise<UserProducer> | undefined;
  /** Set once the producer is created. */
  private ready: UserProducer | undefined;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly loaded: LoadedModule,
    private readonly signal: AbortSignal,
  ) {}

  static async load(path: string, context: Context): Promise<ProducerModule> {
    const module = new ProducerModule(await loadModule('producer', path, context), context.signal);
    const exported = module.loaded.exports['default'];
    // A producer that exists already has to be closed, whether it is used or not.
    if (exported !== undefined && typeof exported !== 'function') void module.create();
    return module;
  }

  /** Resolves with the producer that the module exports, promises, or creates with its function. */
  producer(): Promise<UserProducer> {
    return orInterrupted(this.create(), this.signal);
  }

  /** Reads a topic with the module's export `readTopic(topic, { signal })`. */
  async readTopic(topic: string): Promise<AsyncIterable<ConsumedRecord>> {
    const { path, exports } = this.loaded;
    const { readTopic } = exports;
    if (!isFunction(readTopic)) throw noReadTopic(path, topic, kindOf(readTopic));
    const records: unknown = await readTopic(topic, { signal: this.signal });
    if (isRecords(records)) return records;
    throw notRecords(path, kindOf(records));
  }

  /** Waits for records in flight. Resolves at once when there is no producer. */
  async flush(): Promise<void> {
    await this.ready?.flush().catch((error: unknown) => {
      throw producerNotEnded(this.loaded.path, 'flushed', error);
    });
  }

  /** Closes the producer once, however often it is called. */
  close(): Promise<void> {
    return (this.closing ??= this.closeOnce());
  }

  private async closeOnce(): Promise<void> {
    await this.ready?.close().catch((error: unknown) => {
      throw producerNotEnded(this.loaded.path, 'closed', error);
    });
  }

  private create(): Promise<UserProducer> {
    if (this.created === undefined) {
      this.created = this.createOnce();
      this.created.catch(() => undefined); // the caller of `producer` receives the error
    }
    return this.created;
  }

  private async createOnce(): Promise<UserProducer> {
    const { path, exports } = this.loaded;
    let producer: unknown = exports['default'];
    try {
      if (isFunction(producer)) producer = await producer();
      else producer = await producer;
    } catch (error) {
      throw moduleFailed(`--producer: the producer of '${path}' cannot be created`, error);
    }
    if (!isProducer(producer)) throw notAProducer(path, kindWithoutMethods(producer));
    return (this.ready = producer);
  }
}

const isFunction = (value: unknown): value is (...args: readonly unknown[]) => unknown =>
  typeof value === 'function';

const missingMethods = (value: object): string[] =>
  methods.filter((name) => typeof Reflect.get(value, name) !== 'function');

const isProducer = (value: unknown): value is UserProducer =>
  typeof value === 'object' && value !== null && missingMethods(value).length === 0;

const isRecords = (value: unknown): value is AsyncIterable<ConsumedRecord> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

function kindWithoutMethods(value: unknown): string {
  const kind = kindOf(value);
  const isObject = kind === 'an object';
  return isObject ? `${kind} without ${missingMethods(Object(value) as object).join(', ')}` : kind;
}

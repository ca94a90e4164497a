import type { Failed, Unknown } from '@holdfast/core';
import {
  aBoolean,
  aFunction,
  anObject,
  asNumber,
  aString,
  checkOptions,
  nestedProblems,
  numberBetween,
  wholeNumberBetween,
  type OptionCheck,
  type SerializedRecord,
} from '@holdfast/core/stage';
import type { DeadLetterCallback } from './sinks/callback-sink.js';
import type { SinkName } from './sinks/sink.js';
import type { TopicChoice } from './sinks/topic-sink.js';

export interface FileSinkOptions {
  /** On a local disk. Created when it is missing. Several producers may share one. */
  readonly directory: string;
  /** A file that has reached this size is closed, and another one is begun. Default 64 MiB. */
  readonly maxFileBytes?: number;
  /**
   * The limit of all files in the directory together. Beyond it the sink refuses letters, as
   * nothing is ever deleted. Default 1 GiB.
   */
  readonly maxBytes?: number;
}

export interface DeadLetterQueueOptions {
  /**
   * The topic sink: a topic; `{ suffix }`, which is appended to the record's own topic; or a
   * function that returns the topic, or `undefined` for none. Default: no topic sink.
   */
  readonly topic?: TopicChoice | false;
  /** The file sink. Default: no file sink. */
  readonly file?: FileSinkOptions | false;
  /**
   * The callback sink. A throw, a rejection and a timeout refuse the letter. Default: no callback
   * sink.
   */
  readonly callback?: DeadLetterCallback;
  /** The order in which the sinks are tried. Default `['topic', 'file', 'callback']`. */
  readonly order?: readonly SinkName[];
  /**
   * Returns `false` for a record that is to keep its outcome. A throw counts as `true`. It is not
   * called for records that ended because the producer closed (`CLOSED`, `LEFT_IN_JOURNAL`): these
   * always keep their outcome. Default: every other record is dead-lettered.
   */
  readonly filter?: (record: SerializedRecord, outcome: Failed | Unknown) => boolean;
  /** Adds the stack of the error. Default false, because a stack shows paths of the machine. */
  readonly stack?: boolean;
  /** Adds Kafka's hash of the key. Default false. */
  readonly keyHash?: boolean;
  /** Each text about the error is truncated to this many bytes. Default 1,024. */
  readonly maxHeaderBytes?: number;
  /** How long a dead letter may take from the topic sink to its topic. Default 10,000 ms. */
  readonly topicTimeoutMs?: number;
  /** How long the callback may take per letter. Default 10,000 ms. */
  readonly callbackTimeoutMs?: number;
  /**
   * `send` waits while the dead letters that no sink has taken yet reach this many bytes, or
   * 100,000 records. Default 32 MiB.
   */
  readonly maxHeldBytes?: number;
}

type Unresolved = 'topic' | 'file' | 'callback' | 'filter';

export type ResolvedDeadLetterQueueOptions = Required<Omit<DeadLetterQueueOptions, Unresolved>> & {
  readonly topic: TopicChoice | undefined;
  readonly file: Required<FileSinkOptions> | undefined;
  readonly callback: DeadLetterCallback | undefined;
  readonly filter: DeadLetterQueueOptions['filter'];
};

const sinkNames: readonly SinkName[] = ['topic', 'file', 'callback'];
const mebi = 1024 * 1024;
const longestMs = 24 * 60 * 60 * 1000;

/** Throws `INVALID_OPTIONS`, with all problems at once, when options are wrong. */
export function resolveOptions(options: DeadLetterQueueOptions): ResolvedDeadLetterQueueOptions {
  // Options that are not an object are refused below. Until then there is nothing to read from
  // them.
  const given: DeadLetterQueueOptions = anObject(options) === undefined ? options : {};
  const sinks = sinkNames.filter((name) => given[name] !== undefined && given[name] !== false);
  checkOptions(
    'deadLetterQueue',
    options,
    {
      topic: aTopic,
      file: (value) => (value === false ? undefined : anObject(value)),
      callback: aFunction,
      order: (value) =>
        Array.isArray(value) ? undefined : "must be a list of 'topic', 'file' and 'callback'",
      filter: aFunction,
      stack: aBoolean,
      keyHash: aBoolean,
      maxHeaderBytes: wholeNumberBetween(64, 64 * 1024, 'bytes'),
      topicTimeoutMs: numberBetween(1, longestMs, 'ms'),
      callbackTimeoutMs: numberBetween(1, longestMs, 'ms'),
      maxHeldBytes: wholeNumberBetween(1, Infinity, 'bytes'),
    },
    [
      sinks.length === 0
        ? "there is no sink: give topic, file or callback, such as deadLetterQueue({ topic: 'orders.dlq' })"
        : undefined,
      orderProblem(given.order, sinks),
      ...fileProblems(given.file),
    ],
  );
  const { topic, file, order = sinks } = options;
  return {
    topic: topic === false ? undefined : topic,
    file: file === undefined || file === false ? undefined : resolveFile(file),
    callback: options.callback,
    order,
    filter: options.filter,
    stack: options.stack ?? false,
    keyHash: options.keyHash ?? false,
    maxHeaderBytes: options.maxHeaderBytes ?? 1_024,
    topicTimeoutMs: options.topicTimeoutMs ?? 10_000,
    callbackTimeoutMs: options.callbackTimeoutMs ?? 10_000,
    maxHeldBytes: options.maxHeldBytes ?? 32 * mebi,
  };
}

const resolveFile = ({
  directory,
  maxBytes = 1024 * mebi,
  maxFileBytes = Math.min(64 * mebi, maxBytes),
}: FileSinkOptions): Required<FileSinkOptions> => ({ directory, maxBytes, maxFileBytes });

// Kafka's rule for topic names: org.apache.kafka.common.internals.Topic
const topicPart = /^[a-zA-Z0-9._-]{1,249}$/;
const illegalTopics: readonly unknown[] = ['.', '..'];

const aTopic: OptionCheck = (value) => {
  if (value === false || typeof value === 'function') return undefined;
  const text = anObject(value) === undefined ? suffixOf({ ...Object(value) } as object) : value;
  if (typeof text === 'string' && topicPart.test(text) && !illegalTopics.includes(value)) return undefined;
  return "must be the name of a topic, { suffix: '.dlq' } or a function; a name has 1 to 249 characters of a-z A-Z 0-9 . _ - and is neither . nor ..";
};

function suffixOf(value: object): unknown {
  const [entry, ...more] = Object.entries<unknown>({ ...value });
  return more.length === 0 && entry?.[0] === 'suffix' ? entry[1] : undefined;
}

function orderProblem(order: unknown, sinks: readonly SinkName[]): string | undefined {
  if (!Array.isArray(order)) return undefined;
  const named = new Set<unknown>(order);
  const areUnique = named.size === order.length && order.length === sinks.length;
  if (areUnique && sinks.every((sink) => named.has(sink))) return undefined;
  return `'order' must name each configured sink (${sinks.map((sink) => `'${sink}'`).join(', ')}) exactly once`;
}

function fileProblems(file: DeadLetterQueueOptions['file']): readonly string[] {
  if (file === undefined || file === false || anObject(file) !== undefined) return [];
  const { maxBytes, maxFileBytes } = file;
  return nestedProblems(
    'file',
    file,
    {
      directory: aString,
      maxFileBytes: wholeNumberBetween(4_096, Number.MAX_SAFE_INTEGER, 'bytes'),
      maxBytes: wholeNumberBetween(4_096, Number.MAX_SAFE_INTEGER, 'bytes'),
    },
    [
      file.directory === undefined
        ? "'directory' is missing: file: { directory: './dead-letters' }"
        : undefined,
      asNumber(maxFileBytes) > asNumber(maxBytes)
        ? `'maxFileBytes' (${maxFileBytes}) is above 'maxBytes' (${maxBytes})`
        : undefined,
    ],
  );
}

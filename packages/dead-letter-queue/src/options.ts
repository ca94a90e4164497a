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
  /** Of a local disk; it is made when it is not there. Several producers may share one. */
  readonly directory: string;
  /** A file that has reached this is closed, and another begun. Default 64 MiB. */
  readonly maxFileBytes?: number;
  /** Of all files in the directory together; beyond it the sink refuses: nothing is ever deleted. Default 1 GiB. */
  readonly maxBytes?: number;
}

export interface DeadLetterQueueOptions {
  /**
   * The topic sink: a topic; `{ suffix }`, appended to the record's own topic; or a function that names one, where `undefined` means
   * none for this record. Default: no such sink.
   */
  readonly topic?: TopicChoice | false;
  /** The file sink. Default: no such sink. */
  readonly file?: FileSinkOptions | false;
  /** The callback sink: a throw, a rejection and a timeout are refusals. Default: no such sink. */
  readonly callback?: DeadLetterCallback;
  /** Which sink is asked first, second, third. Default `['topic', 'file', 'callback']`. */
  readonly order?: readonly SinkName[];
  /**
   * False: this record goes up as it came. What throws counts as true. Records that the end of the producer ended (`CLOSED`,
   * `LEFT_IN_JOURNAL`) are not asked about: they always go up. Default: all are dead-lettered.
   */
  readonly filter?: (record: SerializedRecord, outcome: Failed | Unknown) => boolean;
  /** Add the stack of the error. Default false: it shows paths of the machine. */
  readonly stack?: boolean;
  /** Add Kafka's hash of the key. Default false. */
  readonly keyHash?: boolean;
  /** Each text about the error is cut to this many bytes. Default 1,024. */
  readonly maxHeaderBytes?: number;
  /** From when the topic sink is asked until the dead letter is in the topic. Default 10,000 ms. */
  readonly topicTimeoutMs?: number;
  /** How long the callback may take for one record. Default 10,000 ms. */
  readonly callbackTimeoutMs?: number;
  /** `send` waits while dead letters that no sink has taken yet hold this many bytes, or 100,000 records. Default 32 MiB. */
  readonly maxHeldBytes?: number;
}

type Given = 'topic' | 'file' | 'callback' | 'filter';

export type ResolvedDeadLetterQueueOptions = Required<Omit<DeadLetterQueueOptions, Given>> & {
  readonly topic: TopicChoice | undefined;
  readonly file: Required<FileSinkOptions> | undefined;
  readonly callback: DeadLetterCallback | undefined;
  readonly filter: DeadLetterQueueOptions['filter'];
};

const sinkNames: readonly SinkName[] = ['topic', 'file', 'callback'];
const mebi = 1024 * 1024;
const longestMs = 24 * 60 * 60 * 1000;

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
export function resolveOptions(options: DeadLetterQueueOptions): ResolvedDeadLetterQueueOptions {
  // What is no object is refused below; until then there is nothing to read from it.
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
        ? "no sink: give topic, file or callback, as deadLetterQueue({ topic: 'orders.dlq' })"
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

// Of topic names: https://kafka.apache.org/documentation/, org.apache.kafka.common.internals.Topic
const partOfTopic = /^[a-zA-Z0-9._-]{1,249}$/;
const noTopic: readonly unknown[] = ['.', '..'];

const aTopic: OptionCheck = (value) => {
  if (value === false || typeof value === 'function') return undefined;
  const text = anObject(value) === undefined ? suffixOf({ ...Object(value) } as object) : value;
  if (typeof text === 'string' && partOfTopic.test(text) && !noTopic.includes(value)) return undefined;
  return "must be a topic's name, { suffix: '.dlq' } or a function; names have 1 to 249 of a-z A-Z 0-9 . _ - and are not . or .. alone";
};

function suffixOf(value: object): unknown {
  const [entry, ...more] = Object.entries<unknown>({ ...value });
  return more.length === 0 && entry?.[0] === 'suffix' ? entry[1] : undefined;
}

function orderProblem(order: unknown, sinks: readonly SinkName[]): string | undefined {
  if (!Array.isArray(order)) return undefined;
  const named = new Set<unknown>(order);
  const isOnce = named.size === order.length && order.length === sinks.length;
  if (isOnce && sinks.every((sink) => named.has(sink))) return undefined;
  return `'order' must name each sink that is given (${sinks.map((sink) => `'${sink}'`).join(', ')}) once`;
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

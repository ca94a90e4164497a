import { consoleLoggerAt } from '../system/logger.js';
import { containedLogger } from '../kit/contained-env.js';
import { systemEnv } from '../system/env.js';
import { anObject, aSignal, aString, checkOptions, numberBetween } from '../kit/check-options.js';
import type { BaseEnv, EnvOverrides } from '../contract/env.js';

export interface ReadTopicOptions {
  /**
   * Maps partitions to the offsets to begin at. A partition that is not named, or no longer has
   * that offset, is read from its beginning.
   */
  readonly from?: Readonly<Record<number, number>>;
  /**
   * The time without any record, ms, after which the reader gives up. Default 30,000. The caller's
   * own time does not count.
   */
  readonly timeoutMs?: number;
  /** When it is aborted, the reader throws its reason. */
  readonly signal?: AbortSignal;
  readonly env?: EnvOverrides;
}

/** A request to read a topic, with its defaults filled in. */
export interface TopicRequest {
  readonly topic: string;
  /** The first offset, by partition. */
  readonly from: ReadonlyMap<number, number>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly env: BaseEnv;
}

const longestTimeoutMs = 2 ** 31 - 1;

/** Fills in the defaults. Throws `INVALID_OPTIONS` with all problems, `more` included. */
export function resolveReadTopic(
  topic: string,
  options: ReadTopicOptions,
  more: readonly string[] = [],
): TopicRequest {
  const wrongTopic = aString(topic);
  checkOptions(
    'readTopic',
    options,
    { from: anObject, timeoutMs: numberBetween(1, longestTimeoutMs, 'ms'), signal: aSignal, env: anObject },
    [wrongTopic && `the topic ${wrongTopic}`, ...fromProblems(options), ...more],
  );
  const { clock = systemEnv.clock, random = systemEnv.random, disk = systemEnv.disk } = options.env ?? {};
  const logger = containedLogger(options.env?.logger ?? consoleLoggerAt(clock));
  return {
    topic,
    from: new Map(
      Object.entries(options.from ?? {}).map(([partition, offset]) => [Number(partition), offset]),
    ),
    timeoutMs: options.timeoutMs ?? 30_000,
    signal: options.signal,
    env: {
      clock,
      random,
      disk,
      logger,
      events: { has: () => false, on: () => () => undefined, emit: () => undefined },
    },
  };
}

function fromProblems(options: ReadTopicOptions): string[] {
  if (anObject(options) !== undefined || anObject(options.from) !== undefined) return [];
  const { from } = options;
  return Object.entries(Object(from) as object).flatMap(([partition, offset]: [string, unknown]) => {
    if (!/^\d+$/.test(partition)) return [`'from' has partitions as names, not '${partition}'`];
    const isOffset = Number.isSafeInteger(offset) && Number(offset) >= 0;
    return isOffset ? [] : [`'from' of partition ${partition} must be an offset, a whole number from 0`];
  });
}

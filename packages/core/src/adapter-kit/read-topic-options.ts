import { consoleLoggerAt } from '../system/logger.js';
import { containedLogger } from '../kit/contained-env.js';
import { systemEnv } from '../system/env.js';
import { anObject, aSignal, aString, checkOptions, numberBetween } from '../kit/check-options.js';
import type { BaseEnv, EnvOverrides } from '../contract/env.js';

export interface ReadTopicOptions {
  /** Partition to the offset to begin at. A partition that is not named, or has lost that offset, is read from its beginning. */
  readonly from?: Readonly<Record<number, number>>;
  /** How long nothing may come, ms, before the reader gives up. Default 30,000. What the caller does meanwhile does not count. */
  readonly timeoutMs?: number;
  /** Aborted, the reader throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly env?: EnvOverrides;
}

/** What is to be read, options filled in. */
export interface TopicRequest {
  readonly topic: string;
  /** Partition to offset. */
  readonly from: ReadonlyMap<number, number>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly env: BaseEnv;
}

const longestTimeoutMs = 2 ** 31 - 1;

/** Fills in the defaults; refuses what is wrong with `INVALID_OPTIONS`, all at once, `more` problems included. */
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

import { replayLimitChecks, replayLimitsOf, type ReplayLimits } from '@holdfast/core/internal';
import {
  aBoolean,
  aFunction,
  anObject,
  aSignal,
  aString,
  checkOptions,
  nodeDisk,
  systemClock,
  type Clock,
  type Disk,
  type SerializedRecord,
} from '@holdfast/core/stage';
import type { DeadLetterReplayProgress } from './report.js';
import {
  sourceProblem,
  type DeadLetterSource,
  type StoredDeadLetter,
  type UnreadableLetter,
} from './source.js';

/**
 * Where letters are sent: a producer, or anything else that takes records and reports their
 * delivery.
 */
export interface DeadLetterReplayTarget {
  /**
   * Resolves when the record is delivered, and rejects when it is not. The record is bytes: a
   * producer does not apply its serializers.
   */
  send(record: SerializedRecord): Promise<unknown>;
}

export interface DeadLetterReplayOptions {
  /** Returns `false` for a letter that is not to be sent. Default: all are sent. */
  readonly filter?: (letter: StoredDeadLetter) => boolean;
  /** Maximum number of records per second. Default: as fast as the target takes them. */
  readonly rate?: number;
  /** Maximum number of records in flight. Default 1,000. */
  readonly maxInFlight?: number;
  /**
   * Sends no more when a letter was sent this many ms ago, and neither it nor a later one has been
   * delivered. The replay ends when the letters in flight have failed as well. Default 60,000 ms;
   * `Infinity` to continue whatever fails.
   */
  readonly stopAfterMs?: number;
  /** Sends letters that are noted as delivered, too. Default false. */
  readonly again?: boolean;
  /** Counts the letters that are due. Sends and writes nothing. Default false. */
  readonly dryRun?: boolean;
  /**
   * The file in which delivered letters are noted; `false` for none, so that the next replay sends
   * all letters again. Default: `replayed.ids` beside the files of dead letters. Required for a
   * topic.
   */
  readonly progress?: string | false;
  /** Called whenever a letter is settled or skipped. A throw ends the replay. */
  readonly onProgress?: (progress: DeadLetterReplayProgress) => void;
  /** Called for everything that is not a dead letter. */
  readonly onUnreadable?: (entry: UnreadableLetter) => void;
  /**
   * Ends the replay. It sends no more, and rejects with the reason of the signal once the letters
   * in flight are settled.
   */
  readonly signal?: AbortSignal;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: the local disk. */
  readonly disk?: Disk;
}

type WithDefault =
  | 'filter'
  | 'again'
  | 'dryRun'
  | 'progress'
  | 'onProgress'
  | 'onUnreadable'
  | 'signal'
  | 'clock'
  | 'disk';

export type ResolvedReplayOptions = ReplayLimits & Required<Pick<DeadLetterReplayOptions, WithDefault>>;

/**
 * Throws `INVALID_OPTIONS`, with all problems at once, when an argument of `replayDeadLetters` is
 * wrong.
 */
export function resolveReplayOptions(
  source: DeadLetterSource,
  target: DeadLetterReplayTarget,
  options: DeadLetterReplayOptions,
): ResolvedReplayOptions {
  const wrongSource = sourceProblem(source);
  const { progress = wrongSource === undefined ? source.progress : false } =
    anObject(options) === undefined ? options : {};
  checkOptions(
    'replayDeadLetters',
    options,
    {
      filter: aFunction,
      ...replayLimitChecks,
      again: aBoolean,
      dryRun: aBoolean,
      progress: (value) => (value === false ? undefined : aString(value)),
      onProgress: aFunction,
      onUnreadable: aFunction,
      signal: aSignal,
      clock: anObject,
      disk: anObject,
    },
    [
      wrongSource,
      anObject(target) === undefined && typeof target.send === 'function'
        ? undefined
        : 'the target must have a function send(record)',
      progress === undefined
        ? "'progress' is missing: give the path of a file in which delivered letters are noted, or false to send all again each time"
        : undefined,
    ],
  );
  return {
    ...replayLimitsOf(options),
    filter: options.filter ?? (() => true),
    again: options.again ?? false,
    dryRun: options.dryRun ?? false,
    progress: progress ?? false,
    onProgress: options.onProgress ?? (() => undefined),
    onUnreadable: options.onUnreadable ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
    clock: options.clock ?? systemClock,
    disk: options.disk ?? nodeDisk,
  };
}

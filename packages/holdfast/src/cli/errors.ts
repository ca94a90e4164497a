import { isError } from '@holdfast/core/stage';
import { ProducerError } from '@holdfast/core';
import { codeOf } from '@holdfast/core/internal';
import { messageOf } from './terminal/format.js';

/** The command line cannot be understood. Has all problems at once. The process exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/** The reason for which the signal of a run is aborted. */
export class Interrupted extends Error {
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`);
  }
}

/** `name`: the command that was given, if any. */
export const unknownCommand = (name: string | undefined, known: readonly string[]): UsageError =>
  new UsageError([`the commands are ${known.join(', ')}${name === undefined ? '' : `, not '${name}'`}`]);

/** What `parseArgs` of Node.js threw. */
export const wrongArguments = (error: unknown): UsageError =>
  new UsageError([isError(error) ? error.message : String(error)]);

/**
 * `expected`: what should be at the path, with its article. `found`: a sentence on what is there.
 */
export const wrongPath = (path: string, expected: string, found: string): UsageError =>
  new UsageError([`'${path}' is not ${expected}: ${found}`]);

export const outputExists = (path: string): UsageError =>
  new UsageError([`--output: '${path}' already exists; remove it, or name another file`]);

export const cannotWriteFile = (path: string, cause: unknown, remedy: string): ProducerError =>
  new ProducerError(
    'OUTPUT_FAILED',
    `'${path}' cannot be written (${codeOf(cause) ?? String(cause)}); ${remedy}`,
    { cause },
  );

export const cannotWriteStdout = (cause: Error): ProducerError =>
  new ProducerError(
    'OUTPUT_FAILED',
    `stdout cannot be written (${codeOf(cause) ?? cause.message}); redirect it to a place that has room`,
    { cause },
  );

/** `option`: the one that names the module. */
export const noModule = (option: string, path: string): UsageError =>
  new UsageError([`--${option}: there is no file '${path}'; give the path of an ES module (.mjs)`]);

/** `what` failed in the user's code, with `cause`. */
export const moduleFailed = (what: string, cause: unknown): ProducerError =>
  new ProducerError('MODULE_FAILED', `${what}: ${messageOf(cause)}${placeOf(cause)}`, { cause });

/** Node.js does not report the place of a syntax error. */
export const syntaxError = (what: string, path: string, cause: unknown): ProducerError =>
  new ProducerError(
    'MODULE_FAILED',
    `${what}: ${messageOf(cause)}${placeOf(cause)}; node --check '${path}' shows where`,
    { cause },
  );

/** Returns where an error was thrown, without the rest of the stack. */
function placeOf(error: unknown): string {
  const stack = isError(error) && !ProducerError.is(error) ? (error.stack ?? '') : '';
  const place = /file:\/\/[^\s)]+:\d+/.exec(stack)?.[0];
  return place === undefined ? '' : ` (at ${place})`;
}

/** `kind`: what the module exports instead. */
export const notAFunction = (path: string, kind: string): UsageError =>
  new UsageError([
    `--filter: the default export of '${path}' is not a function, but ${kind}; export one that returns true or false`,
  ]);

export const notABoolean = (path: string, kind: string): UsageError =>
  new UsageError([`--filter: the function of '${path}' must return true or false, and returned ${kind}`]);

export const notKeys = (path: string, keyBytes: number, kind: string): UsageError =>
  new UsageError([
    `--keys: the default export of '${path}' must be keys, [{ id, key }], each a string and ${keyBytes} bytes, and is ${kind}`,
  ]);

export const notAProducer = (path: string, kind: string): UsageError =>
  new UsageError([
    `--producer: the default export of '${path}' is not a producer, but ${kind}; export a Holdfast producer, a promise of one, or a function that creates one: export default () => createProducer({ adapter: … })`,
  ]);

export const noReadTopic = (path: string, topic: string, kind: string): UsageError =>
  new UsageError([
    `--producer: to read the topic '${topic}', '${path}' needs an export 'readTopic', which is ${kind}; add: export const readTopic = (topic, options) => adapter.readTopic(client, topic, options)`,
  ]);

export const notRecords = (path: string, kind: string): UsageError =>
  new UsageError([
    `--producer: 'readTopic' of '${path}' must return what the adapter's readTopic returns, and returned ${kind}`,
  ]);

/** `what`: `flushed` or `closed`. */
export const producerNotEnded = (path: string, what: string, cause: unknown): ProducerError =>
  new ProducerError(
    'PRODUCER_NOT_CLOSED',
    `the producer of '${path}' could not be ${what}: ${messageOf(cause)}; records reported as delivered are delivered`,
    { cause },
  );

/** A producer that has the same journal locks it against the replay. */
export const journalLocked = (directory: string, cause: ProducerError): ProducerError =>
  new ProducerError(
    cause.code,
    `${cause.message}; and --producer must not use journal({ directory: '${directory}' }) itself`,
    { cause },
  );

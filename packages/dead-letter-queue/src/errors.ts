import { ConfigurationError, ProducerError } from '@holdfast/core';
import { codeOf, describeExposed, remedyOf, type ExposedPath } from '@holdfast/core/internal';
import { isError } from '@holdfast/core/stage';

const stage = 'deadLetterQueue';

/**
 * Returns the code of an error of the disk or of Holdfast, or the error's name when it has no code.
 */
export const codeOrName = (error: unknown): string =>
  codeOf(error) ?? (isError(error) ? error.name : 'UNCLASSIFIED');

/** `path`: the directory of all exposed paths, or the only one of them. */
export const readableByOthers = (path: string, exposed: readonly ExposedPath[]): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_INSECURE',
    `others can read the dead letters on disk, and this process may not change the permissions: ${remedyOf(exposed, path)}`,
    { stage, problems: describeExposed(exposed) },
  );

export const notADirectory = (directory: string): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `'${directory}' is not a directory; give deadLetterQueue({ file: { directory } }) another path`,
    { stage },
  );

export const cannotOpen = (directory: string, cause: unknown): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `the directory '${directory}' for dead letters cannot be opened: ${codeOrName(cause)}; give one on a local disk that this process may write to`,
    { stage, cause },
  );

/** Internal to the file sink, whose refusal carries the code. */
export const full = (maxBytes: number): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FULL',
    `the files of dead letters have reached their ${maxBytes} bytes (maxBytes)`,
    { stage },
  );

/** Internal to the file sink, which tries another file first. */
export const takenAway = (path: string): ProducerError =>
  new ProducerError('DEAD_LETTERS_FAILED', `'${path}' was removed or truncated while it was written`, {
    stage,
  });

/** The user's function `topic` returned something other than a name or `undefined`. */
export const wrongTopicChoice = (): TypeError =>
  new TypeError('topic of deadLetterQueue must return a string or undefined');

/** Why a line of a file holds no dead letter. */
export class MalformedLine extends Error {}

export const notALetter = (): MalformedLine => new MalformedLine('it is not a dead letter');

export const wrongField = (field: string, expected: string): MalformedLine =>
  new MalformedLine(`its '${field}' is not ${expected}`);

export const nothingAt = (path: string): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `there is no file or directory '${path}'; give the directory of the file sink, or a file in it`,
  );

export const notALetterFile = (path: string, extension: string): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `'${path}' is not a file of dead letters: their names end in ${extension}`,
  );

export const notRecords = (): ProducerError =>
  new ConfigurationError(
    'INVALID_OPTIONS',
    "topicDeadLetters takes the records of a topic: topicDeadLetters(readTopic(client, 'orders.dlq'))",
  );

export const alreadyRead = (): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    "these records of a topic have been read before and cannot be read again: call topicDeadLetters(readTopic(client, 'orders.dlq')) anew",
  );

export const cannotOpenProgress = (path: string, cause: unknown): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `the progress of the replay cannot be noted in '${path}' (${codeOrName(cause)}); give 'progress' a path in a directory that this process may write to, or false for none`,
    { cause },
  );

export const cannotNoteProgress = (path: string, cause: unknown): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `the progress of the replay cannot be noted in '${path}' (${codeOrName(cause)}), so the replay has stopped; the next one sends some letters again`,
    { cause },
  );

/** Some other file would be truncated and appended to. */
export const notAProgressFile = (path: string, why: string): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `'${path}' is not the progress file of a replay: ${why}; give 'progress' another path`,
  );

export const noProgressDirectory = (directory: string): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `there is no directory '${directory}' to note the progress of the replay in; correct the path, or create the directory`,
  );

export const locked = (directory: string, holder: string): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_LOCKED',
    `'${directory}' is held by ${holder}: another replay notes its progress there, or a journal is there; wait until it ends, or give 'progress' a path in another directory`,
  );

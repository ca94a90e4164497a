import { ProducerError } from '@holdfast/core';
import { codeOf, describeExposed, remedyOf, type ExposedPath } from '@holdfast/core/internal';
import { isError } from '@holdfast/core/stage';

const stage = 'deadLetterQueue';

/** The code of an error of the disk, or of one of ours; else its name. */
export const nameOf = (error: unknown): string =>
  codeOf(error) ?? (isError(error) ? error.name : 'UNCLASSIFIED');

/** `path`: all of it is there, or it is that. */
export const readableByOthers = (path: string, exposed: readonly ExposedPath[]): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_INSECURE',
    `others can read what dead letters leave on disk, and this process may not change that: ${remedyOf(exposed, path)}`,
    { stage, problems: describeExposed(exposed) },
  );

export const noDirectory = (directory: string): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `'${directory}' is no directory; give deadLetterQueue({ file: { directory } }) another path`,
    { stage },
  );

export const cannotOpen = (directory: string, cause: unknown): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `the directory '${directory}' for dead letters cannot be opened: ${nameOf(cause)}; it needs a directory of a local disk that this process may write to`,
    { stage, cause },
  );

/** Of the file sink, to itself: it is told as a refusal. */
export const full = (maxBytes: number): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FULL',
    `the files of dead letters have reached their ${maxBytes} bytes (maxBytes)`,
    { stage },
  );

/** Of the file sink, to itself: another file is tried first. */
export const takenAway = (path: string): ProducerError =>
  new ProducerError('DEAD_LETTERS_FAILED', `somebody removed or cut '${path}' while it was written to`, {
    stage,
  });

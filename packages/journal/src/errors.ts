import { ProducerError } from '@holdfast/core';
import { codeOf, describeExposed, remedyOf, type ExposedPath } from '@holdfast/core/internal';

const stage = 'journal';

/** Returns the code of an error of the disk, or of the limit. */
export const stallCode = (cause: unknown): string => codeOf(cause) ?? String(cause);

/** Returns the message of our own errors, and of others only the code: they may quote a payload. */
export const messageOf = (error: unknown): string =>
  ProducerError.is(error) ? error.message : stallCode(error);

export const held = (directory: string, holder: string): ProducerError =>
  new ProducerError(
    'JOURNAL_LOCKED',
    `the journal in '${directory}' is held by ${holder}; give each process its own directory, or end that one`,
    { stage },
  );

export const readableByOthers = (directory: string, exposed: readonly ExposedPath[]): ProducerError =>
  new ProducerError(
    'JOURNAL_INSECURE',
    `others can read files with records, and this process may not change that: ${remedyOf(exposed, directory)}`,
    { stage, problems: describeExposed(exposed) },
  );

export const noDirectory = (path: string): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `'${path}' is not a directory; give journal({ directory }) another path`,
    {
      stage,
    },
  );

export const cannotOpen = (directory: string, cause: unknown): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `the journal in '${directory}' cannot be opened: ${stallCode(cause)}; it needs a directory on a local disk that this process may write to`,
    { stage, cause },
  );

export const cannotRead = (path: string, cause: unknown): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `'${path}' cannot be read: ${stallCode(cause)}; it must be a file that this process may read and write`,
    { stage, cause },
  );

export const laterVersion = (path: string, version: number): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `'${path}' was written by a later Holdfast (format ${version}); run that version, and let it deliver the whole journal before you go back`,
    { stage },
  );

/** `id` is that of the key that is needed, `known` those of the keys that were given. */
export const keyMissing = (path: string, id: string, known: readonly string[]): ProducerError =>
  new ProducerError(
    'JOURNAL_KEY',
    known.length === 0
      ? `'${path}' is encrypted with the key '${id}', and no key is given; give that one: journal({ encryption: { id: '${id}', key } }), or keys: [{ id: '${id}', key }] to inspect it. To end encryption, let the journal deliver all it has, and start one in another directory`
      : `'${path}' is encrypted with the key '${id}', and only ${known.map((one) => `'${one}'`).join(', ')} is given; add it to encryption.previousKeys of journal(), or to keys to inspect it`,
    { stage },
  );

export const keyWrong = (path: string, id: string): ProducerError =>
  new ProducerError(
    'JOURNAL_KEY',
    `'${path}' was encrypted with another key than the one given as '${id}'; give the right key under that id`,
    { stage },
  );

export const foreign = (path: string): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `'${path}' belongs to another journal than its neighbors; move it to a directory of its own`,
    { stage },
  );

/** `where` has one line per damaged place. */
export const corrupt = (directory: string, where: readonly string[]): ProducerError =>
  new ProducerError(
    'JOURNAL_CORRUPT',
    `the journal in '${directory}' is damaged: ${where.join('; ')}; start with corruption: 'salvage' to keep every whole frame`,
    { stage, problems: where },
  );

export const full = (maxBytes: number): ProducerError =>
  new ProducerError(
    'JOURNAL_FULL',
    `the journal has reached its ${maxBytes} bytes (maxBytes); records are rejected until Kafka has confirmed some`,
    { stage, retriable: true },
  );

const diskFailed = (cause: unknown): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `the journal's disk does not take records: ${stallCode(cause)}; the journal keeps trying`,
    { stage, retriable: true, cause },
  );

export const tooLarge = (bytes: number, most: number): ProducerError =>
  new ProducerError(
    'RECORD_TOO_LARGE',
    `the record has ${bytes} bytes, and the journal takes at most ${most}; raise maxBytes of journal()`,
    { stage, field: 'value' },
  );

/** `error` is core's, about a record that cannot be encoded. */
export const notWritten = (error: ProducerError): ProducerError =>
  new ProducerError(
    'INVALID_RECORD',
    `the journal cannot write the record, which was changed after the producer accepted it: ${error.message}`,
    { stage, field: error.field, cause: error.cause },
  );

export const takenAway = (): ProducerError =>
  new ProducerError(
    'INVALID_RECORD',
    'the memory of the record was transferred away before the journal had it on disk; keep it until send resolves',
    { stage, field: 'record' },
  );

export const leftInJournal = (): ProducerError =>
  new ProducerError(
    'LEFT_IN_JOURNAL',
    'the producer closed before Kafka confirmed the record; it is in the journal, and the next start sends it: do not send it again',
    { stage },
  );

export const closed = (): ProducerError =>
  new ProducerError('CLOSED', 'the journal is closed; it takes no more records', { stage });

/** Records were delivered, and the journal could not note that. */
export const notNoted = (directory: string, records: number): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `${records} records were delivered, and the disk of the journal in '${directory}' did not store the note of it: the next start, or replay, sends some of them again`,
    { stage },
  );

/** Turns any error but our own and the signal's reason into one that names the directory. */
export const asJournalError = (directory: string, error: unknown, signal?: AbortSignal): unknown =>
  ProducerError.is(error) || (signal?.aborted === true && error === signal.reason)
    ? error
    : cannotOpen(directory, error);

export const expired = (): ProducerError =>
  new ProducerError(
    'DELIVERY_TIMEOUT',
    'not delivered within deliveryTimeoutMs: the record was still waiting in the journal, behind others that Kafka had not confirmed',
    { stage, retriable: true },
  );

export const isInvalid = (error: unknown): error is ProducerError =>
  ProducerError.is(error) && error.code === 'INVALID_RECORD';

export const isFull = (error: unknown): boolean => ProducerError.is(error) && error.code === 'JOURNAL_FULL';

/**
 * Returns whether the error concerns one file, or what has its name, and not the disk or this
 * process.
 */
export const isOfFile = (error: unknown): boolean =>
  ['EIO', 'EUCLEAN', 'EBADMSG', 'EISDIR', 'ENOENT', 'ELOOP', 'ENXIO'].includes(codeOf(error) ?? '');

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** Returns whether the disk, or the user's quota, is full. */
export const isNoSpace = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(stallCode(error));

/** Returns the error of a record that is rejected while the disk takes none. */
export const refusedBy = (cause: unknown): ProducerError =>
  isFull(cause) && ProducerError.is(cause) ? cause : diskFailed(cause);

/** A file of the journal was removed by somebody else while it was written to. */
export const wasDeleted = (path: string): Error =>
  Object.assign(new Error(`ENOENT: '${path}' was deleted while it was in use`), { code: 'ENOENT' });

/** The system lost bytes that it could not write. */
export const lostWrites = (path: string): Error =>
  Object.assign(new Error(`EIO: the system lost what it could not write to '${path}'`), { code: 'EIO' });

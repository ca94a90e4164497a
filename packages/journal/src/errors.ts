import { ProducerError } from '@holdfast/core';
import { codeOf, describeExposed, remedyOf, type ExposedPath } from '@holdfast/core/internal';

const stage = 'journal';

/** Of what the disk, or the limit, answered. */
export const stallCode = (cause: unknown): string => codeOf(cause) ?? String(cause);

/** Of an error of ours; of another no more than its code: it may quote a payload. */
export const messageOf = (error: unknown): string =>
  ProducerError.is(error) ? error.message : stallCode(error);

export const held = (directory: string, holder: string): ProducerError =>
  new ProducerError(
    'JOURNAL_LOCKED',
    `the journal in '${directory}' is held by ${holder}; give each process a directory of its own, or end that one`,
    { stage },
  );

export const readableByOthers = (directory: string, exposed: readonly ExposedPath[]): ProducerError =>
  new ProducerError(
    'JOURNAL_INSECURE',
    `others can read what holds records, and this process may not change that: ${remedyOf(exposed, directory)}`,
    { stage, problems: describeExposed(exposed) },
  );

export const noDirectory = (path: string): ProducerError =>
  new ProducerError('JOURNAL_FAILED', `'${path}' is no directory; give journal({ directory }) another path`, {
    stage,
  });

export const cannotOpen = (directory: string, cause: unknown): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `the journal in '${directory}' cannot be opened: ${stallCode(cause)}; it needs a directory of a local disk that this process may write to`,
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
    `'${path}' was written by a later Holdfast (format ${version}); start that version, and let it empty the journal before you go back`,
    { stage },
  );

/** `id`: of the key that is needed; `known`: of those that were given. */
export const keyMissing = (path: string, id: string, known: readonly string[]): ProducerError =>
  new ProducerError(
    'JOURNAL_KEY',
    known.length === 0
      ? `'${path}' is encrypted with the key '${id}', and no key is given; give that one: journal({ encryption: { id: '${id}', key } }), or keys: [{ id: '${id}', key }] to look into it. To end encryption, let the journal deliver all it has, and begin one in another directory`
      : `'${path}' is encrypted with the key '${id}', and only ${known.map((one) => `'${one}'`).join(', ')} is given; add it to encryption.previousKeys of journal(), or to keys to look into it`,
    { stage },
  );

export const keyWrong = (path: string, id: string): ProducerError =>
  new ProducerError(
    'JOURNAL_KEY',
    `the key '${id}' is not the one that '${path}' was encrypted with; give the right key under that id`,
    { stage },
  );

export const foreign = (path: string): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `'${path}' belongs to another journal than its neighbours; move it to a directory of its own`,
    { stage },
  );

/** `where`: each place, as a line. */
export const corrupt = (directory: string, where: readonly string[]): ProducerError =>
  new ProducerError(
    'JOURNAL_CORRUPT',
    `the journal in '${directory}' is damaged: ${where.join('; ')}; start with corruption: 'salvage' to keep what is whole`,
    { stage, problems: where },
  );

export const full = (maxBytes: number): ProducerError =>
  new ProducerError(
    'JOURNAL_FULL',
    `the journal has reached its ${maxBytes} bytes (maxBytes); records are refused until Kafka has taken some`,
    { stage, retriable: true },
  );

export const diskFailed = (cause: unknown): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `the journal's disk does not take records: ${stallCode(cause)}; the journal tries again by itself`,
    { stage, retriable: true, cause },
  );

export const tooLarge = (bytes: number, most: number): ProducerError =>
  new ProducerError(
    'RECORD_TOO_LARGE',
    `the record has ${bytes} bytes, and the journal takes ${most} at most; raise maxBytes of journal()`,
    { stage, field: 'value' },
  );

/** `error`: core's, of a record that cannot be encoded. */
export const notWritten = (error: ProducerError): ProducerError =>
  new ProducerError(
    'INVALID_RECORD',
    `the journal cannot write the record, which was changed after the producer took it: ${error.message}`,
    { stage, field: error.field, cause: error.cause },
  );

export const takenAway = (): ProducerError =>
  new ProducerError(
    'INVALID_RECORD',
    'the memory of the record was transferred away before the journal had it on disk; leave it alone until send answers',
    { stage, field: 'record' },
  );

export const leftInJournal = (): ProducerError =>
  new ProducerError(
    'LEFT_IN_JOURNAL',
    'the producer closed before Kafka confirmed the record; it is in the journal, and the next start sends it: do not send it again',
    { stage },
  );

export const closed = (): ProducerError =>
  new ProducerError('CLOSED', 'the journal is closed; records are refused', { stage });

/** Records were delivered, and the journal could not take a note of it. */
export const notNoted = (directory: string, records: number): ProducerError =>
  new ProducerError(
    'JOURNAL_FAILED',
    `${records} records were delivered, and the disk of the journal in '${directory}' did not take the note: the next start, or replay, sends some of them again`,
    { stage },
  );

/** What is not ours already, nor the signal's reason, becomes an error that names the directory. */
export const asJournalError = (directory: string, error: unknown, signal?: AbortSignal): unknown =>
  ProducerError.is(error) || (signal?.aborted === true && error === signal.reason)
    ? error
    : cannotOpen(directory, error);

export const expired = (): ProducerError =>
  new ProducerError(
    'DELIVERY_TIMEOUT',
    'not delivered within deliveryTimeoutMs: the record was still waiting in the journal, behind others that Kafka had not taken',
    { stage, retriable: true },
  );

export const isInvalid = (error: unknown): error is ProducerError =>
  ProducerError.is(error) && error.code === 'INVALID_RECORD';

export const isFull = (error: unknown): boolean => ProducerError.is(error) && error.code === 'JOURNAL_FULL';

/** It is one file, or what stands under its name, that is wrong, and not the disk or this process. */
export const isOfFile = (error: unknown): boolean =>
  ['EIO', 'EUCLEAN', 'EBADMSG', 'EISDIR', 'ENOENT', 'ELOOP', 'ENXIO'].includes(codeOf(error) ?? '');

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** The disk, or the user's share of it, is full. */
export const isNoSpace = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(stallCode(error));

/** What a record is refused with while the disk takes none. */
export const refusedBy = (cause: unknown): ProducerError =>
  isFull(cause) && ProducerError.is(cause) ? cause : diskFailed(cause);

/** A file of the journal was removed by somebody else while it was written to. */
export const wasDeleted = (path: string): Error =>
  Object.assign(new Error(`ENOENT: '${path}' was deleted while it was in use`), { code: 'ENOENT' });

/** The system dropped bytes that it could not write. */
export const lostWrites = (path: string): Error =>
  Object.assign(new Error(`EIO: the system lost what it could not write to '${path}'`), { code: 'EIO' });

import { ProducerError } from '../contract/error.js';

// The errors of records that the dispatcher settles, and of the producer's own methods.

export const closed = (): ProducerError =>
  new ProducerError('CLOSED', 'the producer is closed; make a new one with createProducer');

export const noRoomNow = (): ProducerError =>
  new ProducerError(
    'BUFFER_FULL',
    'there is no room in the chain and fireAndForget does not wait; use send, or wait for producer.ready()',
    { retriable: true },
  );

/** `limit`: the option and its value. */
export const expired = (limit: string): ProducerError =>
  new ProducerError(
    'DELIVERY_TIMEOUT',
    `no room in the chain within ${limit}: records come faster than Kafka takes them`,
    { retriable: true },
  );

export const blocked = (limit: string): ProducerError =>
  new ProducerError(
    'BLOCK_TIMEOUT',
    `no room in the chain within ${limit}: records come faster than Kafka takes them`,
    { retriable: true },
  );

export const serializerTooSlow = (limit: string): ProducerError =>
  new ProducerError('SERIALIZER_FAILED', `a serializer gave no answer within ${limit}`, { retriable: true });

export const neverSettled = (): ProducerError =>
  new ProducerError('CLOSE_TIMEOUT', 'the producer was closed and no stage settled this record in time');

export const asProducerError = (error: unknown): ProducerError =>
  ProducerError.is(error)
    ? error
    : new ProducerError('SERIALIZER_FAILED', "a serializer failed; 'cause' has its error", { cause: error });

/** How many records were not in Kafka, or not certainly, when the producer closed. */
export interface CloseResult {
  /** Ended as `failed` during the close: certainly not in Kafka. */
  readonly failed: number;
  /** Ended as `unknown` during the close: perhaps in Kafka. */
  readonly unknown: number;
  /**
   * Kept by a stage that has accepted them, a journal for instance: its next start resumes them.
   */
  readonly kept: number;
}

/** What `flush` rejects with: `FLUSH_TIMEOUT`, or `FLUSH_FAILED` when stages failed to flush. */
export class FlushError extends ProducerError {
  override readonly name: string = 'FlushError';
  declare readonly code: 'FLUSH_TIMEOUT' | 'FLUSH_FAILED';

  constructor(
    code: 'FLUSH_TIMEOUT' | 'FLUSH_FAILED',
    message: string,
    /** One for each stage that failed; none for `FLUSH_TIMEOUT`. */
    readonly errors: readonly Error[],
  ) {
    super(code, message, { retriable: code === 'FLUSH_TIMEOUT' });
  }
}

/** What `close` rejects with (`CLOSE_FAILED`) when stages failed to close. */
export class CloseError extends ProducerError {
  override readonly name: string = 'CloseError';
  declare readonly code: 'CLOSE_FAILED';

  constructor(
    message: string,
    /** One for each stage that failed. */
    readonly errors: readonly Error[],
    /** What became of the records all the same. */
    readonly result: CloseResult,
  ) {
    super('CLOSE_FAILED', message);
  }
}

export const flushTimeout = (held: number, timeoutMs: number): FlushError =>
  new FlushError('FLUSH_TIMEOUT', `${held} records have no outcome after ${timeoutMs} ms; they go on`, []);

export const flushFailed = (errors: readonly Error[]): FlushError =>
  new FlushError('FLUSH_FAILED', `flushing failed${placesOf(errors)}`, errors);

export const closeFailed = (errors: readonly Error[], result: CloseResult): CloseError =>
  new CloseError(`closing failed${placesOf(errors)}`, errors, result);

const placesOf = (errors: readonly Error[]): string =>
  ` in ${errors.length} ${errors.length === 1 ? 'place' : 'places'}: ${errors.map(({ message }) => message).join('; ')}`;

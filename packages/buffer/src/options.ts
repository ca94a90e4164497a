import { checkOptions, numberBetween, oneOf, wholeNumberBetween } from '@holdfast/core/stage';

export type Overflow = 'block' | 'reject' | 'drop-oldest' | 'drop-newest';

export interface BufferOptions {
  /** The most records in one batch. Default 1,000. */
  readonly maxBatchRecords?: number;
  /**
   * The most bytes (keys, values, headers) in one batch; a larger record is sent alone. Default 1
   * MiB.
   */
  readonly maxBatchBytes?: number;
  /** How long a batch that is not full waits for more records. Default 0: it does not wait. */
  readonly lingerMs?: number;
  /**
   * The most batches on their way to Kafka without any answer; beyond, the next one waits. Default
   * 5.
   */
  readonly maxInFlight?: number;
  /**
   * The most records of one topic in flight, including those that retry holds. Default 10 full
   * batches. Records that are stuck while others of their topic get through do not count, until all
   * topics together have 10 times as many in flight.
   */
  readonly maxInFlightRecords?: number;
  /** The most records waiting and in flight. Default 1,000,000. */
  readonly maxRecords?: number;
  /** The most bytes (keys, values, headers) waiting and in flight. Default 64 MiB. */
  readonly maxBytes?: number;
  /** What happens to a record that finds no room. Default `'block'`. */
  readonly overflow?: Overflow;
}

export type ResolvedBufferOptions = Required<BufferOptions>;

const mebibyte = 1024 * 1024;

/**
 * Checks the options and applies the defaults. Throws `INVALID_OPTIONS` with all problems at once.
 */
export function resolveOptions(options: BufferOptions): ResolvedBufferOptions {
  checkOptions('buffer', options, {
    maxBatchRecords: wholeNumberBetween(1, 1_000_000),
    maxBatchBytes: wholeNumberBetween(1, 1024 * mebibyte, 'bytes'),
    lingerMs: numberBetween(0, 60_000, 'ms'),
    maxInFlight: wholeNumberBetween(1, 10_000),
    maxInFlightRecords: wholeNumberBetween(1, Infinity),
    maxRecords: wholeNumberBetween(1, Infinity),
    maxBytes: wholeNumberBetween(1, Infinity, 'bytes'),
    overflow: oneOf('block', 'reject', 'drop-oldest', 'drop-newest'),
  });
  const maxBatchRecords = options.maxBatchRecords ?? 1_000;
  return {
    maxBatchRecords,
    maxBatchBytes: options.maxBatchBytes ?? mebibyte,
    lingerMs: options.lingerMs ?? 0,
    maxInFlight: options.maxInFlight ?? 5,
    maxInFlightRecords: options.maxInFlightRecords ?? 10 * maxBatchRecords,
    maxRecords: options.maxRecords ?? 1_000_000,
    maxBytes: options.maxBytes ?? 64 * mebibyte,
    overflow: options.overflow ?? 'block',
  };
}

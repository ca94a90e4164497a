import { checkOptions, numberBetween, oneOf, wholeNumberBetween } from '@holdfast/core/stage';

export type Overflow = 'block' | 'reject' | 'drop-oldest' | 'drop-newest';

export interface BufferOptions {
  /** Records in one batch handed down. Default 1,000. */
  readonly maxBatchRecords?: number;
  /** Bytes (key, value, headers) in one batch; a larger record goes alone. Default 1 MiB. */
  readonly maxBatchBytes?: number;
  /** How long a batch that is not full waits for more. Default 0: what is there goes. */
  readonly lingerMs?: number;
  /** Batches on their way to Kafka without any answer before the next one waits. Default 5. */
  readonly maxInFlight?: number;
  /**
   * Records of one topic handed down and not settled yet, those that retry holds included. Default 10 full batches. What is
   * stuck while others of its topic get through does not count, until all topics together have 10 times as many below.
   */
  readonly maxInFlightRecords?: number;
  /** Records waiting and in flight. Default 1,000,000. */
  readonly maxRecords?: number;
  /** Bytes (key, value, headers) waiting and in flight. Default 64 MiB. */
  readonly maxBytes?: number;
  /** What happens to a record that finds no room. Default `'block'`. */
  readonly overflow?: Overflow;
}

export type ResolvedBufferOptions = Required<BufferOptions>;

const mebibyte = 1024 * 1024;

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
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

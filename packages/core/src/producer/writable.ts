import { Writable } from 'node:stream';
import { aFunction, checkOptions, wholeNumberBetween } from '../kit/check-options.js';
import type { SendCallback } from './completion.js';
import type { ProducerError } from '../contract/error.js';
import type { Bytes, GivenRecord } from '../contract/record.js';

export interface WritableOptions<K = Bytes, V = Bytes> {
  /** Records in flight at once before `write` returns false. Default 1,000. */
  readonly highWaterMark?: number;
  /**
   * Called for each record that was not delivered; the stream goes on. Without it the first such
   * error destroys the stream, so that `pipeline` rejects.
   */
  readonly onError?: (error: ProducerError, record: GivenRecord<K, V>) => void;
}

/**
 * Returns an object-mode Writable over `send`: `write` returns false while `highWaterMark` records
 * are in flight, and `finish` follows the last outcome.
 */
export function writableOver<K, V>(
  send: (record: GivenRecord<K, V>, done: SendCallback) => void,
  options: WritableOptions<K, V>,
): Writable {
  checkOptions('writable', options, {
    highWaterMark: wholeNumberBetween(1, 2 ** 31 - 1),
    onError: aFunction,
  });
  const { highWaterMark = 1_000, onError } = options;
  let onTheirWay = 0;
  let afterOne: ((error?: Error | null) => void) | undefined;
  let atTheEnd: ((error?: Error | null) => void) | undefined;

  // Returns what `onError` returns, so that its promise is watched like that of any callback.
  const settled = (record: GivenRecord<K, V>, error: ProducerError | null): unknown => {
    onTheirWay--;
    try {
      if (error !== null && onError === undefined) stream.destroy(error);
      else if (error !== null) return onError?.(error, record);
      return undefined;
    } finally {
      const next = afterOne;
      afterOne = undefined;
      next?.();
      if (onTheirWay === 0) atTheEnd?.();
    }
  };

  const stream = new Writable({
    objectMode: true,
    // Records in flight are counted here; these few wait in Node's own queue before `write`.
    highWaterMark: Math.min(16, highWaterMark),
    write(record: GivenRecord<K, V>, _encoding, done) {
      onTheirWay++;
      if (onTheirWay < highWaterMark) done();
      else afterOne = done;
      send(record, (error) => settled(record, error));
    },
    final(done) {
      if (onTheirWay === 0) done();
      else atTheEnd = done;
    },
  });
  return stream;
}

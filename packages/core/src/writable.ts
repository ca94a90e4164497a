import { Writable } from 'node:stream';
import type { SendCallback } from './completion.js';
import type { ProducerRecord } from './record.js';

export interface WritableOptions {
  /** Records that may be on their way at once before `write` answers false. Default 1,000. */
  readonly highWaterMark?: number;
  /**
   * Hears of each record that was not delivered, and the stream goes on. Without it the first such error destroys the
   * stream, so that `pipeline` rejects.
   */
  readonly onError?: (error: Error, record: unknown) => void;
}

/**
 * An object-mode Writable over `send`: `write` answers false while `highWaterMark` records are on their way, and `finish`
 * comes when every record has its outcome.
 */
export function writableOver<K, V>(
  send: (record: ProducerRecord<K, V>, done: SendCallback) => void,
  { highWaterMark = 1_000, onError }: WritableOptions,
): Writable {
  let onTheirWay = 0;
  let afterOne: ((error?: Error | null) => void) | undefined;
  let atTheEnd: ((error?: Error | null) => void) | undefined;

  const settled = (record: unknown, error: Error | null): void => {
    onTheirWay--;
    if (error !== null && onError === undefined) stream.destroy(error);
    else if (error !== null) onError?.(error, record);
    const next = afterOne;
    afterOne = undefined;
    next?.();
    if (onTheirWay === 0) atTheEnd?.();
  };

  const stream = new Writable({
    objectMode: true,
    // Those on their way are counted here; these few wait in Node's own queue before `write`.
    highWaterMark: 16,
    write(record: ProducerRecord<K, V>, _encoding, done) {
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

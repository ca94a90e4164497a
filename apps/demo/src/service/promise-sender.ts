import type { StreamRecord } from '../records.js';
import type { Hear, Sender, SenderSettings } from './sender.js';

/** Returns one promise per record; several records may share one. */
type Send = (records: readonly StreamRecord[]) => readonly Promise<unknown>[];

/**
 * A plain client in each of the ways, built on promises. Synchronous: the caller waits for the
 * promise. Asynchronous: the callback is a `then`. Fire-and-forget: the promise only has the
 * `catch` without which a rejection ends the process.
 */
export function promiseSender(
  { way }: Pick<SenderSettings, 'way'>,
  send: Send,
  close: () => Promise<unknown>,
): Sender {
  let onTheirWay = 0;
  const ended = (answer: Promise<unknown>, heard: (error?: unknown) => void): void => {
    onTheirWay++;
    const end = (error?: unknown): void => {
      onTheirWay--;
      heard(error);
    };
    answer.then(
      () => end(),
      (error: unknown) => end(error ?? new Error('rejected without a reason')),
    );
  };
  return {
    hand(records, hear: Hear) {
      for (const [at, answer] of send(records).entries()) {
        ended(answer, way === 'fire-and-forget' ? () => undefined : (error) => hear(at, error));
      }
    },
    onTheirWay: () => onTheirWay,
    close,
  };
}

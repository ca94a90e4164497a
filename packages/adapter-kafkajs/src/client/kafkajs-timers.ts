import { afterSilence, within, type Clock } from '@holdfast/core/stage';

/** kafkajs's `RequestQueue`: what it has written and what waits to be written. */
interface TimedQueue {
  enforceRequestTimeout: boolean;
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

export interface TimedConnection {
  readonly requestQueue: TimedQueue;
  readonly requestTimeout: number;
  connectionTimeout: number;
  connect(): Promise<unknown>;
}

/** What `setTimeout` takes at most. */
const neverMs = 2 ** 31 - 1;

/**
 * Takes kafkajs's timers out of one connection. They judge before the socket is read, by a clock
 * that is not the chain's; ten times a second they look at nothing, and one that is meant for
 * throttled requests is set again each millisecond for ever. Answers with the most that kafkajs
 * would have waited for an answer, ms: whoever asks has to see to it now.
 */
export function takeOverTimers(connection: TimedConnection, clock: Clock): number {
  const { requestQueue, requestTimeout, connectionTimeout } = connection;
  const limitMs = requestQueue.enforceRequestTimeout ? requestTimeout : Infinity;
  requestQueue.enforceRequestTimeout = false;
  const schedule = requestQueue.scheduleCheckPendingRequests.bind(requestQueue);
  requestQueue.scheduleCheckPendingRequests = () => {
    if (requestQueue.pending.length > 0) schedule();
  };
  const connect = connection.connect.bind(connection);
  connection.connectionTimeout = neverMs;
  connection.connect = () => inTime(connect(), connectionTimeout, clock);
  return limitMs;
}

/** Rejects, with what `error` makes, when `work` is not done in `ms`. */
export function inTime<T>(
  work: Promise<T>,
  ms: number,
  clock: Clock,
  error = () => new Error(`no answer within ${ms} ms`),
): Promise<T> {
  const late = (): never => {
    throw error();
  };
  return within(work, clock.now() + ms, clock, late, afterSilence);
}

import { afterSilence, within, type Clock } from '@holdfast/core/stage';

/** kafkajs's `RequestQueue`: requests that it has written, and `pending` ones. */
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

/** The longest delay of `setTimeout`. */
const neverMs = 2 ** 31 - 1;

/**
 * Disables kafkajs's timers on one connection. They judge before the socket is read, by a clock
 * that is not the chain's. Ten times per second they look at nothing, and one that is meant for
 * throttled requests is set again each millisecond for ever. Returns kafkajs's limit on the wait
 * for a response, ms: the caller has to enforce it now.
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

/** Settles as `work` does, or rejects with `error()` when that is not done within `ms`. */
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

import type { Clock } from '@holdfast/core/stage';
import { codecTimedOut, tooLarge, unreadableResponse } from '../errors.js';
import { inTime } from './kafkajs-timers.js';
import { largestRequestBytes } from '../options.js';
import type { Frame } from '../wire/frame.js';
import { compressed, encode, plan, type ProduceRequestData } from '../wire/encode-produce.js';
import { decodeProduceResponse, type ProduceResponse } from '../wire/decode-produce.js';
import { produceVersion, type VersionRange } from '../wire/versions.js';

/** The part of kafkajs's `Connection` that a request of this package's own needs. */
export interface ExchangeConnection {
  readonly clientId: string;
  readonly sasl?: unknown;
  readonly socket?:
    | { readonly writable: boolean; write(bytes: Buffer, written: (error?: Error | null) => void): unknown }
    | undefined;
  readonly requestQueue: {
    push(request: QueuedRequest): void;
    maybeThrottle(ms: number): void;
  };
  isConnected(): boolean;
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  nextCorrelationId(): number;
}

/** An item of kafkajs's `RequestQueue`. */
interface QueuedRequest {
  readonly entry: {
    readonly apiKey: number;
    readonly apiName: string;
    readonly apiVersion: number;
    readonly correlationId: number;
    resolve(answer: { readonly payload: Buffer | null }): void;
    reject(error: Error): void;
  };
  readonly expectResponse: boolean;
  readonly requestTimeout: null;
  sendRequest(): void;
}

export interface Exchange {
  /** Returns the request. Called right before it is encoded. */
  readonly request: () => ProduceRequestData;
  /**
   * Called when all of it is encoded and none of it is written. If it throws, the request is not
   * sent.
   */
  readonly onEncoded: () => void;
}

/** A codec's share of the replicas' time. The connection is not to blame when it is exceeded. */
const codecShare = 0.5;

/**
 * Sends a produce request over kafkajs's connection and through its queue, but bypasses its
 * encoder, which copies each byte several times. `undefined`: with `acks: 0` there is no response.
 */
export async function produce(
  connection: ExchangeConnection,
  versions: VersionRange | undefined,
  { request, onEncoded }: Exchange,
  clock: Clock,
): Promise<ProduceResponse | undefined> {
  const apiVersion = produceVersion(versions);
  if (hasToLogIn(connection)) await connection.authenticate();
  let planned = plan(request());
  const { codec, acks, timeoutMs } = planned.request;
  if (codec !== undefined) {
    const limitMs = timeoutMs * codecShare;
    planned = await inTime(compressed(planned, codec), limitMs, clock, () => codecTimedOut(limitMs));
    // A request in the middle of a login, which may have begun meanwhile, would end the connection.
    if (hasToLogIn(connection)) await connection.authenticate();
  }
  if (!isOpen(connection)) throw notConnected();
  const { clientId } = connection;
  const correlationId = connection.nextCorrelationId();
  const frame = encode(planned, { version: apiVersion, correlationId, clientId });
  try {
    const { length } = frame.bytes;
    if (length > largestRequestBytes) throw tooLarge('the request', length, largestRequestBytes);
    onEncoded();
  } catch (error) {
    frame.release();
    throw error;
  }
  const payload = await answerTo(frame, connection, {
    apiVersion,
    correlationId,
    expectResponse: acks !== 0,
  });
  if (payload === null) return undefined;
  const answer = decoded(payload, apiVersion);
  // Up to version 5 the broker itself waits before it responds (KIP-219).
  if (apiVersion >= 6) connection.requestQueue.maybeThrottle(answer.throttleMs);
  return answer;
}

const hasToLogIn = (connection: ExchangeConnection): boolean =>
  Boolean(connection.sasl) && !connection.isAuthenticated();

function decoded(payload: Buffer, apiVersion: number): ProduceResponse {
  try {
    return decodeProduceResponse(payload, apiVersion);
  } catch (cause) {
    throw unreadableResponse(apiVersion, cause);
  }
}

/** kafkajs takes a connection that is being ended for connected. */
export const isOpen = (connection: ExchangeConnection): boolean =>
  connection.isConnected() && connection.socket?.writable === true;

interface Numbers {
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly expectResponse: boolean;
}

function answerTo(
  frame: Frame,
  connection: ExchangeConnection,
  { apiVersion, correlationId, expectResponse }: Numbers,
): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    let written = false;
    const fail = (error: Error): void => {
      if (!written) frame.release();
      reject(error);
    };
    connection.requestQueue.push({
      entry: {
        apiKey: 0,
        apiName: 'Produce',
        apiVersion,
        correlationId,
        resolve: ({ payload }) => resolve(payload),
        reject: fail,
      },
      expectResponse,
      requestTimeout: null,
      sendRequest() {
        const { socket } = connection;
        if (socket === undefined) return fail(notConnected());
        written = true;
        // The callback is always called, with an error when the connection ends first.
        socket.write(frame.bytes, () => frame.release());
      },
    });
  });
}

/** Returns the error that kafkajs would throw. Nothing was written. */
function notConnected(): Error {
  const error = new Error('not connected');
  error.name = 'KafkaJSConnectionError';
  return error;
}

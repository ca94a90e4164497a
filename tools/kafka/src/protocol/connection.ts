import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Reader, Writer } from './codec.js';

/**
 * The address of a broker. With `tls`, the client presents the certificate `cert` and trusts only
 * `ca`.
 */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string };
}

/**
 * One request: the numbers of https://kafka.apache.org/protocol#protocol_api_keys and its encoded
 * body.
 */
export interface Request {
  readonly api: string;
  readonly key: number;
  readonly version: number;
  readonly body: Buffer;
}

const CLIENT_ID = 'holdfast-launcher';
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** Returns the request as it goes over the wire: length, header version 1, body. */
export function frame(request: Request, correlationId: number): Buffer {
  const head = new Writer().int16(request.key).int16(request.version).int32(correlationId).string(CLIENT_ID);
  const message = Buffer.concat([head.bytes(), request.body]);
  return Buffer.concat([new Writer().int32(message.length).bytes(), message]);
}

/**
 * Sends one request over a connection of its own. Resolves with the response's body; rejects when
 * the broker refuses the connection, closes it, or has not answered after `timeoutMs`. Not
 * kafkajs's `Admin`: that throws away a topic's metadata when one of its partitions has no leader,
 * and refreshes the metadata of all topics before it creates one.
 */
export function call(endpoint: Endpoint, request: Request, timeoutMs: number): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const where = `${request.api} to ${endpoint.host}:${endpoint.port}`;
    const socket = open(endpoint);
    const chunks: Buffer[] = [];
    let received = 0;
    const end = (error: Error | undefined, reader?: Reader): void => {
      clearTimeout(timer);
      socket.destroy();
      if (reader !== undefined) resolve(reader);
      else reject(new Error(`${where}: ${error?.message ?? 'failed'}`, { cause: error }));
    };
    const timer = setTimeout(() => end(new Error(`no answer after ${timeoutMs} ms`)), timeoutMs);
    socket.on('error', (error) => end(error));
    socket.on('close', () => end(new Error('the broker closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received < 4) return;
      const size = peekInt32(chunks);
      if (size < 4 || size > MAX_RESPONSE_BYTES)
        end(new Error(`not a Kafka broker: a message of ${size} bytes`));
      else if (received >= 4 + size) {
        const reader = new Reader(Buffer.concat(chunks).subarray(4, 4 + size));
        reader.int32();
        end(undefined, reader);
      }
    });
    socket.write(frame(request, 1));
  });
}

function open({ host, port, tls }: Endpoint): Socket {
  return tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tls });
}

function peekInt32(chunks: readonly Buffer[]): number {
  const first = chunks[0];
  return (first !== undefined && first.length >= 4 ? first : Buffer.concat(chunks)).readInt32BE(0);
}

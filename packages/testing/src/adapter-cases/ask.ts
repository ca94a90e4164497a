import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WireReader, WireWriter } from '../wire/wire.js';

const answerMs = 10_000;

/**
 * Sends one request on its own connection to a broker without TLS. Rejects without a response
 * within 10,000 ms.
 */
export async function ask(
  address: string,
  key: number,
  version: number,
  write: (writer: WireWriter) => unknown,
): Promise<WireReader> {
  const colon = address.lastIndexOf(':');
  const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
  socket.setTimeout(answerMs, () => socket.destroy(new Error(`${address} does not answer`)));
  try {
    await once(socket, 'connect');
    const writer = new WireWriter().int16(key).int16(version).int32(0).string('holdfast-testing');
    write(writer);
    socket.write(writer.done(true));
    const reader = new WireReader(await message(socket, address));
    reader.int32(); // correlation id
    return reader;
  } finally {
    socket.destroy();
  }
}

async function message(socket: Socket, address: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let expected = Infinity;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (expected === Infinity && bytes >= 4) expected = 4 + Buffer.concat(chunks).readInt32BE();
    if (bytes >= expected) return Buffer.concat(chunks).subarray(4);
  }
  throw new Error(`${address} closed the connection`);
}

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WireWriter } from '../wire/wire.js';
import { readTopic } from './read-topic.js';

const metadataKey = 3;
const notLeader = 6;

/** A broker with one partition; each script has the answers to its requests of one kind, and the last one stays. */
async function brokerWith(script: { leaders: number[]; fetches: Fetched[] }): Promise<string> {
  const next = <T>(answers: T[]): T | undefined => (answers.length > 1 ? answers.shift() : answers[0]);
  const server = createServer((socket) => {
    socket.once('data', (request: Buffer) => {
      const isMetadata = request.readInt16BE(4) === metadataKey;
      const answer = new WireWriter().int32(0).int32(0); // correlation id, throttle
      if (isMetadata) writeMetadata(answer, portOf(socket), next(script.leaders) ?? -1);
      else writeFetched(answer, next(script.fetches));
      socket.end(answer.done(true));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `127.0.0.1:${address.port}`;
}

const portOf = ({ localPort = 0 }: Socket): number => localPort;

function writeMetadata(answer: WireWriter, port: number, leader: number): void {
  answer.array([1], (id) => answer.int32(id).string('127.0.0.1').int32(port).string(null));
  answer.string('cluster').int32(1);
  answer.array(['t'], (name) => {
    answer.int16(0).string(name).int8(0);
    answer.array([0], (id) => {
      answer.int16(0).int32(id).int32(leader).int32(0).int32(0); // no replica is named
    });
  });
}

type Fetched = { readonly error: number } | { readonly end: number; readonly offset: number };

function writeFetched(answer: WireWriter, fetched: Fetched | undefined): void {
  answer.array(['t'], (name) => {
    answer.string(name);
    answer.array([0], (id) => {
      const isError = fetched === undefined || 'error' in fetched;
      answer.int32(id).int16(isError ? (fetched?.error ?? -1) : 0);
      answer
        .int64(isError ? -1n : BigInt(fetched.end))
        .int64(-1n)
        .int32(0);
      const batch = isError ? Buffer.alloc(0) : batchAt(fetched.offset);
      answer.int32(batch.length);
      for (const byte of batch) answer.int8((byte << 24) >> 24);
    });
  });
}

/** One record whose value is `v`, without key and headers. */
function batchAt(offset: number): Buffer {
  const record = Buffer.from([16, 0, 0, 0, 1, 2, 0x76, 0]);
  const fields = new WireWriter().int32(0).int8(2).int32(0).int16(0).int32(0).int64(0n).int64(0n);
  const body = Buffer.concat([fields.int64(-1n).int16(-1).int32(-1).int32(1).done(), record]);
  return Buffer.concat([new WireWriter().int64(BigInt(offset)).int32(body.length).done(), body]);
}

it('reads on where it was when the leader has moved, and each record once', async () => {
  const broker = await brokerWith({
    leaders: [1],
    fetches: [{ error: notLeader }, { end: 2, offset: 0 }, { error: notLeader }, { end: 2, offset: 1 }],
  });
  const records = await readTopic([broker], 't');
  expect(records.map(({ offset, value }) => [offset, String(value)])).toEqual([
    [0, 'v'],
    [1, 'v'],
  ]);
});

it('waits for a partition that has no leader', async () => {
  const broker = await brokerWith({ leaders: [-1, -1, 1], fetches: [{ end: 1, offset: 0 }] });
  expect(await readTopic([broker], 't')).toHaveLength(1);
});

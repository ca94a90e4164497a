/** The bytes are those of kafkajs's own encoder, for every content of a request. */
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import type { Headers } from '@holdfast/core';
import { crcPageBytes, giveCrcPage } from '@holdfast/core/internal';
import { SerializedRecord } from '@holdfast/core/stage';
import { checkProperty, readRecordBatch, WireReader, type StoredRecord } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeAllPages } from '../../test/crc-pages.fixture.js';
import { codecOf } from '../client/codecs.js';
import { compressed, encode, plan, type ProduceRequestData } from './encode-produce.js';
import type { BatchRecords } from './encode-batch.js';

const correlationId = 77;
const clientId = 'produçer';
const mebibyte = 1024 * 1024;

/** kafkajs's internals have no types. */
const load: (id: string) => unknown = createRequire(import.meta.url);
const member = (of: unknown, name: string): unknown => Reflect.get(Object(of), name);
function call(of: unknown, given: object): unknown {
  if (typeof of !== 'function') throw new Error('kafkajs is built otherwise');
  const answer: unknown = Reflect.apply(of, undefined, [given]);
  return answer;
}
const protocol = member(load('kafkajs/src/protocol/requests/produce'), 'protocol');
const createRequest = load('kafkajs/src/protocol/request');

async function byKafkajs(
  { acks, timeoutMs, producer, topics, codec }: ProduceRequestData,
  version: number,
): Promise<Buffer> {
  const topicData = [...topics].map(([topic, partitions]) => ({
    topic,
    partitions: [...partitions.values()].map(({ partition, firstSequence, deliveries }) => ({
      partition,
      firstSequence,
      messages: deliveries.map(({ record }) => messageOf(record)),
    })),
  }));
  const produce = call(protocol, { version });
  const compression = codec?.id ?? 0;
  const request = member(
    call(produce, { acks, timeout: timeoutMs, compression, topicData, ...producer }),
    'request',
  );
  const bytes = member(await call(createRequest, { request, correlationId, clientId }), 'buffer');
  if (!Buffer.isBuffer(bytes)) throw new Error('kafkajs is built otherwise');
  return bytes;
}

function messageOf({ key, value, timestamp, headers }: SerializedRecord): object {
  const bytes = (of: Uint8Array | null): Buffer | null => of && Buffer.from(of);
  const header = (one: string | Uint8Array): string | Buffer =>
    typeof one === 'string' ? one : Buffer.from(one);
  const all = Object.entries(headers).map(([name, of]): [string, unknown] => [
    name,
    typeof of === 'string' || of instanceof Uint8Array ? header(of) : of.map(header),
  ]);
  return {
    key: bytes(key),
    value: bytes(value),
    timestamp: `${timestamp}`,
    headers: Object.fromEntries<unknown>(all),
  };
}

async function byUs(request: ProduceRequestData, version: number): Promise<Buffer> {
  const { codec } = request;
  const planned = codec === undefined ? plan(request) : await compressed(plan(request), codec);
  const frame = encode(planned, { version, correlationId, clientId });
  const bytes = Buffer.from(frame.bytes);
  frame.release();
  return bytes;
}

interface Decoded {
  readonly version: number;
  readonly acks: number;
  readonly timeoutMs: number;
  /** Each partition with its batch as it is on the wire. */
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly batch: Buffer;
  }[];
}

/**
 * Reads a request by the protocol's description:
 * https://kafka.apache.org/protocol#The_Messages_Produce
 */
function decode(bytes: Buffer): Decoded {
  const reader = new WireReader(bytes);
  expect(reader.int32()).toBe(reader.left);
  expect(reader.int16()).toBe(0);
  const version = reader.int16();
  expect(reader.int32()).toBe(correlationId);
  expect(reader.string()).toBe(clientId);
  const compact = version >= 9;
  const uvarint = (): number => {
    const byte = reader.int8() & 255;
    return byte < 128 ? byte : byte - 128 + 128 * uvarint();
  };
  const tags = (): void => void (compact && expect(uvarint()).toBe(0));
  const text = (): string => (compact ? String(reader.bytes(uvarint() - 1)) : String(reader.string()));
  const array = <T>(read: () => T): T[] =>
    compact ? Array.from({ length: uvarint() - 1 }, read) : reader.array(read);
  tags();
  expect(compact ? uvarint() - 1 : reader.int16()).toBe(-1); // transactional id
  const acks = reader.int16();
  const timeoutMs = reader.int32();
  const partitions = array(() => {
    const topic = text();
    const ofTopic = array(() => {
      const partition = reader.int32();
      const batch = compact ? reader.bytes(uvarint() - 1) : reader.bytes();
      tags();
      return { topic, partition, batch };
    });
    tags();
    return ofTopic;
  }).flat();
  tags();
  expect(reader.left).toBe(0);
  return { version, acks, timeoutMs, partitions };
}

/** Vitest compares buffers byte by byte, which takes a hundred times as long as text. */
const comparable = ({ partitions, ...rest }: Decoded): object => ({
  ...rest,
  partitions: partitions.map(({ batch, ...of }) => ({ ...of, batch: batch.toString('latin1') })),
});
const latin1 = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('latin1');

const givenOf = ({ key, value, timestamp, headers }: SerializedRecord, offset: number): unknown => ({
  offset,
  timestamp,
  key: latin1(key),
  value: latin1(value),
  headers: Object.entries(headers).flatMap(([name, of]) => {
    const several = typeof of === 'string' || of instanceof Uint8Array ? [of] : of;
    return several.map((one) => [String(Buffer.from(name)), latin1(Buffer.from(one))]);
  }),
});
const readOf = ({ key, value, headers, ...rest }: StoredRecord): unknown => ({
  ...rest,
  key: latin1(key),
  value: latin1(value),
  headers: headers.map(([name, of]) => [name, latin1(of)]),
});

const batchesOf = ({ topics }: ProduceRequestData): BatchRecords[] =>
  [...topics.values()].flatMap((partitions) => [...partitions.values()]);

/** Any text, with lone surrogates, which become U+FFFD. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 200 }),
  fc
    .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 9 })
    .map((units) => String.fromCharCode(...units)),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ minLength: 60, maxLength: 300 }),
  fc.integer({ min: 8_000, max: 20_000 }).map((length) => new Uint8Array(length).fill(length)),
);
const header = fc.oneof(text, bytes);
const headers = fc.option(
  fc.dictionary(text, fc.oneof(header, fc.array(header, { maxLength: 3 })), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
  { nil: undefined },
);
const recordWith = (timestamp: fc.Arbitrary<number>): fc.Arbitrary<SerializedRecord> =>
  fc
    .record({ key: fc.option(bytes), value: fc.option(bytes), headers, timestamp })
    .map(
      ({ key, value, headers, timestamp }) => new SerializedRecord('t', key, value, headers, 0, timestamp),
    );
/**
 * kafkajs compares timestamps as text, which is right while they have the same number of digits.
 */
const thirteenDigits = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_100 }),
  fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }),
);
const anyTimestamp = fc.oneof(thirteenDigits, fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 2 ** 53 - 1));

function requestsOf(
  record: fc.Arbitrary<SerializedRecord>,
  more: Partial<ProduceRequestData> = {},
): fc.Arbitrary<ProduceRequestData> {
  const deliveries = fc.array(
    record.map((one) => ({ record: one })),
    { minLength: 1, maxLength: 12 },
  );
  const batch = fc.record({ partition: fc.nat(), firstSequence: fc.nat(), deliveries });
  const partitions = fc
    .uniqueArray(batch, { minLength: 1, maxLength: 3, selector: ({ partition }) => partition })
    .map((all) => new Map(all.map((one) => [one.partition, one])));
  const name = fc.stringMatching(/^[a-z.]{1,20}$/);
  const producer = fc.record({
    producerId: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
    producerEpoch: fc.nat(32_767),
  });
  return fc.record({
    acks: fc.constantFrom(-1, 0, 1),
    timeoutMs: fc.nat(),
    codec: fc.constant(more.codec),
    producer: fc.option(producer, { nil: undefined }),
    topics: fc
      .uniqueArray(fc.tuple(name, partitions), { minLength: 1, maxLength: 3, selector: ([of]) => of })
      .map((all) => new Map(all)),
  });
}
const gzip = codecOf(1);
const fixedVersion = fc.integer({ min: 3, max: 7 });

const requestOf = (...records: readonly SerializedRecord[]): ProduceRequestData => ({
  acks: -1,
  timeoutMs: 1_000,
  codec: undefined,
  producer: undefined,
  topics: new Map([
    [
      't',
      new Map([[0, { partition: 0, firstSequence: 0, deliveries: records.map((record) => ({ record })) }]]),
    ],
  ]),
});
const recordOf = (value: Uint8Array | null, timestamp = 1_700_000_000_000, of?: Headers): SerializedRecord =>
  new SerializedRecord('t', null, value, of, 0, timestamp);

/** Runs `work` while no page is left whose checksum is computed in place. */
async function withoutPages<T>(work: () => Promise<T>): Promise<T> {
  const taken = takeAllPages();
  try {
    return await work();
  } finally {
    for (const page of taken) giveCrcPage(page);
  }
}

describe.each([
  ['with pages to sum up in', <T>(work: () => Promise<T>) => work()],
  ['without', withoutPages],
] as const)('a produce request (%s)', (_, run) => {
  it.each([
    ['not compressed', undefined],
    ['compressed', gzip],
  ])("has the bytes of kafkajs's own, %s", async (_, codec) => {
    await checkProperty(
      fc.asyncProperty(requestsOf(recordWith(thirteenDigits), { codec }), fixedVersion, (request, version) =>
        run(async () => {
          expect((await byUs(request, version)).equals(await byKafkajs(request, version))).toBe(true);
        }),
      ),
      { runs: 100 },
    );
  });

  it.each([
    ['one record that just fits a page', [crcPageBytes - 120]],
    ['one that just does not', [crcPageBytes]],
    ['three records of a MiB', [mebibyte, mebibyte, mebibyte]],
    ['3,000 records of a KiB', Array.from({ length: 3_000 }, () => 1024)],
    ['one of 64 MiB', [64 * mebibyte]],
  ])('has them for %s', async (_, lengths) => {
    const request = requestOf(...lengths.map((length) => recordOf(Buffer.alloc(length, 'record'))));
    const [ours, theirs] = await run(async () => [await byUs(request, 7), await byKafkajs(request, 7)]);
    expect(ours.equals(theirs)).toBe(true);
  });

  it("in every version contains the same batches, and is readable by the protocol's description", async () => {
    await checkProperty(
      fc.asyncProperty(requestsOf(recordWith(thirteenDigits)), (request) =>
        run(async () => {
          const seventh = comparable(decode(await byUs(request, 7)));
          for (const version of [3, 8, 9, 10]) {
            expect(comparable(decode(await byUs(request, version)))).toEqual({ ...seventh, version });
          }
          const { acks, timeoutMs } = request;
          expect(seventh).toMatchObject({ acks, timeoutMs });
        }),
      ),
      { runs: 60 },
    );
  });
});

it('records are read back whole, whatever their timestamps, which kafkajs orders as text', async () => {
  await checkProperty(
    fc.asyncProperty(
      requestsOf(recordWith(anyTimestamp)),
      fc.constantFrom(3, 9),
      async (request, version) => {
        const decoded = decode(await byUs(request, version)).partitions.map(({ batch }) => batch);
        const read = decoded.map((batch) => readRecordBatch(new WireReader(batch)));
        expect(read.map((batch) => ({ ...batch, records: batch.records.map(readOf) }))).toEqual(
          batchesOf(request).map(({ firstSequence, deliveries }) => ({
            producerId: BigInt(request.producer?.producerId ?? -1),
            firstSequence,
            records: deliveries.map(({ record }, offset) => givenOf(record, offset)),
          })),
        );
        expect(decoded.map(timestampsOf)).toEqual(
          batchesOf(request).map(({ deliveries }) => {
            const all = deliveries.map(({ record }) => record.timestamp);
            return [Math.min(...all), Math.max(...all)];
          }),
        );
      },
    ),
    { runs: 200 },
  );
});

/** The earliest and the latest timestamp in the header of a batch. */
function timestampsOf(batch: Buffer): [first: number, max: number] {
  return [Number(batch.readBigInt64BE(27)), Number(batch.readBigInt64BE(35))];
}

it('compressed batches contain the uncompressed ones, compressed, with the right checksums', async () => {
  const head = 61;
  await checkProperty(
    fc.asyncProperty(requestsOf(recordWith(anyTimestamp)), async (request) => {
      const plain = decode(await byUs(request, 9)).partitions;
      const small = decode(await byUs({ ...request, codec: gzip }, 9)).partitions;
      expect(small.map(({ batch }) => latin1(gunzipSync(batch.subarray(head))))).toEqual(
        plain.map(({ batch }) => latin1(batch.subarray(head))),
      );
      expect(small.map(({ batch }) => batch[22])).toEqual(small.map(() => 1));
      for (const { batch } of [...plain, ...small]) {
        expect(batch.readInt32BE(8)).toBe(batch.length - 12);
        expect(batch.readUInt32BE(17)).toBe(crcBitByBit(batch.subarray(21)));
      }
    }),
    { runs: 60 },
  );
});

/** https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
function crcBitByBit(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

import { describe, expect, it } from 'vitest';
import { createAclsRequest, describeAclsRequest, readAclCount } from './acls.js';
import { Reader, Writer } from './codec.js';
import { frame } from './connection.js';
import { createTopicsRequest, readCreateTopics } from './create-topics.js';
import { metadataRequest, readMetadata } from './metadata.js';

const hex = (bytes: Buffer): string => bytes.toString('hex');
const ascii = (text: string): string => Buffer.from(text).toString('hex');

describe('requests, byte for byte', () => {
  it('Metadata v4 in its frame: length, api key, version, correlation id, client id, body', () => {
    const bytes = frame(metadataRequest(['t']), 7);
    const body = '00000001' + '000174' + '00';
    const head = '0003' + '0004' + '00000007' + '0011' + ascii('holdfast-launcher');
    expect(hex(bytes)).toBe('00000023' + head + body);
    expect(bytes.length).toBe(4 + 0x23);
  });

  it('CreateTopics v4', () => {
    const topic = { name: 't', partitions: 3, replicationFactor: 2, config: { a: 'b' } };
    const expected =
      '00000001' +
      '000174' +
      '00000003' +
      '0002' +
      '00000000' +
      '00000001' +
      '000161' +
      '000162' +
      '000003e8' +
      '00';
    expect(hex(createTopicsRequest(topic, 1_000).body)).toBe(expected);
  });

  it('CreateAcls v1', () => {
    const request = createAclsRequest([
      { username: 'u', resource: 'topic', name: 'p', pattern: 'prefixed', operation: 'all' },
    ]);
    const expected =
      '00000001' + '02' + '000170' + '04' + '0006' + ascii('User:u') + '0001' + ascii('*') + '02' + '03';
    expect([request.key, request.version, hex(request.body)]).toEqual([30, 1, expected]);
  });

  it('DescribeAcls v1 for everything', () => {
    expect(hex(describeAclsRequest().body)).toBe('01' + 'ffff' + '01' + 'ffff' + 'ffff' + '01' + '01');
  });
});

describe('responses', () => {
  it('Metadata v4, its partitions in order', () => {
    const partition = (w: Writer, id: number, leader: number): Writer =>
      w
        .int16(0)
        .int32(id)
        .int32(leader)
        .array([1, 2], (n, x) => x.int32(n))
        .array([2], (n, x) => x.int32(n));
    const bytes = new Writer()
      .int32(0)
      .array([1, 2], (id, w) =>
        w
          .int32(id)
          .string('127.0.0.1')
          .int32(9_000 + id)
          .string(null),
      )
      .string('cluster')
      .int32(2)
      .array(['t'], (name, w) => {
        w.int16(0).string(name).boolean(false);
        w.array([1, 0], (id, x) => partition(x, id, id === 0 ? -1 : 2));
      })
      .bytes();
    expect(readMetadata(new Reader(bytes))).toEqual({
      brokers: [
        { id: 1, host: '127.0.0.1', port: 9_001 },
        { id: 2, host: '127.0.0.1', port: 9_002 },
      ],
      controller: 2,
      topics: [
        {
          name: 't',
          error: 0,
          partitions: [
            { partition: 0, leader: -1, replicas: [1, 2], isr: [2] },
            { partition: 1, leader: 2, replicas: [1, 2], isr: [2] },
          ],
        },
      ],
    });
  });

  it.each([
    [0, null, undefined],
    [36, 'it exists', { code: 36, message: 'it exists' }],
    [38, null, { code: 38, message: "Kafka's error code 38" }],
  ])('CreateTopics v4 with code %i', (code, message, expected) => {
    const bytes = new Writer().int32(0).array(['t'], (name, w) => w.string(name).int16(code).string(message));
    expect(readCreateTopics(new Reader(bytes.bytes()))).toEqual(expected);
  });

  it('DescribeAcls v1, counted over its resources', () => {
    const bytes = new Writer().int32(0).int16(0).string(null);
    bytes.array([2, 1], (count, w) => {
      w.int8(2).string('open-').int8(4);
      w.array(Array<string>(count).fill('User:u'), (who, x) => x.string(who).string('*').int8(2).int8(3));
    });
    expect(readAclCount(new Reader(bytes.bytes()))).toBe(3);
  });
});

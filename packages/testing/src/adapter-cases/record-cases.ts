import type { AdapterCase } from './adapter-case.js';

const delivered = { status: 'delivered' } as const;
const kib = (count: number): Buffer => Buffer.alloc(count * 1024, 'x');

/** All kinds of records, and what brokers refuse about them. */
export const recordCases: readonly AdapterCase[] = [
  {
    name: 'with a key, without one, and to a partition of its own',
    cluster: 'plain',
    topics: { t: { partitions: 7 } },
    steps: [
      {
        records: (topic) => [
          { topic: topic('t'), key: 'abc', value: 'keyed' },
          { topic: topic('t'), value: 'keyless' },
          { topic: topic('t'), partition: 5, value: 'placed' },
          { topic: topic('t'), partition: 0, key: 'abc', value: 'placed against its key' },
        ],
        // Java's murmur2 of 'abc' is 479470107: 4 of 7
        expected: [
          { ...delivered, partition: 4 },
          delivered,
          { ...delivered, partition: 5 },
          { ...delivered, partition: 0 },
        ],
      },
    ],
  },
  {
    name: 'every kind of key and value: none, empty, bytes, text beyond ASCII',
    cluster: 'plain',
    topics: { t: {} },
    steps: [
      {
        records: (topic) => [
          { topic: topic('t'), key: 'tombstone', value: null },
          { topic: topic('t'), key: null, value: '' },
          { topic: topic('t'), key: '', value: new Uint8Array() },
          {
            topic: topic('t'),
            key: new Uint8Array([0, 255, 128]),
            value: new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
          },
          { topic: topic('t'), key: 'ключ 🔑', value: 'значение ✓ \u0000 end' },
        ],
        expected: delivered,
      },
    ],
  },
  {
    name: 'headers: text, bytes, empty, several of one name, beyond ASCII, with a character 0',
    cluster: 'plain',
    topics: { t: {} },
    steps: [
      {
        records: (topic) => [
          {
            topic: topic('t'),
            value: 'v',
            headers: {
              text: 'one',
              bytes: new Uint8Array([0, 1, 255]),
              empty: '',
              twice: ['first', new Uint8Array([2])],
              'имя ✓': 'значение',
              zero: ['a\0b', '\0', Buffer.from('a\0b')],
            },
          },
          { topic: topic('t'), value: 'v', headers: {} },
          { topic: topic('t'), value: 'v', headers: { none: [] } },
        ],
        expected: delivered,
      },
    ],
  },
  {
    // librdkafka treats 0 as "now"; 1 is the smallest that all clients can send.
    name: "timestamps: the record's own, in any order, and as early as can be",
    cluster: 'plain',
    topics: { t: { config: { 'message.timestamp.type': 'CreateTime', 'retention.ms': '-1' } } },
    steps: [
      {
        records: (topic) =>
          [1_700_000_000_123, 9, 1, 1_600_000_000_000].map((timestamp) => ({
            topic: topic('t'),
            value: 'v',
            timestamp,
          })),
        expected: [1_700_000_000_123, 9, 1, 1_600_000_000_000].map((timestamp) => ({
          ...delivered,
          timestamp,
        })),
      },
    ],
  },
  {
    name: "timestamps: the broker's, where the topic has it so",
    cluster: 'plain',
    topics: { t: { config: { 'message.timestamp.type': 'LogAppendTime' } } },
    steps: [{ records: (topic) => [{ topic: topic('t'), value: 'v', timestamp: 0 }], expected: delivered }],
  },
  {
    name: 'a timestamp that the topic refuses',
    cluster: 'plain',
    topics: {
      t: { config: { 'message.timestamp.after.max.ms': '1000', 'message.timestamp.type': 'CreateTime' } },
    },
    steps: [
      {
        records: (topic) => [{ topic: topic('t'), value: 'v', timestamp: Date.UTC(2100, 0, 1) }],
        expected: { status: 'failed', code: 'KAFKA_ERROR', retriable: false, kafka: 32 },
      },
    ],
  },
  {
    name: 'compressed',
    cluster: 'plain',
    client: () => ({ compression: 'gzip' }),
    topics: { t: {} },
    steps: [
      {
        records: (topic) =>
          Array.from({ length: 50 }, (_, index) => ({ topic: topic('t'), value: `value ${index}` })),
        expected: delivered,
      },
    ],
  },
  {
    name: 'idempotent',
    cluster: 'plain',
    client: () => ({ idempotent: true }),
    topics: { t: { partitions: 3 } },
    steps: [
      {
        records: (topic) =>
          Array.from({ length: 300 }, (_, index) => ({
            topic: topic('t'),
            key: `k${index}`,
            value: `value ${index}`,
          })),
        expected: delivered,
      },
    ],
  },
  {
    name: 'a topic that does not exist fails alone, and comes to be known when it is made',
    cluster: 'plain',
    topics: { t: {} },
    steps: [
      {
        records: (topic) => [
          { topic: topic('t'), value: 'before' },
          { topic: topic('late'), value: 'nowhere' },
          { topic: topic('t'), value: 'after' },
        ],
        expected: [
          delivered,
          { status: 'failed', code: 'UNKNOWN_TOPIC', retriable: true, kafka: 3 },
          delivered,
        ],
      },
      {
        first: (control, topic) => control.createTopic(topic('late')),
        records: (topic) => [{ topic: topic('late'), value: 'now it is there' }],
        untilDelivered: true,
      },
    ],
  },
  {
    name: 'a partition that does not exist fails alone',
    cluster: 'plain',
    topics: { t: { partitions: 2 } },
    steps: [
      {
        records: (topic) => [
          { topic: topic('t'), partition: 0, value: 'v' },
          { topic: topic('t'), partition: 2, value: 'v' },
          { topic: topic('t'), partition: 1, value: 'v' },
        ],
        expected: [delivered, { status: 'failed', code: 'UNKNOWN_PARTITION', retriable: false }, delivered],
      },
    ],
  },
  {
    name: 'a record beyond the limit of its topic fails alone',
    cluster: 'plain',
    topics: { t: { config: { 'max.message.bytes': '20000' } }, roomy: {} },
    steps: [
      {
        records: (topic) => [
          { topic: topic('t'), value: kib(10) },
          { topic: topic('t'), value: kib(30) },
          { topic: topic('roomy'), value: kib(30) },
          { topic: topic('t'), value: 'small' },
        ],
        expected: [
          delivered,
          { status: 'failed', code: 'RECORD_TOO_LARGE', retriable: false, kafka: 10 },
          delivered,
          delivered,
        ],
      },
    ],
  },
  {
    name: 'records that are too large for their topic only together',
    cluster: 'plain',
    topics: { t: { config: { 'max.message.bytes': '20000' } } },
    steps: [
      {
        records: (topic) =>
          Array.from({ length: 40 }, () => ({ topic: topic('t'), partition: 0, value: kib(3) })),
        expected: delivered,
      },
    ],
  },
  {
    name: 'a record beyond what clients send at once, and within what the topic takes',
    cluster: 'plain',
    topics: { t: { config: { 'max.message.bytes': '5000000' } } },
    steps: [{ records: (topic) => [{ topic: topic('t'), value: kib(2_000) }], expected: delivered }],
  },
  {
    name: 'a record beyond what clients send at once, and beyond what the topic takes',
    cluster: 'plain',
    topics: { t: {} },
    steps: [
      {
        records: (topic) => [{ topic: topic('t'), value: kib(2_000) }],
        expected: { status: 'failed', code: 'RECORD_TOO_LARGE', retriable: false, kafka: 10 },
      },
    ],
  },
];

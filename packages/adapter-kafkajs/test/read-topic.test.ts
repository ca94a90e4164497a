import { readTopic } from '../src/read/read-topic.js';
import { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';

const brokers = ['127.0.0.1:1'];

describe('the arguments of readTopic', () => {
  it('may be an instance or a configuration; nothing happens until a record is requested', async () => {
    await readTopic(new Kafka({ brokers }), 't').return();
    await readTopic({ brokers }, 't', { from: { 0: 1 }, timeoutMs: 5 }).return();
  });

  it('are refused at once when they are invalid', () => {
    expect(() => readTopic({ brokers: [] }, 't')).toThrow(/^readTopic: 'brokers' must be a list/);
    expect(() => readTopic({ brokers }, '', { timeoutMs: -1 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        problems: [
          "'timeoutMs' must be a number from 1 to 2147483647 ms, not -1",
          'the topic must be a string that is not empty',
        ],
      }),
    );
  });
});

import { recordingLogger } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { readTopic, type ConfluentConfig } from '../src/index.js';

const config = { 'bootstrap.servers': '127.0.0.1:1' };

describe('the arguments of readTopic', () => {
  it("may be a producer's configuration; nothing happens until a record is requested", async () => {
    await readTopic({ ...config, acks: 'all', dr_cb: true }, 't', { from: { 0: 1 } }).return();
  });

  it('are refused at once when they are wrong', () => {
    expect(() => readTopic({}, '', { timeoutMs: -1 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        problems: [
          "'timeoutMs' must be a number from 1 to 2147483647 ms, not -1",
          'the topic must be a string that is not empty',
          "'bootstrap.servers' is missing: give one or more 'host:port', separated by commas",
        ],
      }),
    );
    expect(() => readTopic(undefined as unknown as ConfluentConfig, 't')).toThrow(
      "readTopic: the configuration must be an object of librdkafka's properties",
    );
  });

  it('are refused, without their secrets, when librdkafka refuses them', async () => {
    const wrong = { ...config, 'sasl.password': 'secret', 'security.protocol': 'secret' };
    const env = { logger: recordingLogger() };
    const reader = readTopic(wrong as unknown as ConfluentConfig, 't', { env });
    const error: unknown = await reader.next().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', retriable: false });
    expect(String(error)).toMatch(/^ConfigurationError: readTopic: librdkafka refused the settings: /);
    expect(String(error) + env.logger.text()).not.toContain('secret');
  });
});

import { ProducerError } from '@holdfast/core';
import { CompressionTypes } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { resolveOptions, type KafkajsAdapterOptions } from './options.js';

function problemsOf(options: object): readonly string[] {
  try {
    resolveOptions(options);
    return [];
  } catch (error) {
    if (!ProducerError.is(error)) throw error;
    expect(error.code).toBe('INVALID_OPTIONS');
    return error.problems ?? [];
  }
}

describe('options', () => {
  it('have defaults that lose nothing', () => {
    expect(resolveOptions({})).toEqual({
      acks: -1,
      codec: undefined,
      requestTimeoutMs: 30_000,
      idempotent: true,
      mayGoWithout: true,
      allowAutoTopicCreation: false,
      partitioner: undefined,
      maxInFlight: 5,
      maxRequestRecords: 1_000,
      maxRequestBytes: 1_048_576,
      metadataMaxAgeMs: 300_000,
      reconnect: { tries: Infinity, intervalMs: 1_000, maxIntervalMs: 1_000 },
    });
  });

  it("take the client's own request timeout, unless they have one", () => {
    expect(resolveOptions({}, 5_000).requestTimeoutMs).toBe(5_000);
    expect(resolveOptions({ requestTimeoutMs: 7_000 }, 5_000).requestTimeoutMs).toBe(7_000);
  });

  it("take the codecs by Kafka's names", () => {
    expect(resolveOptions({ compression: 'none' }).codec).toBeUndefined();
    expect(resolveOptions({ compression: 'gzip' }).codec?.id).toBe(1);
    expect(problemsOf({ compression: 'lz4' })).toEqual([
      expect.stringContaining("'lz4': kafkajs has no such codec"),
    ]);
  });

  it('are refused all at once, each with its allowed values', () => {
    expect(
      problemsOf({
        acks: 2,
        compression: 'brotli',
        retries: 5,
        maxInFlight: 0,
        reconnect: { tries: 0, intervalMs: 10, maxIntervalMs: 5, jitter: true },
      }),
    ).toEqual([
      "'acks' must be -1 (all replicas), 1 (the leader) or 0 (nobody)",
      "'compression' must be 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'",
      expect.stringMatching(/^unknown option 'retries'/),
      "'maxInFlight' must be a whole number from 1 to 1000, not 0",
      "reconnect: 'tries' must be a whole number from 1 to Infinity, not 0",
      expect.stringMatching(/^reconnect: unknown option 'jitter'/),
      "reconnect: 'maxIntervalMs' must not be smaller than 'intervalMs'",
    ]);
  });

  it("name the codec that was given as kafkajs's number", () => {
    expect(problemsOf({ compression: CompressionTypes.GZIP })).toEqual([
      "'compression' is a number of kafkajs's CompressionTypes; give its name: 'gzip'",
    ]);
  });

  it('refuse acks that would make idempotence pointless', () => {
    expect(problemsOf({ idempotent: true, acks: 1 } satisfies KafkajsAdapterOptions)).toEqual([
      expect.stringMatching(/^'idempotent' needs acks -1, not 1/),
    ]);
    expect(problemsOf({ idempotent: true, acks: -1 })).toEqual([]);
  });
});

import { buffer, type BufferStats } from '@holdfast/buffer';
import { retry } from '@holdfast/retry';
import { chainProperty, type ChainOptions } from '@holdfast/testing';
import { describe, it } from 'vitest';

const property = (options: Omit<ChainOptions, 'schedule'>): Promise<void> =>
  chainProperty({ runs: 25, ...options });

describe('buffer over retry keeps I1 to I7, whatever fails', () => {
  it('in small batches, with few in flight', () =>
    property({ use: () => [buffer({ maxBatchRecords: 3, maxInFlight: 2 }), retry()] }));

  it('in a buffer that is nearly always full', () =>
    property({
      use: () => [buffer({ maxRecords: 8, maxBatchRecords: 4, maxInFlightRecords: 6 }), retry()],
      bounds: ({ stages }) => [
        {
          what: 'records in the buffer',
          value: numberOf(stages, 'waitingRecords') + numberOf(stages, 'inFlightRecords'),
          max: Infinity,
        },
        // Each topic has a share of 6, and stuck records do not count: only the size of the buffer
        // bounds them all.
        { what: 'records below the buffer', value: numberOf(stages, 'inFlightRecords'), max: 8 },
      ],
    }));

  it.each(['reject', 'drop-oldest', 'drop-newest'] as const)('when it overflows by %s', (overflow) =>
    property({
      use: () => [buffer({ maxRecords: 6, maxBytes: 200, overflow, maxBatchRecords: 3 }), retry()],
      bounds: ({ stages }) => [
        {
          what: 'records in the buffer',
          value: numberOf(stages, 'waitingRecords') + numberOf(stages, 'inFlightRecords'),
          max: 6,
        },
        {
          what: 'bytes in the buffer',
          value: numberOf(stages, 'waitingBytes') + numberOf(stages, 'inFlightBytes'),
          max: 200,
        },
      ],
    }),
  );

  it('with linger, decorrelated jitter, no budget and few attempts', () =>
    property({
      use: () => [buffer({ lingerMs: 30 }), retry({ jitter: 'decorrelated', budget: false, maxAttempts: 3 })],
    }));

  it('over a cluster that hangs', () =>
    property({
      use: () => [buffer({ maxBatchRecords: 5 }), retry({ initialDelayMs: 10 })],
      script: { failed: 0.2, unknown: 0.2, hangs: 0.05, parts: 0.8 },
    }));
});

describe('each works alone', () => {
  it('buffer', () => property({ use: () => [buffer({ maxBatchRecords: 3 })] }));
  it('retry', () => property({ use: () => [retry()] }));
});

function numberOf(
  stages: Parameters<NonNullable<ChainOptions['bounds']>>[0]['stages'],
  name: keyof BufferStats,
): number {
  return stages.buffer?.[name] ?? NaN;
}

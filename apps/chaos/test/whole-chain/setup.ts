import type { Middleware } from '@holdfast/core';
import { seededRandom } from '@holdfast/testing';
import { recommended, type RecommendedOptions } from 'holdfast';

/** Which adapter's own code runs. */
export type ClientKind = 'confluent' | 'kafkajs';

export const clientKinds: readonly ClientKind[] = ['confluent', 'kafkajs'];

/** The options of a producer that the seed decides; the others have their defaults. */
export interface Setup {
  readonly client: ClientKind;
  readonly idempotent: boolean;
  readonly journal: 'none' | 'delivered' | 'journaled';
  readonly options: RecommendedOptions;
  readonly deliveryTimeoutMs: number | undefined;
  readonly requestTimeoutMs: number;
}

const directory = '/outbox';
export const deadLetterDirectory = `${directory}.dead-letters`;

export function setupOf(seed: number, client: ClientKind): Setup {
  // A different random sequence than that of the actions.
  const random = seededRandom(seed ^ 0x5eed);
  const oneOf = <T>(all: readonly [T, ...T[]]): T => all[Math.floor(random() * all.length)] ?? all[0];
  const isStock = random() < 0.5;
  const journal = oneOf(['none', 'none', 'delivered', 'journaled'] as const);
  const options: RecommendedOptions = isStock
    ? {}
    : {
        buffer: { maxBytes: 64 * 1024, maxBatchRecords: oneOf([3, 10, 1_000]), lingerMs: oneOf([0, 0, 20]) },
        retry: { initialDelayMs: oneOf([10, 100]), maxDelayMs: oneOf([200, 1_000]) },
        circuitBreaker: {
          consecutiveFailures: oneOf([1, 2, 5]),
          openDurationMs: oneOf([50, 1_000]),
          scope: oneOf(['topic', 'topic', 'cluster', 'partition'] as const),
        },
      };
  return {
    client,
    idempotent: random() < (client === 'confluent' ? 0.75 : 0.4),
    journal,
    options,
    deliveryTimeoutMs: oneOf([undefined, undefined, 5_000, 20_000]),
    requestTimeoutMs: oneOf([2_000, 30_000]),
  };
}

/** Returns the chain of one process. */
export function chainOf({ journal, options }: Setup): readonly Middleware[] {
  if (journal === 'none') return recommended(options);
  return recommended({
    ...options,
    journal: { directory, acknowledge: journal, segmentBytes: 16 * 1024, maxBytes: 4 * 1024 * 1024 },
  });
}

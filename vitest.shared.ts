import { defaultServerConditions } from 'vite';
import type { UserProjectConfigExport } from 'vitest/config';

// Packages resolve each other from source, so that a test never sees a stale build.
const conditions = ['@holdfast/source', ...defaultServerConditions];

/** What every vitest run of this repository shares: packages resolve each other from source. */
export const fromSource = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@holdfast/source', 'node'] } },
};

/**
 * The unit tests of one package: every `*.test.ts` in `src` and `test` but those that need a real Kafka.
 * `name` shows in the report; `timeoutMs` is one test's limit, 10,000 unless given.
 */
export function unit(name: string, { timeoutMs = 10_000 } = {}): UserProjectConfigExport {
  return {
    ...fromSource,
    test: {
      name,
      environment: 'node',
      include: ['{src,test}/**/*.test.ts'],
      exclude: ['**/*.int.test.ts', '**/node_modules/**'],
      testTimeout: timeoutMs,
    },
  };
}

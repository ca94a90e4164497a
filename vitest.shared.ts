import { defaultServerConditions } from 'vite';
import type { UserProjectConfigExport } from 'vitest/config';

// Packages resolve each other from source, so that a test never sees a stale build.
const conditions = ['@holdfast/source', ...defaultServerConditions];

/** What every vitest run of this repository shares: packages resolve each other from source. */
export const fromSource = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@holdfast/source', 'node'] } },
};

/** The seed of every generated test, so that what fails is of the change at hand. `HOLDFAST_SEED` draws other ones. */
export const env = { HOLDFAST_SEED: process.env['HOLDFAST_SEED'] || '1' };

/** What `HOLDFAST_RUNS` asks for may take as long as this. */
const deepTimeoutMs = 900_000;

/**
 * The unit tests of one package: every `*.test.ts` in `src` and `test` but those that need a real Kafka, and the deep ones.
 * `name` shows in the report; `timeoutMs` is one test's limit, 10,000 unless given, 900,000 when `HOLDFAST_RUNS` is set.
 */
export function unit(name: string, { timeoutMs = 10_000 } = {}): UserProjectConfigExport {
  return {
    ...fromSource,
    test: {
      name,
      env,
      environment: 'node',
      include: ['{src,test}/**/*.test.ts'],
      exclude: ['**/*.{int,deep}.test.ts', '**/node_modules/**'],
      testTimeout: process.env['HOLDFAST_RUNS'] ? deepTimeoutMs : timeoutMs,
    },
  };
}

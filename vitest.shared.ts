import { defaultServerConditions } from 'vite';
import type { UserWorkspaceConfig } from 'vitest/config';

// Packages resolve each other from source, so that a test never sees a stale build. `module` is a
// condition of bundlers: what some
// packages (OpenTelemetry's API) have under it Node cannot load.
const conditions = ['@holdfast/source', ...defaultServerConditions.filter((one) => one !== 'module')];

/** What every vitest run of this repository shares: packages resolve each other from source. */
export const fromSource = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@holdfast/source', 'node'] } },
};

/** What every test finds in its environment. */
export const env = {
  // The seed of every generated test, so that what fails is of the change at hand. `HOLDFAST_SEED`
  // draws other ones.
  HOLDFAST_SEED: process.env['HOLDFAST_SEED'] ?? '1',
  // Tests read what their child processes print; Nx and some terminals would have it coloured.
  FORCE_COLOR: '0',
};

// A loaded machine takes ten times as long as a quiet one; what `HOLDFAST_RUNS` asks for may take
// many minutes.
const testTimeout = process.env['HOLDFAST_RUNS'] ? 900_000 : 60_000;

/**
 * The unit tests of one package: every `*.test.ts` in `src` and `test` but those that need a real
 * Kafka, and the deep ones. `name` shows in the report. The files of a package share a process, as
 * a new one each, with its imports, is half the time of all unit tests; `isolate` gives them one
 * each, for tests that replace a module or hold the process's own timers.
 */
export function unit(name: string, { isolate = false } = {}): UserWorkspaceConfig {
  return {
    ...fromSource,
    test: {
      name,
      env,
      environment: 'node',
      include: ['{src,test}/**/*.test.ts'],
      exclude: ['**/*.{int,deep}.test.ts', '**/node_modules/**'],
      testTimeout,
      hookTimeout: testTimeout,
      isolate,
      restoreMocks: true,
      unstubEnvs: true,
    },
  };
}

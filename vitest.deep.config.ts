import { defineConfig } from 'vitest/config';
import { env, fromSource } from './vitest.shared.js';

// The tests that are too long for `npm test`, on a real Kafka or not: one file at a time, each test
// with minutes to spare.
export default defineConfig({
  ...fromSource,
  test: {
    name: 'deep',
    env,
    environment: 'node',
    include: ['{packages,apps,tools}/**/*.deep.test.{ts,mjs}'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/out-tsc/**'],
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    maxConcurrency: 1,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 30_000,
    passWithNoTests: true,
  },
});

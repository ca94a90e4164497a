import { defineConfig } from 'vitest/config';
import { env, fromSource } from './vitest.shared.js';

// Brokers are heavy and are killed on purpose: one file at a time, each test with minutes to spare.
export default defineConfig({
  ...fromSource,
  test: {
    name: 'integration',
    env,
    environment: 'node',
    include: ['{packages,apps,tools}/**/*.int.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/out-tsc/**'],
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    maxConcurrency: 1,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    passWithNoTests: true,
  },
});

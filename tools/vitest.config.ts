import { defineProject } from 'vitest/config';
import { env } from '../vitest.shared.js';

export default defineProject({
  test: {
    name: 'tools',
    env,
    environment: 'node',
    include: ['*/**/*.test.mjs'],
    exclude: ['**/node_modules/**', 'kafka/**', '**/*.deep.test.mjs'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

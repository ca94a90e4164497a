import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'tools',
    environment: 'node',
    include: ['*/**/*.test.mjs'],
    exclude: ['**/node_modules/**', 'kafka/**'],
    testTimeout: 120_000,
  },
});

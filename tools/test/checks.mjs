import { leftovers } from './leftovers.mjs';
import { packaging } from './packaging.mjs';
import { programCheck } from './program-check.mjs';
import { onRealKafka } from './real-kafka.mjs';
import { vitestCheck } from './vitest-check.mjs';

const minutes = 60_000;
const ci = process.env['CI'] === 'true';

/** Every check of `npm test`, cheap ones first. */
export const checks = [
  programCheck('format', 'prettier', 'node_modules/prettier/bin/prettier.cjs', ['--check', '.']),
  programCheck('lint', 'ESLint, room boundaries included', 'tools/lint/lint.mjs', []),
  programCheck('types', 'TypeScript, tests and tools included', 'node_modules/typescript/bin/tsc', ['-b']),
  vitestCheck('unit', 'unit, property and conformance tests', {
    config: 'vitest.config.ts',
    timeoutMs: 12 * minutes,
  }),
  onRealKafka(
    vitestCheck('integration', 'tests on a real Kafka', {
      config: 'vitest.integration.config.ts',
      timeoutMs: 14 * minutes,
      skipsFail: ci,
    }),
    ci,
  ),
  packaging,
  leftovers,
];

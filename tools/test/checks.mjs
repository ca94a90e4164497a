import { leftovers } from './leftovers.mjs';
import { tasksCheck } from './tasks-check.mjs';

const ci = process.env['CI'] === 'true';

/**
 * The checks of `npm test`, by the names that `--only` and `--skip` take: the targets of Nx, and a
 * search for leftover processes.
 */
export const checks = [
  { name: 'format', does: 'prettier' },
  { name: 'lint', does: 'ESLint, room boundaries included' },
  { name: 'imports', does: 'no circle of imports, and no way past the entry points of core' },
  { name: 'typecheck', does: 'TypeScript, tests and tools included' },
  { name: 'unit', does: 'unit, property and conformance tests' },
  { name: 'packaging', does: 'the tarballs, and the code of the READMEs against them' },
  { name: 'integration', does: 'tests on a real Kafka' },
  { name: leftovers.name, does: leftovers.does },
];

/**
 * @param {{ name: string }[]} chosen of `checks`
 * @returns {import('./check.mjs').Check[]} in the order in which they run
 */
export function toRun(chosen) {
  const targets = chosen.map(({ name }) => name).filter((name) => name !== leftovers.name);
  return [
    ...(targets.length > 0 ? [tasksCheck(targets, ci)] : []),
    ...(targets.length < chosen.length ? [leftovers] : []),
  ];
}

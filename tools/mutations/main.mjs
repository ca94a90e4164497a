/**
 * `npm run mutations`: takes out one thing after the other that a promise stands on, and runs the unit tests of its package. Tests
 * that pass without it would not notice that it is gone: exit code 1. `npm run mutations -- crc lock` tries only those with such a name.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mutations } from './mutations.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
/** Without what was taken out a test may wait for ever: that is noticed, too. */
const limitMs = 10 * 60_000;

const filters = process.argv.slice(2);
const chosen = mutations.filter(
  ({ name }) => filters.length === 0 || filters.some((filter) => name.includes(filter)),
);
const useless = filters.filter((filter) => !mutations.some(({ name }) => name.includes(filter)));
if (useless.length > 0) {
  console.error(`No mutation has ${useless.join(' or ')} in its name.`);
  console.error(`There are: ${mutations.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

let survivors = 0;
for (const { name } of chosen) {
  const startedAt = performance.now();
  const { code, output } = await runTests(name);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const failed = /FAIL\s+(.*)/.exec(output)?.[1]?.trim();
  const seed = /HOLDFAST_SEED=\d+/.exec(output)?.[0];
  // Tests that could not even be collected prove nothing.
  const isBroken = code !== 0 && code !== null && failed === undefined;
  const isNoticed = code !== 0 && !isBroken;
  if (!isNoticed) survivors++;
  const what = isNoticed
    ? [failed ?? `no end within ${limitMs / 60_000} min`, seed].filter(Boolean).join(', ')
    : 'every test passes without it';
  console.log(
    `${isNoticed ? '✓' : '✗'} ${name}: ${isBroken ? `not run: ${output.slice(-500)}` : what} (${seconds} s)`,
  );
}
console.log(`${chosen.length - survivors} noticed, ${survivors} not`);
process.exitCode = survivors === 0 ? 0 : 1;

/**
 * The exit code is `null` when the time was up.
 *
 * @param {string} name
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function runTests(name) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [vitest, 'run', '--config', 'tools/mutations/vitest.mutation.mjs', '--no-color'],
      {
        cwd: root,
        env: { ...process.env, HOLDFAST_MUTATION: name, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    const take = (/** @type {Buffer} */ chunk) => (output = (output + chunk).slice(-200_000));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

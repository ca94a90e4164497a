import fs from 'node:fs';
import path from 'node:path';
import { exec, tail } from '../../../setup/exec.mjs';
import { bindingPackage, cache } from '../../../setup/places.mjs';
import { publicPackages } from '../../../packaging/workspace.mjs';
import { result, sum } from '../../check.mjs';
import { runVitest } from '../vitest-run.mjs';
import { withWorkspaceCopy } from '../workspace-copy.mjs';
import { getNode } from './fetch-node.mjs';
import { ourWarnings } from './warnings.mjs';

const minutes = 60_000;
const client = 'node_modules/@confluentinc/kafka-javascript';

/** @typedef {import('../../check.mjs').Result} Result */
/** @typedef {{ name: string, node: string, cwd: string, env: NodeJS.ProcessEnv }} Place */
/** @typedef {import('../../../setup/progress.mjs').Progress} Progress */

/**
 * The binding is made for one Node.js, so the copy gets a client without it.
 *
 * @param {string} copy
 */
function copyClient(copy) {
  const isWanted = (/** @type {string} */ source) => source !== path.join(bindingPackage, 'build');
  fs.cpSync(bindingPackage, path.join(copy, client), { recursive: true, filter: isWanted });
  fs.symlinkSync(cache, path.join(copy, '.cache'), 'junction');
}

/**
 * Returns why there is no binding; it is compiled once and kept in `.cache`.
 *
 * @param {Place} place
 * @param {Progress} progress
 */
async function whyNoBinding({ node, cwd, env }, progress) {
  progress.note('the binding of @confluentinc/kafka-javascript');
  const program = path.join(cwd, 'tools/test/deep/node/make-binding.mjs');
  const { code, output } = await exec(node, [program], { cwd, env, timeoutMs: 20 * minutes });
  return code === 0 ? undefined : tail(output);
}

/**
 * Checks that the published packages can be imported.
 *
 * @param {Place} place
 * @returns {Promise<Result>}
 */
async function imports({ node, cwd, env }) {
  const names = publicPackages().map(({ manifest }) => manifest.name);
  const program = `for (const name of ${JSON.stringify(names)})
    if (Object.keys(await import(name)).length === 0) throw new Error(name + ' exports nothing');`;
  const args = ['--input-type=module', '-e', program];
  const { code, output } = await exec(node, args, { cwd, env });
  return code === 0 ? result({ passed: names.length }) : result({ failed: 1, output });
}

/**
 * Runs everything in a copy of the workspace, under another Node.js.
 *
 * @param {Place} place
 * @param {string} seed
 * @param {Progress} progress
 */
async function runAll(place, seed, progress) {
  const { name, node, cwd, env } = place;
  const noBinding = await whyNoBinding(place, progress);
  const withSeed = { ...env, HOLDFAST_SEED: seed };
  const shared = { node, cwd, env: withSeed };
  // Without the binding, tests that need it do not run, and count as skipped.
  const over = noBinding === undefined ? ['adapter-kafkajs', 'adapter-confluent'] : ['adapter-kafkajs'];
  const unit = await runVitest(
    `${name}-unit`,
    { ...shared, config: 'vitest.config.ts', args: ['--project=!tools'], timeoutMs: 30 * minutes },
    progress,
  );
  const integration = await runVitest(
    `${name}-integration`,
    {
      ...shared,
      config: 'vitest.integration.config.ts',
      args: over.map((adapter) => `packages/${adapter}/`),
      timeoutMs: 30 * minutes,
    },
    progress,
  );
  const all = [await imports(place), unit.counted, integration.counted];
  if (noBinding !== undefined) {
    const output = `skipped: @confluentinc/kafka-javascript on a real Kafka, as it has no binding:\n${noBinding}\n`;
    all.push(result({ skipped: 1, output }));
  }
  const warnings = ourWarnings(unit.said + integration.said);
  all.push(
    warnings.length === 0
      ? result({ passed: 1 })
      : result({ failed: 1, output: `Node.js warns of our code:\n${warnings.join('\n')}\n` }),
  );
  return { ...sum(all), output: all.map(({ output }) => output).join('') };
}

/**
 * The unit tests, an import of each package, and both adapters on a real Kafka, under another
 * Node.js than this one.
 *
 * @param {number} major
 * @param {string} seed
 * @returns {import('../../check.mjs').Check}
 */
export const nodePart = (major, seed) => ({
  name: `node${major}`,
  does: `unit tests, and both adapters on a real Kafka, under Node.js ${major}`,
  async run(progress) {
    const node = await getNode(major, (doing) => progress.note(doing));
    return withWorkspaceCopy(`node${major}`, ['out-tsc'], async (cwd) => {
      copyClient(cwd);
      const env = {
        PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH']}`,
        NODE_OPTIONS: '--trace-warnings',
      };
      return runAll({ name: `node${major}`, node, cwd, env }, seed, progress);
    });
  },
});

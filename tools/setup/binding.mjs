import fs from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { forget, isKept, keep, restore } from './binding-cache.mjs';
import { exec, tail } from './exec.mjs';
import { bindingPackage, cache, root } from './places.mjs';
import { impossible, missing, ready } from './step.mjs';
import { whyNoCompiler } from './system-packages.mjs';

const log = path.join(cache, 'binding-build.log');
/** GitHub answers within seconds or, behind many firewalls, never. */
const downloadTimeoutMs = 60_000;
const compileTimeoutMs = 15 * 60_000;

/** Features that a build may lack, and what that means. */
const optionalFeatures = /** @type {const} */ ([
  ['ssl', 'no TLS'],
  ['sasl_scram', 'no SASL/SCRAM'],
  ['zstd', 'no zstd compression (CONTRIBUTING.md says how to get it)'],
  ['lz4', 'no lz4 compression'],
]);

/** @typedef {{ version: string, features: string[] }} Loaded */

/**
 * Resolves with librdkafka's features when the binding loads, otherwise with the reason. Loads it
 * in a process of its own: it may crash.
 *
 * @returns {Promise<Loaded | string>}
 */
async function load() {
  const program = `const { features, librdkafkaVersion } = require(${JSON.stringify(bindingPackage)});
    console.log('features:' + [librdkafkaVersion, ...features].join());`;
  const { code, output } = await exec(process.execPath, ['-e', program], { cwd: root });
  const [version, ...features] = /^features:(.*)$/m.exec(output)?.[1]?.split(',') ?? [];
  return code === 0 && version ? { version, features } : tail(output);
}

/** @param {Loaded} loaded @param {string} how */
function report({ version, features }, how) {
  const lacks = optionalFeatures.filter(([feature]) => !features.includes(feature)).map(([, says]) => says);
  const has = optionalFeatures.map(([feature]) => feature).filter((feature) => features.includes(feature));
  return ready([`${how}, librdkafka ${version} with ${has.join(', ')}`, ...lacks].join('; '));
}

/** @param {import('./progress.mjs').Progress} progress */
async function download(progress) {
  progress.note('looking for a prebuilt one');
  const preGyp = createRequire(path.join(bindingPackage, 'package.json')).resolve(
    '@mapbox/node-pre-gyp/bin/node-pre-gyp',
  );
  const { code } = await exec(process.execPath, [preGyp, 'install'], {
    cwd: bindingPackage,
    timeoutMs: downloadTimeoutMs,
  });
  return code === 0 && typeof (await load()) !== 'string';
}

/**
 * Returns the folder whose `include/node` fits this Node.js, so that a build need not download the
 * headers.
 */
function nodeHeaders() {
  const prefix = path.dirname(path.dirname(process.execPath));
  try {
    const header = fs.readFileSync(path.join(prefix, 'include/node/node_version.h'), 'utf8');
    const version = ['MAJOR', 'MINOR', 'PATCH'].map(
      (part) => new RegExp(`#define NODE_${part}_VERSION (\\d+)`).exec(header)?.[1],
    );
    return version.join('.') === process.versions.node ? prefix : undefined;
  } catch {
    return undefined;
  }
}

/** @param {import('./progress.mjs').Progress} progress */
async function compile(progress) {
  const headers = nodeHeaders();
  // The output of an interrupted compilation would count as finished work.
  fs.rmSync(path.join(bindingPackage, 'build'), { recursive: true, force: true });
  const { code, output, timedOut } = await exec(
    'npm',
    ['rebuild', '@confluentinc/kafka-javascript', '--ignore-scripts=false', '--foreground-scripts'],
    {
      cwd: root,
      env: {
        CKJS_LINKING: 'dynamic',
        // Its makefile starts all compilers at once; this limits them to what the machine can take.
        MAKEFLAGS: `-l${2 * availableParallelism()}`,
        npm_config_build_from_source: 'true',
        ...(headers ? { npm_config_nodedir: headers } : {}),
      },
      timeoutMs: compileTimeoutMs,
      onLine: (line) => progress.note(line),
    },
  );
  fs.writeFileSync(log, output);
  if (timedOut) return `compiling it took longer than ${compileTimeoutMs / 60_000} minutes (see ${log})`;
  return code === 0 ? undefined : `compiling it failed (all of it is in ${log}):\n${tail(output)}\n `;
}

/** @type {import('./step.mjs').Step} */
export const binding = {
  name: 'confluent binding',
  after: ['modules'],
  essential: false,
  costs: 'nothing runs over @confluentinc/kafka-javascript: tests over it are skipped (with CI=true: fail)',
  async check() {
    if (!fs.existsSync(path.join(bindingPackage, 'build/Release'))) return missing('it is not built');
    const loaded = await load();
    return typeof loaded === 'string' ? missing('it does not load') : report(loaded, 'there');
  },
  async make(progress) {
    if (restore()) {
      const loaded = await load();
      if (typeof loaded !== 'string') return report(loaded, 'taken from .cache');
      forget();
    }
    let how = 'downloaded';
    if (!(await download(progress))) {
      const noCompiler = await whyNoCompiler(progress);
      if (noCompiler !== undefined) return impossible(`no prebuilt one could be had, and ${noCompiler}`);
      progress.say('no prebuilt one could be had; compiling it takes some minutes');
      const failed = await compile(progress);
      if (failed !== undefined) return impossible(failed);
      how = 'compiled';
    }
    const loaded = await load();
    if (typeof loaded === 'string') return impossible(`${how}, but does not load:\n${loaded}\n `);
    if (!isKept()) keep();
    return report(loaded, how);
  },
};

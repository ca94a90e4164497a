/**
 * Time, chance and disk reach a stage through `env`, so that a whole chain can run in a simulation
 * from one seed. These rules forbid the direct ways in the published sources.
 */
const clock = 'Take the time from env.clock.';
const random = 'Take chance from env.random.';
const disk = 'Take the disk from env, so that a simulated one can stand in for it.';

const commonJs =
  'A bundle or a test runner may make CommonJS of a package: no import.meta, no await at the top.';

const timers = ['setTimeout', 'setInterval', 'setImmediate'];

/**
 * Classes that another realm (jest and `vm` have their own), or a second copy of core, also has:
 * its objects are not instances of the class in this module.
 */
const foreign = {
  selector:
    'BinaryExpression[operator="instanceof"][right.name=/^(\\w*Error|Uint8Array|Buffer|ArrayBuffer|Date|Map|Set|Promise|AbortSignal|SerializedRecord)$/]:not([right.name="UsageError"])',
  message:
    'Another realm has other classes: use isError, isReadableBytes, ProducerError.is or SerializedRecord.is of core, or node:util/types.',
};

const dial =
  'HOLDFAST_RUNS and HOLDFAST_SEED are read in one place: use checkProperty or checkSeeds of @holdfast/testing, or runsFrom and seedFrom.';

/** Ways to write a generated test that ignore the dial for runs and seeds. */
const besideTheDial = [
  { selector: 'MemberExpression[object.name="fc"][property.name=/^(assert|check)$/]', message: dial },
  {
    selector:
      ':not(CallExpression[callee.property.name="sample"]) > ObjectExpression > Property[key.name="numRuns"]',
    message: dial,
  },
  {
    selector: 'MemberExpression[object.property.name="env"][property.value=/^HOLDFAST_(RUNS|SEED)$/]',
    message: dial,
  },
];
const importedBesideTheDial = {
  paths: [
    { name: 'fast-check', importNames: ['assert', 'check'], message: dial },
    { name: '@fast-check/vitest', message: dial },
  ],
};

/** @type {import('eslint').Linter.RulesRecord} */
export const generatedTests = {
  'no-restricted-syntax': ['error', ...besideTheDial],
  'no-restricted-imports': ['error', importedBesideTheDial],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: dial }],
};

/** @type {import('eslint').Linter.RulesRecord} */
export const ofAnyRealm = {
  'no-restricted-syntax': ['error', foreign, ...besideTheDial],
  'no-restricted-imports': ['error', importedBesideTheDial],
};

/** The files that wrap the real clock, chance and disk. */
export const injectedEverywhereButIn = [
  'packages/core/src/system/{clock,env,node-disk,directory-lock}.ts',
  'packages/testing/**',
];

/** @type {import('eslint').Linter.RulesRecord} */
export const injected = {
  'no-restricted-globals': ['error', ...timers.map((name) => ({ name, message: clock }))],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: clock },
    { object: 'performance', property: 'now', message: clock },
    { object: 'process', property: 'hrtime', message: clock },
    { object: 'Math', property: 'random', message: random },
    { object: 'crypto', property: 'randomUUID', message: random },
    ...timers.map((property) => ({ object: 'globalThis', property, message: clock })),
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: clock },
    { selector: 'MetaProperty[meta.name="import"]', message: commonJs },
    { selector: 'AwaitExpression:not(:function AwaitExpression)', message: commonJs },
    foreign,
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: [
        ...['node:fs', 'node:fs/promises', 'fs', 'fs/promises'].map((name) => ({ name, message: disk })),
        ...['node:timers', 'node:timers/promises', 'timers', 'timers/promises', 'node:perf_hooks'].map(
          (name) => ({ name, message: clock }),
        ),
      ],
    },
  ],
};

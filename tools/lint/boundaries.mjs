/**
 * Which rooms may import which, by the `type:` tag in the `nx` field of each package.json. The
 * arrows run one way: apps → preset → telemetry → middleware and adapters → core. No middleware
 * imports another, no adapter imports a middleware, and `testing` imports core alone.
 *
 * @type {Record<string, string[]>}
 */
const mayImport = {
  core: [],
  testing: ['core'],
  middleware: ['core'],
  // Types only: the stats and events of the others.
  telemetry: ['core', 'middleware', 'adapter'],
  adapter: ['core'],
  preset: ['core', 'middleware', 'telemetry', 'adapter'],
  app: ['core', 'middleware', 'telemetry', 'adapter', 'preset', 'testing', 'tool'],
  tool: [],
};

/** What the tests of a room may import in addition. @type {Record<string, string[]>} */
const testsMayAlsoImport = {
  core: ['core', 'testing'],
  testing: ['testing'],
  middleware: ['testing'],
  telemetry: ['preset', 'testing', 'tool'],
  adapter: ['testing', 'tool'],
  preset: ['testing', 'tool'],
  tool: ['tool'],
};

/**
 * Unpublished files that a test of an app, or of telemetry, may import all the same: the fakes of
 * the Kafka clients, over which the whole chain runs with the adapters' own code. Regular
 * expressions of import specifiers.
 */
const fakes = [
  '/adapter-confluent/test/fake-client\\.fixture\\.js$',
  '/adapter-kafkajs/test/fake-kafka/[a-z-]+\\.js$',
];

/**
 * @param {(type: string) => string[]} targets
 * @param {string[]} allow imports that are let through, whatever they are
 */
const options = (targets, allow = []) => ({
  allow,
  // Core's tests use the fake clock of `testing`, which depends on core: a circle of tests, not of
  // builds.
  ignoredCircularDependencies: [['@holdfast/core', '@holdfast/testing']],
  depConstraints: Object.keys(mayImport).map((type) => ({
    sourceTag: `type:${type}`,
    onlyDependOnLibsWithTags: targets(type).map((target) => `type:${target}`),
  })),
});

export const arrows = options((type) => mayImport[type] ?? []);
export const arrowsOfTests = {
  ...options((type) => [...(mayImport[type] ?? []), ...(testsMayAlsoImport[type] ?? [])], fakes),
  // An app loads its adapter on demand; a test may import both statically.
  checkDynamicDependenciesExceptions: ['@holdfast/adapter-.*'],
};

/**
 * What dependency-cruiser checks of the imports: `npm test -- --only imports`. ESLint's rules do not count a circle
 * that consists of types, and see one file at a time.
 */

/**
 * Packages whose circles are known and being removed. A package leaves this list when its last circle is gone; the
 * list ends empty.
 */
const stillCircular = ['adapter-kafkajs', 'buffer', 'circuit-breaker', 'core', 'holdfast'];

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment:
        'These files import each other, types included. Move what both need to a file of its own, or to the one that it belongs to.',
      severity: 'error',
      from: { pathNot: `^packages/(${stillCircular.join('|')})/src/` },
      to: { circular: true },
    },
    {
      name: 'internal-door',
      comment:
        '@holdfast/core/internal is for the packages of this repository. Take the name from another entry point of core.',
      severity: 'error',
      from: { pathNot: '^packages/' },
      // Resolved, and as it is written where it cannot be resolved.
      to: { path: '^(packages/core/src/internal\\b|@holdfast/core/internal$)' },
    },
  ],
  options: {
    exclude: { path: '(^|/)(node_modules|dist|out-tsc|test-results|vectors)/' },
    tsPreCompilationDeps: true,
    detectJSDocImports: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@holdfast/source', 'import', 'types', 'default'],
    },
  },
};

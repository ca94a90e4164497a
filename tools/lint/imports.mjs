import { oneWay } from './rooms.mjs';

/**
 * The rules of dependency-cruiser for imports: `npm test -- --only imports`. ESLint's rules ignore
 * circles of types, and see one file at a time.
 */
export default {
  forbidden: [
    {
      name: 'no-circle',
      comment:
        'These files import each other, types included. Move what both need to a file of its own, or to the file that it belongs to.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'internal-door',
      comment:
        '@holdfast/core/internal is for the packages of this repository. Take the name from another entry point of core.',
      severity: 'error',
      from: { pathNot: '^packages/' },
      // The resolved path, or the specifier where it cannot be resolved.
      to: { path: '^(packages/core/src/internal\\b|@holdfast/core/internal$)' },
    },
    ...oneWay,
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

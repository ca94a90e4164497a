import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import * as jsonc from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';
import { arrows, arrowsOfTests } from './tools/lint/boundaries.mjs';
import { generatedTests, injected, injectedEverywhereButIn, ofAnyRealm } from './tools/lint/injected.mjs';

const tests = ['**/*.test.ts', '**/*.test-d.ts', '**/*.fixture.ts', '*/*/test/**/*.ts'];

export default tseslint.config(
  { ignores: ['**/dist', '**/out-tsc', '**/coverage', '**/test-results', '.nx', '.cache', 'tmp', '**/tmp'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-arguments': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/class-literal-property-style': 'off',
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/prefer-optional-chain': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
    },
  },
  {
    // A command line tool speaks through the console, and core's default logger is the console.
    files: ['apps/**/*.ts', 'tools/**/*.ts', 'packages/core/src/system/logger.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: tests,
    rules: {
      // `expect(spy.method)` is how a test asks about a method, and a stub need not wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      ...generatedTests,
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: tests,
    rules: ofAnyRealm,
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: [...tests, ...injectedEverywhereButIn],
    rules: injected,
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/vitest.config.ts'],
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': ['error', arrows] },
  },
  {
    files: tests,
    rules: { '@nx/enforce-module-boundaries': ['error', arrowsOfTests] },
  },
  {
    files: ['packages/*/package.json'],
    plugins: { '@nx': nx },
    languageOptions: { parser: jsonc },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          ignoredFiles: [
            '{projectRoot}/vitest.config.ts',
            // Of @holdfast/metrics: types alone of packages that a chain may be without.
            '{projectRoot}/src/stats/known-stages.ts',
            ...tests.map((glob) => `{projectRoot}/${glob}`),
          ],
          checkVersionMismatches: false,
          // The preset gives the peer of @holdfast/metrics, and does not use it.
          ignoredDependencies: ['@opentelemetry/api'],
        },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'performance',
          'URL',
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { eqeqeq: ['error', 'always'] },
  },
  prettier,
);

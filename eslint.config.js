import tseslint from 'typescript-eslint';
import { SQL_HOMES } from './test/architecture/sql-homes.mjs';

/** What Nest's own decorators inject would be refused as undeclared. */
const NEST_INPUT = {
  name: '@nestjs/common',
  importNames: ['Body', 'Query'],
  message: 'Take Body and Query from core/http/input.decorators.ts: it records what a handler declares',
};

/** The library's own drop what decorators declare of a property. */
const MAPPED_TYPES = {
  name: '@nestjs/swagger',
  importNames: ['IntersectionType', 'OmitType', 'PartialType', 'PickType'],
  message: 'Take mapped types from core/http/mapped-types.ts: they keep what schema.decorators.ts declares',
};

/** Imports for the files that wrap them alone. */
const RESTRICTED = [NEST_INPUT, MAPPED_TYPES];
const WRAPPERS = ['src/core/http/input.decorators.ts', 'src/core/http/mapped-types.ts'];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'coverage/',
      '.data/',
      'node_modules/',
      'client/dist/',
      'client/src/schema.ts',
      'test/client/consumer.ts',
    ],
  },
  ...tseslint.configs.recommended,
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-object-type': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/core/normalized-text.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.type='MemberExpression'][callee.property.name='normalize']",
          message: 'Normalization takes quadratic time: use normalizeText of core/normalized-text.ts',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    ignores: WRAPPERS,
    rules: { 'no-restricted-imports': ['error', ...RESTRICTED] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [...WRAPPERS, ...SQL_HOMES],
    rules: {
      'no-restricted-imports': [
        'error',
        ...RESTRICTED,
        { name: 'sql-template-tag', message: 'SQL stands in repositories: see test/architecture/sql-homes.mjs' },
      ],
    },
  },
);

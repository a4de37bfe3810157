// Three projects: `unit` is pure and needs no PostgreSQL; `e2e` goes the whole way from HTTP to the database, some of it with
// processes of the built product; `slow` measures times or memory that other specs would change, and so runs one file at a time.
import { fileURLToPath } from 'node:url';

const rootDir = fileURLToPath(new URL('..', import.meta.url));
const shared = {
  rootDir,
  testEnvironment: 'node',
  transform: {
    '^.+\\.(ts|m?js)$': [
      '@swc/jest',
      {
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|sql-template-tag|birpc|@opentelemetry/otlp-exporter-base)/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  testTimeout: 60_000,
};
const withDatabase = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};
/** Specs in the folder of an extension have HTTP and a database. */
const OF_EXTENSIONS = '<rootDir>/src/extensions/**/*.spec.ts';
const PURE_OF_TEST = [
  'test/architecture/class-names.spec.ts',
  'test/architecture/host-clock.spec.ts',
  'test/architecture/imports.spec.ts',
  'test/architecture/spec-files.spec.ts',
  'test/documents/extension-pages.spec.ts',
  'test/documents/pasted-commands.spec.ts',
];
const PURE = ['<rootDir>/src/**/*.spec.ts', ...PURE_OF_TEST.map((path) => `<rootDir>/${path}`)];

export default {
  rootDir,
  // One more than cores of a small machine: specs also wait, for processes, jobs and time-outs.
  maxWorkers: 3,
  // Spec files leave some 50 MB each in their worker, which had 2.5 GB after half of them.
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/test/support/longest-first.sequencer.mjs',
  testTimeout: shared.testTimeout,
  coverageProvider: 'v8',
  // Commands, workers and the verifier of bundles run as processes of their own, where nothing is counted.
  collectCoverageFrom: ['src/**/*.ts', '!**/*.spec.ts', '!src/main.ts', '!src/cli/**', '!src/server/cluster/**'],
  // A lower bound: unit and eight e2e specs of tasks, users, auth, audit, analytics, notifications and core reach 76, 76, 62 and 86.
  coverageThreshold: { global: { statements: 74, lines: 74, functions: 59, branches: 82 } },
  coverageDirectory: '<rootDir>/coverage',
  coverageReporters: ['text-summary', 'html', 'json-summary'],
  reporters: ['default', '<rootDir>/test/support/retries.reporter.mjs'],
  projects: [
    { ...shared, displayName: 'unit', testMatch: PURE, testPathIgnorePatterns: ['/src/extensions/'] },
    {
      ...shared,
      ...withDatabase,
      displayName: 'e2e',
      testEnvironment: '<rootDir>/test/support/shared-modules/environment.mjs',
      runtime: '<rootDir>/test/support/shared-modules/runtime.cjs',
      testMatch: ['<rootDir>/test/**/*.spec.ts', OF_EXTENSIONS],
      testPathIgnorePatterns: ['\\.slow\\.spec\\.ts$', ...PURE_OF_TEST.map((path) => `/${path}$`)],
    },
    {
      ...shared,
      ...withDatabase,
      displayName: 'slow',
      testMatch: ['<rootDir>/test/**/*.slow.spec.ts', '<rootDir>/src/extensions/**/*.slow.spec.ts'],
      runner: '<rootDir>/test/support/one-file.runner.mjs',
      setupFilesAfterEnv: ['<rootDir>/test/support/retry-slow.ts'],
    },
  ],
};

import { createRequire } from 'node:module';

// A dependency of jest itself, found from there.
const require = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: TestRunner } = createRequire(require.resolve('@jest/core'))('jest-runner');

/** Runs one spec file at a time, each in a worker as elsewhere: what measures time must not compete with other specs. */
export default class OneFileRunner extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }
}

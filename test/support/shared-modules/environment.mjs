import { TestEnvironment } from 'jest-environment-node';

/** Names of the symbols by which jest-circus keeps the tests of a file, and with them all that these hold, on the globals. */
const OF_A_FILE = new Set([
  'EVENT_HANDLERS',
  'JEST_STATE_SYMBOL',
  'LOG_ERRORS_BEFORE_RETRY',
  'RETRY_IMMEDIATELY',
  'RETRY_TIMES',
  'RETRY_TIMES_SETTER',
  'TEST_TIMEOUT_SYMBOL',
  'WAIT_BEFORE_RETRY',
]);

/**
 * One set of globals for all spec files of a worker, since the modules that these share (`runtime.cjs`) were loaded with them.
 * Coverage is counted for each file, so then there is a set for each.
 */
export default class SharedEnvironment extends TestEnvironment {
  static kept;
  sharesModules = true;

  constructor(config, context) {
    if (config.globalConfig.collectCoverage) return new TestEnvironment(config, context);
    if (SharedEnvironment.kept) return SharedEnvironment.kept;
    super(config, context);
    this.exit = this.global.process.exit;
    SharedEnvironment.kept = this;
  }

  /** Releases the state of the file that has ended, and keeps the globals for the next one. */
  async teardown() {
    const { global } = this;
    this.fakeTimersModern.useRealTimers();
    // Jest wraps it for each file.
    global.process.exit = this.exit;
    for (const symbol of Object.getOwnPropertySymbols(global))
      if (OF_A_FILE.has(symbol.description)) delete global[symbol];
    // The base class retains replaced and deleted globals for its own teardown, which never runs here.
    this._globalProxy.leftovers = [];
  }
}

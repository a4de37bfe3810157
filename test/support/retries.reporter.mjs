const MOST = 3;

/** Names the tests that passed only when they were run again, and fails the run where there are more than a few. */
export default class RetriesReporter {
  retried = [];

  onTestResult(_test, { testResults }) {
    for (const { fullName, invocations = 1 } of testResults) if (invocations > 1) this.retried.push(fullName);
  }

  onRunComplete() {
    for (const name of this.retried) process.stderr.write(`Run again: ${name}\n`);
  }

  getLastError() {
    return this.retried.length > MOST
      ? new Error(`${this.retried.length} tests were run again; ${MOST} may be`)
      : undefined;
  }
}

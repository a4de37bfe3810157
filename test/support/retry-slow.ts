// Specs of time and size share a machine with others: in CI one that fails is run again, which the reporter of retries counts.
if (process.env.CI) jest.retryTimes(1, { logErrorsBeforeRetry: true });

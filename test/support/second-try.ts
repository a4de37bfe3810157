// Specs of races and of time share a busy machine with the gate: there, what failed is tried once more, and both are told.
if (process.env.CI) jest.retryTimes(1, { logErrorsBeforeRetry: true });

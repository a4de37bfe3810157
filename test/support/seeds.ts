/**
 * Seed of a random test: that of an environment variable, which plays a run again, or a new one.
 *
 * @param variable such as `TRIAL_SEED`
 */
export const seedOf = (variable: string): number => Number(process.env[variable] ?? Date.now() % 2 ** 31);

/**
 * The test kit: what specs of the product and of extensions start from. Everything that an extension's specs may import of
 * `test/` stands here; `docs/extension-api.md` lists it.
 */
import { seedDemoData } from '../src/server/demo-data.js';
import { createSampleData, type SampleSummary } from '../src/server/sample-data/sample-data.js';
import { TestApp } from './support/app.js';

interface Start {
  /** Settings, by the names of their variables, beside those of tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** The app whose database this one shares, as a second replica; it is not dropped at the end. */
  readonly replicaOf?: TestApp;
  /** Folders of the extensions to load; default: all. */
  readonly extensions?: readonly string[];
}

/**
 * Starts the product with its extensions on a migrated database of its own, with a clock that tests move and its log kept.
 * Limits of rates and of failed logins are off. Stop it with `app.stop()`.
 *
 * @throws ConfigError for settings that are wrong
 */
export function startApp({ env, replicaOf, extensions }: Start = {}): Promise<TestApp> {
  return TestApp.start(env, replicaOf, extensions && [...extensions]);
}

/** Makes the demo data of the product and of its extensions, as `npm start` does on an empty database. */
export async function createDemo(app: TestApp): Promise<void> {
  await seedDemoData(app.nest);
}

interface Samples {
  readonly tasks: number;
  readonly users: number;
  readonly seed?: number;
}

/**
 * Makes sample data up to the hour of the app's clock, as `npm run seed` does: the clock runs on, and the same seed makes the
 * same data at the same time only. @returns how many records there are
 */
export function createSamples(app: TestApp, { tasks, users, seed = 1 }: Samples): Promise<SampleSummary> {
  const now = new Date(app.clock.now().setMinutes(0, 0, 0));
  return createSampleData(app.nest, { tasks, users, seed, now, allowProduction: false });
}

export { TestApp, TestClock, sql } from './support/app.js';
export { anActor, as, signedIn, type TestActor } from './support/actors.js';
export { aTask, aUser, type TaskRow, type UserRow } from './support/factories.js';
export { LiveClient, listening, type Sent } from './support/live.js';
export { leastOf, longestTurn } from './support/loop-watch.js';
export { Mailbox, tokenIn, type Received } from './support/mailbox.js';
export { seedOf } from './support/seeds.js';
export { waitFor } from './support/wait-for.js';

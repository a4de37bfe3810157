import { type INestApplicationContext } from '@nestjs/common';
import { DEMO_PASSWORD } from '../../auth/passwords/demo-password.js';
import { PasswordHasher } from '../../auth/passwords/password-hasher.service.js';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { WorkingCalendar } from '../../core/authorization/working-calendar.js';
import { Config } from '../../core/config/config.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { auditEntryOf, auditMetadataOf } from '../../core/persistence/audited.decorator.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type Progress } from '../../core/progress.js';
import { Tag } from '../../tasks/tags/tag.entity.js';
import { LogSequencer } from '../../transparency-log/sequencing/log-sequencer.worker.js';
import { NO_PASSWORD, User } from '../../users/user.entity.js';
import { ContributedSamples } from './contributed-samples.js';
import { HierarchySimulation } from './hierarchy-simulation.js';
import * as repository from './sample-data.repository.js';
import { sampleNames, samplePeople } from './sample-people.js';
import { type SampleUser } from '../../extensions/sample-contribution.js';
import { planHierarchy, type SampleWorld } from './sample-plan.js';
import { TAG_NAMES } from './sample-words.js';
import { SampleWriter } from './sample-writer.js';
import { SeededRandom } from '../../core/seeded-random.js';
import { WorkingTimes } from './working-times.js';

const DAY = 86_400_000;
const SPAN = 365 * DAY;
const DOMAIN = '@example.org';
const TASKS_PER_WRITE = 2000;
const SEED = systemPrincipal('seed', 'Sample data');

export interface SampleOptions {
  readonly tasks: number;
  readonly users: number;
  readonly seed: number;
  /** The present of the data; default: that of the database. */
  readonly now?: Date | undefined;
  /** Allows it in production, where no user gets the public password. */
  readonly allowProduction: boolean;
  readonly progress?: Progress | undefined;
}

export interface SampleSummary {
  readonly users: number;
  readonly tasks: number;
  readonly changes: number;
  readonly notifications: number;
  /** Number of records of extensions, by type. */
  readonly records: Readonly<Record<string, number>>;
  readonly sealed: number;
  /** Password of all users; null where they have none. */
  readonly password: string | null;
}

/**
 * Creates users, tags and a year of tasks with all that their changes would have left, in one transaction, and seals the
 * audit trail. The same options give the same rows, but for password hashes and salts of the trail, which are secret.
 *
 * @throws Error where it is not allowed here; then nothing was written
 */
export async function createSampleData(app: INestApplicationContext, options: SampleOptions): Promise<SampleSummary> {
  const { production } = app.get(Config);
  if (production && !options.allowProduction) {
    throw new Error('This is a production installation: sample data goes there with --allow-production only');
  }
  const hash = production ? NO_PASSWORD : await app.get(PasswordHasher, { strict: false }).hash(DEMO_PASSWORD);
  const written = await app.get(UnitOfWork).run(SEED, (tx) => write(app, tx, options, hash));
  options.progress?.phase('Sealing the audit trail');
  const sealed = await app.get(LogSequencer, { strict: false }).integrate();
  return { ...written, sealed, password: production ? null : DEMO_PASSWORD };
}

async function write(
  app: INestApplicationContext,
  tx: AuditedTransaction,
  options: SampleOptions,
  hash: string,
): Promise<Omit<SampleSummary, 'sealed' | 'password'>> {
  await repository.beginSampleData(tx);
  if (await repository.hasRecords(tx)) {
    throw new Error('The database has records already: entries of the past cannot come after them in the audit trail');
  }
  const random = new SeededRandom(options.seed);
  const now = (options.now ?? tx.now).getTime();
  const { notificationRetentionDays: retentionDays } = app.get(Config);
  const writer = new SampleWriter(tx, { random: new SeededRandom(options.seed + 1), now, retentionDays });
  const users = await addUsers(tx, writer, random, options.users, now - SPAN, hash);
  const ofRole = (role: SampleUser['role']) => users.filter((user) => user.role === role);
  const managers = ofRole('manager');
  const tagIds = await addTags(tx, writer, managers[0] as SampleUser, now - SPAN);
  const times = new WorkingTimes(app.get(WorkingCalendar));
  const world = { random, times, managers, developers: ofRole('developer'), tagIds, now };
  const [from, until] = [new Date(now - SPAN), new Date(now)];
  const basis = { users, times, seed: options.seed, taskCount: options.tasks, from, now: until };
  const contributed = new ContributedSamples(tx, writer, basis);
  await contributed.begin(app);
  await addTasks(tx, writer, world, users, options, contributed);
  options.progress?.phase('Finishing');
  await repository.refreshStatistics(tx);
  tx.audit({
    action: 'sample_data.created',
    entityType: 'sample_data',
    entityId: null,
    entityVersion: null,
    changes: { seed: [null, options.seed], tasks: [null, options.tasks], users: [null, users.length] },
  });
  return { users: users.length, ...writer.counts, records: contributed.counts };
}

async function addUsers(
  tx: AuditedTransaction,
  writer: SampleWriter,
  random: SeededRandom,
  count: number,
  before: number,
  hash: string,
): Promise<SampleUser[]> {
  const people = samplePeople(random, sampleNames(random, count));
  const ids = await repository.reserveIds(tx, 'users', people.length);
  return people.map(({ username, role, timeZone }, i) => {
    const id = ids[i] as number;
    const email = username + DOMAIN;
    const joined = new Date(Math.floor(before - (DAY * 30 * (people.length - i)) / people.length));
    writer.add('users', id, username, email, hash, role, timeZone, true, joined, joined);
    const facts = { email, emailVerified: true, isActive: true, dateJoined: joined, createdAt: joined, version: 1 };
    const entry = auditEntryOf(auditMetadataOf(User), 'created', null, { id, username, role, timeZone, ...facts });
    const { reason } = SEED.requestContext;
    writer.addChange({ at: joined, actor: SEED, reason, entries: [entry], history: [], notifications: [] });
    return { id, username, role, timeZone };
  });
}

async function addTags(tx: AuditedTransaction, writer: SampleWriter, actor: SampleUser, at: number): Promise<number[]> {
  const ids = await repository.reserveIds(tx, 'tags', TAG_NAMES.length);
  TAG_NAMES.forEach((name, i) => {
    const tag = { id: ids[i] as number, name, version: 1 };
    writer.add('tags', tag.id, name);
    const entries = [auditEntryOf(auditMetadataOf(Tag), 'created', null, tag)];
    writer.addChange({ at: new Date(at), actor, reason: null, entries, history: [], notifications: [] });
  });
  return ids;
}

async function addTasks(
  tx: AuditedTransaction,
  writer: SampleWriter,
  world: SampleWorld,
  users: readonly SampleUser[],
  { tasks, progress }: SampleOptions,
  contributed: ContributedSamples,
): Promise<void> {
  const ids = await repository.reserveIds(tx, 'tasks', tasks);
  const byId = new Map(users.map((user) => [user.id, user]));
  const startOf = (made: number) => world.now - SPAN + (SPAN * made) / tasks;
  for (let made = 0, written = 0; made < tasks;) {
    const at = startOf(made + world.random.next());
    const hierarchy = planHierarchy(world, at, tasks - made);
    const simulation = new HierarchySimulation(world, byId, hierarchy, ids.slice(made, made + hierarchy.length)).run();
    writer.addHierarchy(simulation, (i) => hierarchy[i]?.tagIds ?? []);
    await contributed.follow(simulation);
    made += hierarchy.length;
    if (made - written < TASKS_PER_WRITE) continue;
    written = made;
    progress?.phase('Writing tasks', made / tasks);
    await writer.flush(startOf(made));
  }
  await writer.finish();
}

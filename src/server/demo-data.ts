import { Logger, type INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NO_SESSION, systemPrincipal, type Actor, type Principal } from '../core/authorization/actor.js';
import { Clock } from '../core/clock.js';
import { readOnlyProblem } from '../core/http/database-errors.js';
import { HeldChange } from '../core/persistence/held-change.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { urlOf } from '../infrastructure/database/data-source.js';
import { ContributedData } from '../extensions/contributed-data.js';
import { type DemoWorld } from '../extensions/demo-contribution.js';
import { Database } from '../infrastructure/database/database.js';
import { withStartLock } from '../infrastructure/database/start-lock.js';
import { TagsService } from '../tasks/tags/tags.service.js';
import { TasksService } from '../tasks/tasks.service.js';
import { type NewTask } from '../tasks/tasks.dto.js';
import { DEMO_PASSWORD } from '../auth/passwords/demo-password.js';
import { PasswordHasher } from '../auth/passwords/password-hasher.service.js';
import { isMigrated, passwordHashes, someUsernames } from './demo-data.queries.js';
import { AccountProvisioningService } from '../auth/registration/account-provisioning.service.js';

/** Accounts of an installation that was seeded; their password is public. */
export const DEMO_ACCOUNTS = [
  { username: 'manager', email: 'manager@example.org', role: 'manager', timezone: 'Europe/Berlin' },
  { username: 'developer', email: 'developer@example.org', role: 'developer', timezone: 'Asia/Kolkata' },
  { username: 'auditor', email: 'auditor@example.org', role: 'auditor', timezone: 'America/New_York' },
] as const;
const TAGS = ['informed-consent', 'site-visit', 'data-management', 'safety'];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const logger = new Logger('Demo');

type DemoTask = Partial<NewTask> & Pick<NewTask, 'title' | 'estimated_hours'> & { due: number; below?: string };

/** Demo tasks: `due` in days from today, `below` the title of the parent. Tags count from 1. */
const TASKS: readonly DemoTask[] = [
  { title: 'Prepare site 04 for initiation', estimated_hours: '24.00', priority: 'high', due: 12, tags: [2] },
  {
    title: 'Verify informed consent forms, site 04',
    below: 'Prepare site 04 for initiation',
    estimated_hours: '8.00',
    priority: 'high',
    due: 5,
    tags: [1, 2],
    status: 'in_progress',
    actual_hours: '3.50',
  },
  {
    title: 'Collect the delegation log of site 04',
    below: 'Prepare site 04 for initiation',
    estimated_hours: '2.00',
    due: 7,
    tags: [2],
  },
  {
    title: 'Reconcile adverse events with the safety database',
    estimated_hours: '16.00',
    priority: 'critical',
    due: 2,
    tags: [4],
    status: 'in_progress',
    actual_hours: '20.00',
  },
  { title: 'Answer data queries of visit 3', estimated_hours: '12.50', due: 9, tags: [3] },
  {
    title: 'Check the temperature log of the study drug, site 02',
    estimated_hours: '3.00',
    priority: 'low',
    due: -4,
    tags: [2],
  },
  {
    title: 'Code medical history terms, batch 7',
    estimated_hours: '6.00',
    due: -10,
    tags: [3],
    status: 'completed',
    actual_hours: '5.25',
  },
  {
    title: 'Translate the patient leaflet into Marathi',
    estimated_hours: '10.00',
    due: 20,
    tags: [1],
    status: 'blocked',
  },
];

/**
 * Seeds an empty installation with accounts and tasks; of several replicas that start at once, one does.
 *
 * @returns sign-in instructions for a server URL; undefined where there are accounts other than the demo's
 */
export async function seedDemoData(app: INestApplicationContext): Promise<((url: string) => string) | undefined> {
  const database = app.get(Database);
  if (!(await isMigrated(database))) {
    logger.warn('There is no demo data, for the database is not migrated yet');
    return undefined;
  }
  if ((await someUsernames(database)).length === 0) {
    const url = urlOf(app.get(DataSource));
    logger.log('Creating the demo accounts and tasks');
    const seedIfEmpty = async () => (await someUsernames(database)).length > 0 || seed(app);
    await withStartLock({ url, lock: 'demoData' }, seedIfEmpty).catch((error: unknown) => {
      if (!readOnlyProblem(error)) throw error;
      logger.warn('There is no demo data, for the database cannot be written');
    });
  }
  const found = await someUsernames(database);
  return DEMO_ACCOUNTS.every(({ username }) => found.includes(username)) ? instructions : undefined;
}

/** @returns the names of demo accounts that still have the public password */
export async function accountsWithPublicPassword(app: INestApplicationContext): Promise<string[]> {
  const passwords = app.get(PasswordHasher, { strict: false });
  const names = DEMO_ACCOUNTS.map(({ username }) => username);
  const users = await passwordHashes(app.get(Database), names);
  const found: string[] = [];
  for (const { username, hash } of users) if (await passwords.matches(DEMO_PASSWORD, hash)) found.push(username);
  return found;
}

/** Creates accounts, tags and tasks in one transaction, so that a start that is interrupted leaves nothing of them. */
async function seed(app: INestApplicationContext): Promise<void> {
  const unitOfWork = app.get(UnitOfWork);
  const held = new HeldChange(() => Promise.resolve());
  const now = app.get(Clock).now();
  const author = systemPrincipal('demo', 'Demo data');
  try {
    const users = await createAccounts(app, { ...author, held });
    const manager = managerOf(users, author);
    const tasks = await createTasks(app, { ...manager, held }, users, now);
    await unitOfWork.commitHeld(held, () => undefined);
    await addContributions(app, { manager, users, tasks, now });
  } catch (error) {
    await unitOfWork.rollBackHeld(held);
    throw error;
  }
}

/** @returns the ids by username */
async function createAccounts(app: INestApplicationContext, author: Principal): Promise<Map<string, number>> {
  const accounts = app.get(AccountProvisioningService, { strict: false });
  const ids = new Map<string, number>();
  for (const account of DEMO_ACCOUNTS) {
    const { id } = await accounts.create(author, { ...account, password: DEMO_PASSWORD, demo: true });
    ids.set(account.username, id);
  }
  return ids;
}

const managerOf = (users: ReadonlyMap<string, number>, author: Principal): Actor => ({
  ...author,
  id: users.get('manager') ?? 0,
  username: 'manager',
  role: 'manager',
  timeZone: 'Europe/Berlin',
  atWork: true,
  sessionId: NO_SESSION,
});

/** @returns the ids by title */
async function createTasks(
  app: INestApplicationContext,
  manager: Actor,
  users: ReadonlyMap<string, number>,
  now: Date,
): Promise<Map<string, number>> {
  const tagIds: number[] = [];
  for (const name of TAGS) tagIds.push((await app.get(TagsService, { strict: false }).create(manager, { name })).id);
  const tasks = app.get(TasksService, { strict: false });
  const ids = new Map<string, number>();
  for (const { due, below, ...task } of TASKS) {
    const { json } = await tasks.create(manager, {
      ...task,
      ...(below && { parent_task: ids.get(below) ?? null }),
      tags: (task.tags ?? []).map((number) => tagIds[number - 1] ?? 0),
      deadline: new Date(Math.ceil(now.getTime() / HOUR) * HOUR + due * DAY),
      assigned_to: users.get('developer') ?? 0,
    });
    ids.set(task.title, (JSON.parse(json) as { id: number }).id);
  }
  return ids;
}

/** Lets extensions add their demo data. A demo is no reason not to serve, so a failure is logged alone. */
async function addContributions(app: INestApplicationContext, world: DemoWorld): Promise<void> {
  for (const { extension, demoData } of app.get(ContributedData).contributions) {
    await demoData?.(app, world).catch((err: unknown) =>
      logger.error({ msg: `The demo data of the extension ${extension} is not complete`, err }),
    );
  }
}

const instructions = (url: string): string => `
  Open ${url}/docs and sign in there with POST /api/auth/login, or use curl:

    curl -s ${url}/api/auth/login -H 'Content-Type: application/json' -d '{"username":"manager","password":"${DEMO_PASSWORD}"}'

  Demo accounts: ${DEMO_ACCOUNTS.map(({ username }) => username).join(', ')}; the password of each is ${DEMO_PASSWORD}
`;

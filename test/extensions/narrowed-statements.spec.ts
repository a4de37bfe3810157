import { Client } from 'pg';
import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { narrowedApp } from './narrowed-app.js';

/** Statements on records; those of jobs and heartbeats come whenever they like. */
const OF_RECORDS = /\b(?:tasks|task_totals|task_deltas|notifications|audit_trail a|redactions r)\b/;
const OF_BACKGROUND = /api_audit_logs|audit_seals|deadline_warnings|pgboss|priority_escalated AND/;

type Query = Client['query'];

/** Returns the texts of the statements that all connections of this process are sent while `work` runs. */
async function statementsOf(work: () => Promise<void>): Promise<string[]> {
  const texts: string[] = [];
  const original = Client.prototype.query as (...args: unknown[]) => unknown;
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    const [given] = args as [string | { text: string }];
    texts.push(typeof given === 'string' ? given : given.text);
    return original.apply(this, args);
  } as Query;
  try {
    await work();
  } finally {
    Client.prototype.query = original as Query;
  }
  return texts.filter((text) => OF_RECORDS.test(text) && !OF_BACKGROUND.test(text));
}

/** Calls every kind of reader and writer of tasks. */
async function callAll(who: TestActor, task: number, others: number[]): Promise<void> {
  const reads = [
    [
      '/api/tasks',
      '/api/tasks?limit=2&include_total=true&sort=-priority,deadline',
      '/api/tasks?q=visit&status=pending',
    ],
    [`/api/tasks/${task}`, `/api/tasks/${task}?include=allowed_actions`, `/api/tasks/${task}/history`],
    ['/api/tasks?include=allowed_actions', '/api/tasks/export.csv'],
    ['/api/analytics', '/api/analytics?blocked_limit=3', '/api/analytics/team', '/api/analytics/trends'],
    ['/api/notifications', '/api/notifications/unread_count'],
  ].flat();
  for (const path of reads) expect([path, (await as(who).get(path)).status]).toEqual([path, 200]);
  const asOf = new Date().toISOString();
  for (const path of ['/api/audit/entries?entity_type=task', '/api/audit/redactions', `/api/tasks?as_of=${asOf}`])
    await as(who).get(path);
  await as(who).patch(`/api/tasks/${task}`, { status: 'in_progress' });
  await as(who).patch(`/api/tasks/${task}`, { title: 'Another visit' });
  await as(who).post('/api/tasks/bulk-update', { task_ids: others, status: 'completed' });
  await as(who).post('/api/policy/explain', { action: 'edit', task });
}

async function recordedIn(app: TestApp): Promise<string[]> {
  app.clock.set(`${new Date().toISOString().slice(0, 10)}T12:00:00Z`);
  const manager = await anActor(app, 'manager');
  const developer = await anActor(app, 'developer');
  const made: number[] = [];
  for (const title of ['Visit', 'Call', 'Letter', 'Report']) made.push((await aTask(app, developer.id, { title })).id);
  const [first = 0, second = 0, ...others] = made;
  // Sessions, and with them facts, are in the cache from here on.
  for (const who of [manager, developer]) await as(who).get('/api/policy');
  return statementsOf(async () => {
    await callAll(manager, first, others);
    await callAll(developer, second, others);
  });
}

describe('the statements of a user whom nothing narrows', () => {
  it('are those of the product without extensions, in their texts and their number', async () => {
    const plain = await TestApp.start({}, undefined, []);
    const expected = await recordedIn(plain).finally(() => plain.stop());
    const app = await narrowedApp();
    try {
      const texts = await recordedIn(app);
      expect(texts).toEqual(expected);
      expect(expected.length).toBeGreaterThan(50);
      expect(expected.filter((text) => text.includes('narrowed'))).toEqual([]);
    } finally {
      await app.stop();
    }
  }, 120_000);

  it('differ from those of a user who is narrowed, whose texts do not depend on the number of conditions', async () => {
    const app = await narrowedApp();
    try {
      const manager = await anActor(app, 'manager');
      const listing = async (conditions: object[]) => {
        await app.rows(sql`INSERT INTO departments_rules SELECT ${manager.id}::int, c
          FROM jsonb_array_elements(${JSON.stringify(conditions)}::jsonb) c`);
        await as(manager).put('/api/departments/facts-changed', { user_id: manager.id });
        return statementsOf(async () => void (await as(manager).get('/api/tasks?limit=2')));
      };
      const few = await listing([{ unit: null }, { unit: 1 }, { unit: 2, site: 'Bonn' }]);
      const many = await listing([...Array(40).keys()].flatMap((unit) => [{ unit }, { unit, site: 'Bonn' }]));
      expect(few.join()).toContain('NOT EXISTS (SELECT FROM public."departments_tasks" narrowed');
      expect(many).toEqual(few);
    } finally {
      await app.stop();
    }
  }, 60_000);
});

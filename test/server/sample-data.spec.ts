import { randomBytes } from 'node:crypto';
import { createSampleData, type SampleOptions } from '../../src/server/sample-data/sample-data.js';
import { WorkingCalendar } from '../../src/core/authorization/working-calendar.js';
import { RollupReconciler } from '../../src/analytics/rollups/rollup-reconciler.job.js';
import { as, signedIn } from '../support/actors.js';
import { type UserRow } from '../support/factories.js';
import { sql, TestApp } from '../support/app.js';
import { verified } from '../support/seals.js';

const NOW = new Date('2026-06-17T12:34:56.789Z');
const OPTIONS: SampleOptions = { tasks: 2000, users: 40, seed: 7, now: NOW, allowProduction: false };
/** Entries of the data, beside those of the command and of the key that seals. */
const MADE = sql`entity_type NOT IN ('sample_data', 'key')`;
/** All rows, but for hashes and salts, which are secret. */
const TABLES = {
  users: sql`SELECT id, username, email, role, timezone, email_verified, date_joined FROM users ORDER BY id`,
  tags: sql`SELECT * FROM tags ORDER BY id`,
  tasks: sql`SELECT * FROM tasks ORDER BY id`,
  task_tags: sql`SELECT * FROM task_tags ORDER BY 1, 2`,
  task_history: sql`SELECT * FROM task_history ORDER BY id`,
  notifications: sql`SELECT * FROM notifications ORDER BY id`,
  deadline_warnings: sql`SELECT * FROM deadline_warnings ORDER BY 1, 2`,
  audit_trail: sql`SELECT id, occurred_at, actor_id, actor_name, actor_role, action, entity_type, entity_id, entity_version,
    entity_name, entity_updated_at, changes, reason FROM audit_trail WHERE ${MADE} ORDER BY id`,
};

const rowsOf = async (app: TestApp) => {
  const all: Record<string, object[]> = {};
  for (const [table, statement] of Object.entries(TABLES)) all[table] = await app.rows(statement);
  return all;
};

/** Without extensions: what these make is for their own specs. */
const started = () => TestApp.start({}, undefined, []);

describe('the product on sample data', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await started();
    await createSampleData(app.nest, { ...OPTIONS, tasks: 1000 });
  }, 120_000);
  afterAll(() => app.stop());

  it('has totals that equal a recount, and texts that are found', async () => {
    expect(await app.nest.get(RollupReconciler, { strict: false }).reconcile()).toEqual([]);
    const login = await as(app).post('/api/auth/login', { username: 'manager', password: 'trial-demo-2026' });
    expect(login.status).toBe(200);
    const [user] = (await app.rows(sql`SELECT * FROM users WHERE username = 'manager'`)) as [UserRow];
    const manager = await signedIn(app, user);
    const [{ n }] = (await app.rows(sql`SELECT count(*)::int AS n FROM tasks WHERE deleted_at IS NULL
      AND (title || E'\n' || description) ILIKE '%delegation log%'`)) as [{ n: number }];
    const found = await as(manager).get('/api/tasks?q=delegation%20log');
    expect({ status: found.status, body: found.body as unknown }).toEqual({
      status: 200,
      body: expect.any(Array) as unknown,
    });
    expect(found.body).toHaveLength(n);
    expect(n).toBeGreaterThan(20);
  });
});

describe('sample data', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await started();
    app.clock.set(NOW);
    await createSampleData(app.nest, OPTIONS);
  }, 120_000);
  afterAll(() => app.stop());

  const none = async (statement: ReturnType<typeof sql>) => expect(await app.rows(statement)).toEqual([]);

  it('has as many users and tasks as were asked for, of each role, status and priority', async () => {
    const count = (statement: ReturnType<typeof sql>) => app.rows<{ n: number }>(statement);
    expect(await count(sql`SELECT count(*)::int AS n FROM tasks`)).toEqual([{ n: 2000 }]);
    expect(await count(sql`SELECT count(*)::int AS n FROM users GROUP BY role ORDER BY role`)).toEqual([
      { n: 1 },
      { n: 37 },
      { n: 2 },
    ]);
    expect(await app.rows(sql`SELECT status FROM tasks GROUP BY 1 HAVING count(*) > 10`)).toHaveLength(4);
    expect(await app.rows(sql`SELECT priority FROM tasks GROUP BY 1 HAVING count(*) > 10`)).toHaveLength(4);
    const [{ deleted, children }] = (await app.rows(sql`SELECT count(deleted_at)::int AS deleted,
      count(parent_task_id)::int AS children FROM tasks`)) as [{ deleted: number; children: number }];
    expect(deleted).toBeGreaterThan(5);
    expect(children).toBeGreaterThan(200);
    const actions = await app.rows<{ action: string }>(
      sql`SELECT DISTINCT action FROM audit_trail WHERE ${MADE} ORDER BY 1`,
    );
    expect(actions.map(({ action }) => action)).toEqual([
      'tag.created',
      'task.created',
      'task.deadline_warned',
      'task.deleted',
      'task.escalated',
      'task.status_cascaded',
      'task.updated',
      'user.created',
    ]);
  });

  it('is the same for the same seed, and other for another one', async () => {
    const again = await started();
    const other = await started();
    try {
      await createSampleData(again.nest, OPTIONS);
      await createSampleData(other.nest, { ...OPTIONS, tasks: 50, seed: 8 });
      const [first, second, third] = [await rowsOf(app), await rowsOf(again), await rowsOf(other)];
      for (const table of Object.keys(TABLES)) expect(second[table]).toEqual(first[table]);
      expect(third.tasks).not.toEqual(first.tasks?.slice(0, 50));
      expect(Object.values(first).every((rows) => rows.length > 0)).toBe(true);
    } finally {
      await again.stop();
      await other.stop();
    }
  }, 120_000);

  it('is sealed and verified', async () => {
    const { entries, waiting } = await verified(app);
    expect(entries).toBeGreaterThan(6000);
    expect(waiting).toBe(0);
  });

  it('has an audit trail whose entries, in the order of time, add up to each task as it is', async () => {
    await none(sql`SELECT id FROM (SELECT id, occurred_at, lag(occurred_at) OVER (ORDER BY id) AS before FROM audit_trail
      WHERE ${MADE}) e WHERE occurred_at < before`);
    const folded = sql`SELECT entity_id AS id, last_changes(changes ORDER BY id) AS changes, count(*) FILTER
      (WHERE action <> 'task.deadline_warned') AS version, max(entity_updated_at) AS updated_at
      FROM audit_trail WHERE entity_type = 'task' GROUP BY 1`;
    await none(sql`SELECT t.id FROM tasks t LEFT JOIN (${folded}) f USING (id) WHERE
      (t.version, t.updated_at, t.title, t.description, t.status, t.priority, t.assigned_to_id, t.created_by_id) IS DISTINCT FROM
      (f.version, f.updated_at, f.changes->'title'->>1, f.changes->'description'->>1, f.changes->'status'->>1, f.changes->'priority'->>1,
        (f.changes->'assigned_to'->>1)::int, (f.changes->'created_by'->>1)::int)
      OR (t.parent_task_id, t.estimated_hours, t.actual_hours, t.deadline, t.priority_escalated, t.created_at, t.deleted_at)
      IS DISTINCT FROM ((f.changes->'parent_task'->>1)::int, (f.changes->'estimated_hours'->>1)::numeric,
        (f.changes->'actual_hours'->>1)::numeric, (f.changes->'deadline'->>1)::timestamptz, (f.changes->'priority_escalated'->>1)::boolean,
        (f.changes->'created_at'->>1)::timestamptz, (f.changes->'deleted_at'->>1)::timestamptz)
      OR (SELECT coalesce(jsonb_agg(tag_id ORDER BY tag_id), '[]') FROM task_tags WHERE task_id = t.id)
        IS DISTINCT FROM coalesce(f.changes->'tags'->1, '[]')`);
    // Each entry begins where the one before it ended.
    await none(sql`SELECT id FROM (SELECT a.id, value->0 AS before, lag(value->1) OVER (PARTITION BY entity_id, key ORDER BY a.id) AS was
      FROM audit_trail a, jsonb_each(changes) WHERE entity_type = 'task' AND key <> 'deadline_warning') e
      WHERE was IS NOT NULL AND was <> before`);
  });

  it('has a history for each change of status, assignee and escalation, by the same person at the same time', async () => {
    await none(sql`SELECT t.id FROM tasks t LEFT JOIN LATERAL (SELECT to_status FROM task_history h WHERE h.task_id = t.id
      ORDER BY id DESC LIMIT 1) h ON true WHERE coalesce(h.to_status, 'pending') <> t.status`);
    await none(sql`SELECT h.id FROM task_history h WHERE NOT EXISTS (SELECT FROM audit_trail a WHERE a.entity_type = 'task'
      AND a.entity_id = h.task_id AND a.occurred_at = h.timestamp AND a.actor_id IS NOT DISTINCT FROM h.changed_by_id
      AND a.reason IS NOT DISTINCT FROM h.reason AND (a.changes = h.changes OR h.action = 'deadline_warning'))`);
    await none(sql`SELECT a.id FROM audit_trail a WHERE a.entity_type = 'task' AND a.action <> 'task.created' AND (a.changes ? 'status'
      OR a.changes ? 'assigned_to') AND NOT EXISTS (SELECT FROM task_history h WHERE h.task_id = a.entity_id AND h.timestamp = a.occurred_at)`);
  });

  it('obeys the rules of parents and children, and of deadlines', async () => {
    const pairs = sql`tasks c JOIN tasks p ON p.id = c.parent_task_id WHERE c.deleted_at IS NULL AND p.deleted_at IS NULL`;
    await none(sql`SELECT c.id FROM ${pairs} AND p.status = 'completed' AND c.status <> 'completed'`);
    await none(sql`SELECT c.id FROM ${pairs} AND c.status = 'blocked' AND p.status <> 'blocked'`);
    await none(sql`SELECT c.id FROM tasks c JOIN tasks p ON p.id = c.parent_task_id WHERE c.created_at < p.created_at
      OR (p.deleted_at IS NOT NULL AND c.deleted_at IS NULL)`);
    const open = sql`deleted_at IS NULL AND status <> 'completed'`;
    await none(sql`SELECT id FROM tasks WHERE ${open} AND deadline <= ${NOW}::timestamptz + interval '23 hours'
      AND created_at < ${NOW}::timestamptz - interval '1 hour' AND NOT priority_escalated AND priority <> 'critical'`);
    await none(sql`SELECT id FROM tasks WHERE ${open} AND deadline <= ${NOW}::timestamptz AND created_at < deadline - interval '1 hour'
      AND NOT EXISTS (SELECT FROM deadline_warnings w WHERE w.task_id = tasks.id AND w.deadline = tasks.deadline)`);
    await none(sql`SELECT id FROM tasks WHERE (priority = 'critical') <> (critical_given_by IS NOT NULL)`);
    await none(sql`SELECT id FROM audit_trail WHERE occurred_at > ${NOW} AND ${MADE}`);
  });

  it('has developers who change their own tasks, in their working hours, and auditors who change nothing', async () => {
    const acts = await app.rows<{
      at: Date;
      zone: string;
    }>(sql`SELECT occurred_at AS at, timezone AS zone FROM audit_trail a
      JOIN users u ON u.id = a.actor_id WHERE a.actor_role = 'developer'`);
    expect(acts.length).toBeGreaterThan(1500);
    expect(new Set(acts.map(({ zone }) => zone)).size).toBeGreaterThan(5);
    const calendar = app.nest.get(WorkingCalendar);
    expect(acts.filter(({ at, zone }) => !calendar.isOpen(zone, at))).toEqual([]);
    const hours = new Set(acts.filter(({ zone }) => zone === 'America/New_York').map(({ at }) => at.getUTCHours()));
    expect(hours.size).toBeGreaterThan(7);
    const assignee = sql`(SELECT (e.changes->'assigned_to'->>1)::int FROM audit_trail e WHERE e.entity_type = 'task'
      AND e.entity_id = a.entity_id AND e.id <= a.id AND e.changes ? 'assigned_to' ORDER BY e.id DESC LIMIT 1)`;
    await none(sql`SELECT a.id FROM audit_trail a WHERE a.actor_role = 'developer' AND a.action <> 'task.status_cascaded'
      AND ${assignee} <> a.actor_id`);
    await none(sql`SELECT id FROM audit_trail WHERE actor_role = 'auditor'`);
    await none(sql`SELECT a.id FROM audit_trail a JOIN users u ON u.id = a.actor_id
      WHERE (u.username, u.role) <> (a.actor_name, a.actor_role) OR a.occurred_at < u.date_joined`);
  });

  it('has notifications of its changes, read ones no older than they are kept, in sentences of the product', async () => {
    await none(sql`SELECT id FROM (SELECT id, created_at, lag(created_at) OVER (ORDER BY id) AS before FROM notifications) n
      WHERE created_at < before`);
    await none(sql`SELECT id FROM notifications n WHERE NOT EXISTS (SELECT FROM audit_trail a
      WHERE a.entity_type = 'task' AND a.entity_id = n.task_id AND a.occurred_at = n.created_at) OR position('{' IN message) > 0`);
    await none(
      sql`SELECT id FROM notifications WHERE read AND (read_at > ${NOW} OR read_at < ${NOW}::timestamptz - interval '365 days')`,
    );
    expect(await app.rows(sql`SELECT notification_type FROM notifications GROUP BY 1`)).toHaveLength(5);
  });

  it('has no user name that looks like another', async () => {
    await none(sql`SELECT name_skeleton(username) FROM users GROUP BY 1 HAVING count(*) > 1`);
  });

  it('does not go into a database that has records, whose trail it would contradict', async () => {
    await expect(createSampleData(app.nest, OPTIONS)).rejects.toThrow('The database has records already');
    expect(await app.rows(sql`SELECT count(*)::int AS n FROM tasks`)).toEqual([{ n: 2000 }]);
  });
});

describe('sample data in production', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({
      ENVIRONMENT: 'production',
      SECRET_KEY: randomBytes(48).toString('base64'),
      DATABASE_URL: 'postgres://given.example/to-the-app',
      BCRYPT_COST: '12',
    });
  });
  afterAll(() => app.stop());

  it('needs an option of its own, and then no user has a password', async () => {
    const few = { ...OPTIONS, tasks: 20, users: 3 };
    await expect(createSampleData(app.nest, few)).rejects.toThrow('--allow-production');
    expect(await app.rows(sql`SELECT FROM users`)).toEqual([]);
    await createSampleData(app.nest, { ...few, allowProduction: true });
    expect(await app.rows(sql`SELECT DISTINCT hashed_password FROM users`)).toEqual([{ hashed_password: '!' }]);
  });
});

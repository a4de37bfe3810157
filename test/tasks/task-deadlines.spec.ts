import { Client } from 'pg';
import { JobQueue } from '../../src/infrastructure/jobs/job-queue.service.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { waitFor } from '../support/wait-for.js';

const HOUR = 3_600_000;
let app: TestApp;
let manager: TestActor;
let asha: TestActor;

beforeAll(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager', { username: 'meera' });
  asha = await anActor(app, 'developer', { username: 'asha' });
});
beforeEach(async () => {
  app.clock.set('2026-11-02T10:00:00Z');
  await app.rows(sql`UPDATE tasks SET deleted_at = now()`);
  await app.rows(sql`DELETE FROM notifications`);
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

const escalate = () => app.nest.get(JobQueue).runNow('escalate-tasks');
const warn = () => app.nest.get(JobQueue).runNow('warn-of-deadlines');
const inHours = (hours: number) => new Date(app.clock.now().getTime() + hours * HOUR);
const old = { created: '2026-01-01T00:00:00Z' };
const read = async (id: number) => (await as(manager).get(`/api/tasks/${id}`)).body as Record<string, unknown>;
const history = async (id: number) =>
  (await as(manager).get(`/api/tasks/${id}/history`)).body as Record<string, unknown>[];
const notificationsOf = (id: number) =>
  app.rows<{ who: number; type: string; message: string }>(
    sql`SELECT user_id AS who, notification_type AS type, message FROM notifications WHERE task_id = ${id} ORDER BY id`,
  );
const entries = (id: number, action: string) =>
  app.rows<{ changes: unknown; actor_name: string; actor_role: string; reason: string }>(
    sql`SELECT changes, actor_name, actor_role, reason FROM audit_trail WHERE entity_id = ${id} AND action = ${action}`,
  );

describe('escalation', () => {
  it('moves a task up one priority at 24 hours, not before, and only once', async () => {
    const { id } = await aTask(app, asha.id, { title: 'Lab kit', priority: 'low', deadline: inHours(24), ...old });
    app.clock.advance(-5);
    expect(await escalate()).toBe(0);
    expect(await read(id)).toMatchObject({ priority: 'low', priority_escalated: false, version: 1 });
    app.clock.advance(6);
    expect(await escalate()).toBe(1);
    expect(await read(id)).toMatchObject({ priority: 'medium', priority_escalated: true, version: 2 });
    app.clock.advance(3600);
    expect(await escalate()).toBe(0);
    expect(await read(id)).toMatchObject({ priority: 'medium', version: 2 });
  });

  it('never happens in a request', async () => {
    const body = { title: 'Soon', estimated_hours: 1, deadline: inHours(1), priority: 'low', assigned_to: asha.id };
    const made = await as(manager).post('/api/tasks', body);
    const { id } = made.body as { id: number };
    const patched = await as(manager).patch(`/api/tasks/${id}`, { title: 'Very soon' });
    for (const answer of [made.body, patched.body, await read(id)])
      expect(answer).toMatchObject({ priority: 'low', priority_escalated: false });
    await escalate();
    expect(await read(id)).toMatchObject({ priority: 'medium', priority_escalated: true });
  });

  it('is recorded, in the history and in the audit trail', async () => {
    const { id } = await aTask(app, asha.id, { title: 'Lab kit', priority: 'high', deadline: inHours(3), ...old });
    await escalate();
    expect(await notificationsOf(id)).toEqual([
      {
        ...{ who: asha.id, type: 'priority_escalated' },
        message: 'The deadline of "Lab kit" is near: its priority went from high to critical',
      },
    ]);
    expect(await history(id)).toMatchObject([
      {
        ...{ action: 'priority_escalated', from_status: 'pending', to_status: 'pending', changed_by: null },
        changes: { priority: ['high', 'critical'], priority_escalated: [false, true] },
        reason: 'The deadline is within 24 hours',
      },
    ]);
    expect(await entries(id, 'task.escalated')).toMatchObject([
      { changes: { priority: ['high', 'critical'] }, actor_name: 'escalation', actor_role: 'system' },
    ]);
  });

  it('leaves critical, completed and deleted tasks alone, for ever', async () => {
    const soon = { deadline: inHours(2), ...old };
    const critical = await aTask(app, asha.id, { priority: 'critical', ...soon });
    await aTask(app, asha.id, { status: 'completed', ...soon });
    await aTask(app, asha.id, { deleted: new Date(), ...soon });
    for (let n = 0; n < 3; n++) expect(await escalate()).toBe(0);
    expect(await read(critical.id)).toMatchObject({ priority_escalated: false, version: 1 });
    expect(await notificationsOf(critical.id)).toEqual([]);
  });

  it('looks again at what was changed while it waited', async () => {
    const { id } = await aTask(app, asha.id, { priority: 'low', deadline: inHours(2), ...old });
    const { id: warned } = await aTask(app, asha.id, { priority: 'critical', deadline: inHours(0.5), ...old });
    const owner = new Client({ connectionString: app.database.ownerUrl });
    await owner.connect();
    await owner.query(`BEGIN; UPDATE tasks SET deadline = deadline + interval '9 days' WHERE id IN (${id}, ${warned})`);
    const jobs = Promise.all([escalate(), warn()]);
    await waitFor(async () => (await app.lockWaits()) === 2);
    await owner.query('COMMIT');
    await owner.end();
    expect(await jobs).toEqual([0, 0]);
    expect(await read(id)).toMatchObject({ priority: 'low', priority_escalated: false });
    expect(await notificationsOf(warned)).toEqual([]);
  });

  it('catches up after downtime: more than a batch, overdue ones included, one version each', async () => {
    await app.rows(sql`INSERT INTO tasks (title, priority, assigned_to_id, created_by_id, estimated_hours, deadline, created_at)
      SELECT 'many', (ARRAY['low','medium','high','critical'])[n % 4 + 1], ${asha.id}::int, ${manager.id}::int, 1,
        ${inHours(-48)}::timestamptz + n * interval '1 minute', '2026-01-01' FROM generate_series(1, 2400) n`);
    expect(await escalate()).toBe(1800);
    expect(await escalate()).toBe(0);
    const rows = await app.rows(sql`SELECT priority, count(*)::int AS n, max(version) AS version FROM tasks
      WHERE deleted_at IS NULL GROUP BY 1 ORDER BY 1`);
    expect(rows).toEqual([
      { priority: 'critical', n: 1200, version: 2 },
      { priority: 'high', n: 600, version: 2 },
      { priority: 'medium', n: 600, version: 2 },
    ]);
    expect(await app.rows(sql`SELECT count(*)::int AS n FROM notifications`)).toEqual([{ n: 1800 }]);
  });
});

describe('deadline warnings', () => {
  it('come at the hour, not before, and once', async () => {
    const { id } = await aTask(app, asha.id, { title: 'Query 7', deadline: inHours(1), ...old });
    app.clock.advance(-5);
    expect(await warn()).toBe(0);
    app.clock.advance(6);
    expect(await warn()).toBe(1);
    expect(await warn()).toBe(0);
    app.clock.advance(1800);
    expect(await warn()).toBe(0);
    expect(await notificationsOf(id)).toEqual([
      { who: asha.id, type: 'deadline_warning', message: '"Query 7" is due in 60 minutes' },
    ]);
    expect(await history(id)).toMatchObject([{ action: 'deadline_warning', changed_by: null, changes: {} }]);
    expect(await entries(id, 'task.deadline_warned')).toMatchObject([{ actor_name: 'deadline warning' }]);
    // Nothing that a client sees has changed, so no If-Match goes stale.
    expect(await read(id)).toMatchObject({ version: 1 });
  });

  it('come again for a deadline that was moved', async () => {
    const { id } = await aTask(app, asha.id, { deadline: inHours(0.5), ...old });
    expect(await warn()).toBe(1);
    await as(manager).patch(`/api/tasks/${id}`, { deadline: inHours(3).toISOString() });
    expect(await warn()).toBe(0);
    app.clock.advance(2.5 * 3600);
    expect(await warn()).toBe(1);
    expect((await notificationsOf(id)).map(({ type }) => type)).toEqual(['deadline_warning', 'deadline_warning']);
  });

  it('are made up for after downtime, but not for what is long past or was late from the start', async () => {
    const missed = await aTask(app, asha.id, { title: 'Missed', deadline: inHours(-2), ...old });
    await aTask(app, asha.id, { deadline: inHours(-25), ...old });
    await aTask(app, asha.id, { deadline: inHours(-1), created: inHours(-0.5) });
    await aTask(app, asha.id, { deadline: inHours(0.5), status: 'completed', ...old });
    expect(await warn()).toBe(1);
    expect(await notificationsOf(missed.id)).toMatchObject([{ message: '"Missed" was due 120 minutes ago' }]);
  });

  // The deadline is an instant: nights in which the clocks change and zones of half an hour move nothing.
  it.each([
    ['Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', '2027-03-28T01:10:00Z'],
    ['America/New_York', '2026-11-01T06:20:00Z'],
    ['America/New_York', '2027-03-14T07:05:00Z'],
    ['Asia/Kathmandu', '2026-11-02T18:15:00Z'],
    ['Australia/Lord_Howe', '2027-04-03T15:00:00Z'],
  ])('and escalations keep to the instant for people in %s at %s', async (timezone, deadline) => {
    const dev = await anActor(app, 'developer', { timezone });
    app.clock.hold();
    app.clock.set(new Date(Date.parse(deadline) - 24 * HOUR - 1000));
    const { id } = await aTask(app, dev.id, { deadline, created: '2026-01-01T00:00:00Z' });
    expect(await escalate()).toBe(0);
    app.clock.set(new Date(Date.parse(deadline) - 24 * HOUR));
    expect(await escalate()).toBe(1);
    app.clock.set(new Date(Date.parse(deadline) - HOUR - 1000));
    expect(await warn()).toBe(0);
    app.clock.set(new Date(Date.parse(deadline) - HOUR));
    expect(await warn()).toBe(1);
    expect((await notificationsOf(id)).map(({ type }) => type)).toEqual(['priority_escalated', 'deadline_warning']);
  });
});

describe('the escalation of 30 tasks', () => {
  it('is done once by two replicas at once', async () => {
    for (let n = 0; n < 30; n++) await aTask(app, asha.id, { deadline: inHours(1), ...old });
    const second = await TestApp.start({}, app);
    try {
      second.clock.set(app.clock.now());
      const done = await Promise.all([escalate(), second.nest.get(JobQueue).runNow('escalate-tasks'), escalate()]);
      expect(done.reduce((a, b) => a + b)).toBe(30);
      expect(await app.rows(sql`SELECT count(*)::int AS n FROM notifications`)).toEqual([{ n: 30 }]);
    } finally {
      await second.stop();
    }
  });
});

import bcrypt from 'bcrypt';
import { Client } from 'pg';
import sql from 'sql-template-tag';
import { as } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { newDatabase, type TestDatabase } from '../support/database.js';
import { importInto, OLD_PASSWORD, PBKDF2 } from '../support/legacy.js';

const DJANGO = `
  CREATE TABLE users_user (id bigserial PRIMARY KEY, password varchar(128) NOT NULL, last_login timestamptz,
    is_superuser boolean NOT NULL, username varchar(150) NOT NULL, first_name varchar(150) NOT NULL,
    last_name varchar(150) NOT NULL, email varchar(254) NOT NULL, is_staff boolean NOT NULL, is_active boolean NOT NULL,
    date_joined timestamptz NOT NULL, role varchar(20) NOT NULL, timezone varchar(50) NOT NULL, email_verified boolean NOT NULL);
  CREATE TABLE tasks_tag (id bigserial PRIMARY KEY, name varchar(50) NOT NULL);
  CREATE TABLE tasks_task (id bigserial PRIMARY KEY, title varchar(255) NOT NULL, description text NOT NULL,
    status varchar(20) NOT NULL, priority varchar(20) NOT NULL, estimated_hours numeric(6,2) NOT NULL,
    actual_hours numeric(6,2), deadline timestamptz NOT NULL, priority_escalated boolean NOT NULL,
    created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, assigned_to_id bigint NOT NULL,
    created_by_id bigint NOT NULL, parent_task_id bigint);
  CREATE TABLE tasks_task_tags (id bigserial PRIMARY KEY, task_id bigint NOT NULL, tag_id bigint NOT NULL);
  CREATE TABLE tasks_taskhistory (id bigserial PRIMARY KEY, task_id bigint NOT NULL, action varchar(100) NOT NULL,
    from_status varchar(20), to_status varchar(20), timestamp timestamptz NOT NULL);
  CREATE TABLE notifications_notification (id bigserial PRIMARY KEY, user_id bigint NOT NULL, task_id bigint,
    message text NOT NULL, notification_type varchar(30) NOT NULL, created_at timestamptz NOT NULL,
    read boolean NOT NULL, is_delivered boolean NOT NULL);
  CREATE TABLE audit_apiauditlog (id bigserial); CREATE TABLE django_session (session_key varchar(40));
  INSERT INTO audit_apiauditlog DEFAULT VALUES;
  INSERT INTO users_user VALUES
    (5, '${PBKDF2}', NULL, true, 'boss', '', '', 'boss@x.org', true, true, '2024-01-01 05:30:00.123456+05:30', 'manager', 'Asia/Kolkata', true),
    (7, '!none', '2024-02-01+00', false, 'deva', '', '', 'deva@x.org', false, true, '2024-01-01+00', 'developer', 'Europe/Berlin', true);
  INSERT INTO tasks_tag VALUES (3, 'safety');
  INSERT INTO tasks_task VALUES
    (31, 'Child', '', 'pending', 'low', 0.10, 9999.99, '2025-01-01+00', true, '2024-05-01+00', '2024-05-01+00', 7, 5, 30),
    (30, 'Root', '“x”', 'in_progress', 'high', 12, NULL, '2025-01-01+00', false, '2024-05-01 01:02:03.456789+00', '2024-05-02+00', 7, 5, NULL);
  INSERT INTO tasks_task_tags VALUES (1, 30, 3);
  INSERT INTO tasks_taskhistory VALUES (8, 30, 'Status changed', 'pending', 'in_progress', '2024-05-02+00');
  INSERT INTO notifications_notification VALUES (2, 7, NULL, 'Hello', 'deadline_warning', '2024-05-02+00', false, false)`;

const fastapi = (hash: string) => `
  CREATE TYPE userrole AS ENUM ('MANAGER', 'DEVELOPER', 'AUDITOR');
  CREATE TYPE taskstatus AS ENUM ('PENDING', 'IN_PROGRESS', 'BLOCKED', 'COMPLETED');
  CREATE TYPE taskpriority AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL');
  CREATE TYPE notificationtype AS ENUM
    ('STATUS_CHANGE', 'DEADLINE_WARNING', 'TASK_ASSIGNED', 'TASK_UNASSIGNED', 'PRIORITY_ESCALATED');
  CREATE TABLE users (id serial PRIMARY KEY, username varchar NOT NULL, email varchar NOT NULL,
    hashed_password varchar NOT NULL, role userrole NOT NULL, timezone varchar, email_verified boolean, is_active boolean,
    created_at timestamp);
  CREATE TABLE tags (id serial PRIMARY KEY, name varchar(50) NOT NULL);
  CREATE TABLE tasks (id serial PRIMARY KEY, title varchar(255) NOT NULL, description text, status taskstatus NOT NULL,
    priority taskpriority NOT NULL, assigned_to_id int, created_by_id int, parent_task_id int, estimated_hours numeric(6,2),
    actual_hours numeric(6,2), deadline timestamp, priority_escalated boolean, created_at timestamp, updated_at timestamp);
  CREATE TABLE task_tags (task_id int, tag_id int);
  CREATE TABLE task_history (id serial PRIMARY KEY, task_id int, action varchar(100), from_status varchar(20),
    to_status varchar(20), timestamp timestamp);
  CREATE TABLE notifications (id serial PRIMARY KEY, user_id int, task_id int, message text,
    notification_type notificationtype, read boolean, is_delivered boolean, created_at timestamp);
  CREATE TABLE user_sessions (id serial); CREATE TABLE alembic_version (version_num varchar);
  INSERT INTO users VALUES (1, 'boss', 'boss@x.org', '${hash}', 'MANAGER', 'Asia/Kolkata', true, true, '2024-01-01 00:00:00.123456');
  INSERT INTO tags VALUES (1, 'safety');
  INSERT INTO tasks VALUES (4, 'Root', NULL, 'IN_PROGRESS', 'CRITICAL', 1, 1, NULL, 7.5, NULL, '2025-01-01 12:00:00.5', false,
    '2024-05-01 01:02:03.456789', NULL);
  INSERT INTO task_tags VALUES (4, 1), (4, 1);
  INSERT INTO task_history VALUES (1, 4, 'status_changed', 'TaskStatus.PENDING', 'IN_PROGRESS', '2024-05-02');
  INSERT INTO notifications VALUES (1, 1, 4, 'Hi', 'TASK_ASSIGNED', NULL, true, '2024-05-02')`;

describe('an import from a live database', () => {
  let app: TestApp;
  let source: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    app = await TestApp.start();
    source = await newDatabase('template1');
    client = new Client({ connectionString: source.ownerUrl });
    await client.connect();
    // Wherever the old server was: its zone must not matter.
    await client.query(
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Tokyo'); END $$",
    );
  });
  afterEach(async () => {
    await client.end();
    await source.drop();
    await app.stop();
  });

  const run = (url = source.ownerUrl, name?: string) => importInto(app, url, { from: 'postgres', source: name });
  const tasks = () =>
    app.rows(sql`SELECT t.id, title, description, status, priority, assigned_to_id AS assignee, parent_task_id AS parent,
      estimated_hours AS estimated, actual_hours AS actual, (extract(epoch FROM deadline) * 1000)::bigint AS deadline,
      (extract(epoch FROM t.created_at) * 1000000)::bigint AS created, t.updated_at = t.created_at AS untouched,
      ARRAY(SELECT tag_id FROM task_tags WHERE task_id = t.id) AS tags FROM tasks t ORDER BY id`);
  const micros = (time: string, rest = 0) => String(Date.parse(time) * 1000 + rest);

  it('brings a Django installation over', async () => {
    await client.query(DJANGO);
    // A table that only has the name of ours.
    await client.query('CREATE TABLE audit_trail (id bigserial, note text)');
    const report = await run();
    expect(report).toMatchObject({
      source: expect.stringMatching(/^django:\d+\/\d+$/),
      kept_ids: true,
      imported: { users: 2, tags: 1, tasks: 2, task_tags: 1, history: 1, notifications: 1 },
      left_out: [
        { model: 'audit_apiauditlog', count: 1 },
        { model: 'audit_trail', count: 0, reason: 'not known to this product' },
        { model: 'django_session', count: 0 },
      ],
    });
    expect(await tasks()).toEqual([
      {
        ...{ id: 30, title: 'Root', description: '“x”', status: 'in_progress', priority: 'high', assignee: 7 },
        ...{ parent: null, estimated: '12.00', actual: null, deadline: String(Date.parse('2025-01-01')) },
        ...{ created: micros('2024-05-01T01:02:03.456Z', 789), untouched: false, tags: [3] },
      },
      {
        ...{ id: 31, title: 'Child', description: '', status: 'pending', priority: 'low', assignee: 7 },
        ...{ parent: 30, estimated: '0.10', actual: '9999.99', deadline: String(Date.parse('2025-01-01')) },
        ...{ created: micros('2024-05-01'), untouched: true, tags: [] },
      },
    ]);
    expect(await run()).toMatchObject({ imported: { users: 0, tasks: 0, history: 0 }, already_there: { tasks: 2 } });
    const login = await as(app).post('/api/auth/login', { username: 'boss', password: OLD_PASSWORD });
    expect(login.status).toBe(200);
  });

  it('brings a FastAPI installation over', async () => {
    await client.query(fastapi(await bcrypt.hash(OLD_PASSWORD, 4)));
    const report = await run(source.ownerUrl.replace('postgres', 'postgresql+asyncpg'));
    expect(report).toMatchObject({
      source: expect.stringMatching(/^fastapi:\d+\/\d+$/),
      imported: { users: 1, tags: 1, tasks: 1, task_tags: 1, history: 1, notifications: 1 },
      left_out: [{ model: 'alembic_version' }, { model: 'user_sessions', count: 0 }],
      notes: [{ code: 'naive_times' }],
    });
    expect(await tasks()).toEqual([
      {
        ...{ id: 4, title: 'Root', description: '', status: 'in_progress', priority: 'critical', assignee: 1 },
        ...{ parent: null, estimated: '7.50', actual: null, deadline: String(Date.parse('2025-01-01T12:00:00.500Z')) },
        ...{ created: micros('2024-05-01T01:02:03.456Z', 789), untouched: true, tags: [1] },
      },
    ]);
    expect(await app.rows(sql`SELECT from_status, to_status FROM task_history`)).toEqual([
      { from_status: 'pending', to_status: 'in_progress' },
    ]);
    expect((await as(app).post('/api/auth/login', { username: 'boss', password: OLD_PASSWORD })).status).toBe(200);
  });

  it('names the records with faults by table and id', async () => {
    await client.query(fastapi('plain'));
    await client.query(`UPDATE tasks SET assigned_to_id = 9, deadline = 'infinity'; UPDATE users SET timezone = NULL;
      INSERT INTO task_tags VALUES (4, 8), (6, 1)`);
    expect((await run()).faults.map(({ model, pk, field }) => [model, pk, field])).toEqual([
      ['users', 1, 'timezone'],
      ['tasks', 4, 'deadline'],
      ['tasks', 4, 'assigned_to'],
      ['task_tags', 6, 'task'],
      ['task_tags', 4, 'tags'],
    ]);
    expect(await app.rows(sql`SELECT id FROM users`)).toEqual([]);
  });

  it('reads with few rights, and says what it may not count', async () => {
    await client.query(DJANGO);
    const role = `reader_${Date.now()}`;
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT ON users_user, tasks_task, tasks_tag, tasks_task_tags,
      tasks_taskhistory, notifications_notification TO ${role}`);
    const url = new URL(source.ownerUrl);
    Object.assign(url, { username: role, password: 'x' });
    expect(await run(url.href)).toMatchObject({ imported: { tasks: 2 }, left_out: [{ count: null }, { count: null }] });
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('says which tables and columns are wanting', async () => {
    await client.query(DJANGO);
    await client.query(
      'DROP TABLE tasks_tag; ALTER TABLE tasks_task DROP deadline, DROP assigned_to_id, DROP actual_hours',
    );
    await expect(run()).rejects.toThrow(
      'The source lacks: table tasks_tag, column tasks_task.assigned_to or assigned_to_id, column tasks_task.deadline',
    );
  });

  it('refuses what is no replaced installation', async () => {
    await expect(run()).rejects.toThrow(/neither users_user and tasks_task \(Django\) nor/);
    await expect(run(app.url)).rejects.toThrow('the very database that is imported into');
    const other = await newDatabase();
    await expect(run(other.url)).rejects.toThrow(/a database of this product already/);
    const ours = new Client({ connectionString: other.ownerUrl });
    await ours.connect();
    await ours.query(DJANGO);
    await expect(run(other.url)).rejects.toThrow(/a database of this product already/);
    await ours.end();
    await other.drop();
    await expect(run('mysql://x/y')).rejects.toThrow(/must look like postgres/);
    await expect(run('postgres://u:secret@127.0.0.1:1/x')).rejects.toThrow(/cannot be reached: (?!.*secret)/);
    await client.query(`${DJANGO}; CREATE TABLE users (id int); CREATE TABLE tasks (id int)`);
    await expect(run()).rejects.toThrow(/tables of both/);
  });
});

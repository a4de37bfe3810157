import bcrypt from 'bcrypt';
import { Client } from 'pg';
import sql from 'sql-template-tag';
import { anActor, as } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import {
  DUMP,
  dumpFile,
  fileOf,
  history,
  importInto,
  notification,
  OLD_PASSWORD,
  tag,
  task,
  user,
} from '../support/legacy.js';

const NOTHING = { users: 0, tags: 0, tasks: 0, task_tags: 0, history: 0, notifications: 0 };
const ALL = { users: 2, tags: 1, tasks: 2, task_tags: 1, history: 2, notifications: 1 };

describe('an import of a Django dump', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await TestApp.start();
  });
  afterEach(() => app.stop());

  const login = (username: string) => as(app).post('/api/auth/login', { username, password: OLD_PASSWORD });
  const signedIn = async (username: string) => `Bearer ${((await login(username)).body as { access: string }).access}`;

  it.each([
    ['UTF-8', Buffer.from(JSON.stringify(DUMP, null, 2))],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${JSON.stringify(DUMP)}\r\n`)],
    ['UTF-16 LE', Buffer.from(`\ufeff${JSON.stringify(DUMP)}\n`, 'utf16le')],
    ['UTF-16 BE', Buffer.from(`\ufeff${JSON.stringify(DUMP)}`, 'utf16le').swap16()],
    ['UTF-16 LE without a mark', Buffer.from(JSON.stringify(DUMP), 'utf16le')],
  ])('reads %s', async (_, bytes) => {
    expect(await importInto(app, fileOf(bytes))).toMatchObject({ kept_ids: true, imported: ALL, fault_count: 0 });
    expect(await app.rows(sql`SELECT title FROM tasks ORDER BY id`)).toEqual([
      { title: 'Täsk 30' },
      { title: 'Täsk 31' },
    ]);
  });

  it('keeps ids, tree, tags and original times to the microsecond', async () => {
    await importInto(app, dumpFile(DUMP));
    const at = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;
    const plain = (text: string) => app.rows<Record<string, unknown>>({ text, values: [] } as never);
    expect(
      await plain(`SELECT id, parent_task_id AS parent, description, estimated_hours AS estimated, actual_hours AS actual,
        ${at('created_at')} AS created, ${at('completed_at')} AS completed,
        (SELECT array_agg(tag_id) FROM task_tags WHERE task_id = id) AS tags FROM tasks ORDER BY id`),
    ).toEqual([
      {
        ...{ id: 30, parent: null, description: '', estimated: '12.00', actual: null, tags: [3] },
        ...{ created: '2024-05-01 01:02:03.456789', completed: '2024-05-02 01:02:03.000007' },
      },
      {
        ...{ id: 31, parent: 30, description: '', estimated: '12.00', actual: '3.50', tags: null },
        ...{ created: '2024-05-01 01:02:03.456789', completed: null },
      },
    ]);
    expect(
      await plain(`SELECT id, role, timezone, email_verified, is_active, ${at('last_login')} AS last_login,
        ${at('date_joined')} AS joined FROM users ORDER BY id`),
    ).toMatchObject([
      { id: 5, role: 'manager', last_login: '2024-06-01 06:30:00.000000', joined: '2024-01-01 00:00:00.123456' },
      { id: 7, role: 'developer', timezone: 'Asia/Kolkata', email_verified: false, is_active: false, last_login: null },
    ]);
    expect(await plain('SELECT id, task_id, to_status FROM task_history ORDER BY id')).toEqual([
      { id: '8', task_id: 30, to_status: 'completed' },
      { id: '9', task_id: 30, to_status: 'completed' },
    ]);
    expect(
      await plain('SELECT id, user_id, task_id, read, read_at IS NOT NULL AS at, is_delivered FROM notifications'),
    ).toEqual([{ id: 2, user_id: 7, task_id: 30, read: true, at: true, is_delivered: true }]);
  });

  it('lets sequences go on after the ids that it kept', async () => {
    await importInto(app, dumpFile(DUMP));
    const Authorization = await signedIn('boss');
    const body = { title: 'Next', estimated_hours: 1, deadline: '2100-01-01', assigned_to: 5 };
    expect((await as(app).post('/api/tasks', body, { Authorization })).body).toMatchObject({ id: 32 });
    const registration = { username: 'newcomer', email: 'new@x.org', password: 'a much better one' };
    expect((await as(app).post('/api/auth/register', registration)).status).toBe(201);
    expect(await app.rows(sql`SELECT id FROM users WHERE username = 'newcomer'`)).toEqual([{ id: 8 }]);
    expect((await as(app).post('/api/tags', { name: 'next' }, { Authorization })).body).toMatchObject({ id: 4 });
  });

  it('gives up an id after which there is no room, and loses nothing', async () => {
    const last = 2 ** 31 - 1;
    const high = [
      user(last, 'last', 'developer'),
      task(last, 30, 'pending', { assigned_to: last, tags: [last] }),
      tag(last, 'high'),
      history(last, last, 'blocked'),
      notification(last, last, last),
    ];
    const report = await importInto(app, dumpFile([...DUMP, ...high]));
    expect(report).toMatchObject({ kept_ids: true, fault_count: 0, imported: { users: 3, tasks: 3, history: 3 } });
    expect(report.warnings).toMatchObject([
      { code: 'id_too_high', count: 5, records: expect.arrayContaining([`tasks.task ${last}`]) },
    ]);
    expect(
      await app.rows(sql`SELECT t.id, parent_task_id AS parent, assigned_to_id AS assignee, tt.tag_id AS tag
        FROM tasks t JOIN task_tags tt ON tt.task_id = t.id WHERE title = ${`Täsk ${last}`}`),
    ).toEqual([{ id: 32, parent: 30, assignee: 8, tag: 4 }]);
    const Authorization = await signedIn('boss');
    expect((await as(app).post('/api/tags', { name: 'next' }, { Authorization })).body).toMatchObject({ id: 5 });
    expect(await importInto(app, dumpFile([...DUMP, ...high]))).toMatchObject({ imported: NOTHING });
  });

  it('lets everybody sign in with the password of the old system', async () => {
    const hash = await bcrypt.hash(OLD_PASSWORD, 4);
    const users = [
      user(1, 'pbkdf', 'manager'),
      user(2, 'bcrypted', 'auditor', { password: hash }),
      user(3, 'djangobcrypt', 'auditor', { password: `bcrypt$${hash}` }),
      user(4, 'unusable', 'developer', { password: '!kq3Jb0' }),
      user(6, '  Full\uff37idth ', 'developer'),
    ];
    const report = await importInto(app, dumpFile(users));
    expect(report.notes).toMatchObject([
      { code: 'unusable_password', count: 1, records: ['users.user 4'] },
      { code: 'username_normalized', count: 1, records: ['users.user 6'] },
    ]);
    for (const username of ['PBKDF', 'bcrypted', 'djangobcrypt', 'FullWidth'])
      expect((await login(username)).status).toBe(200);
    expect((await login('unusable')).status).toBe(401);
  });

  it('adds nothing the second time, and then only what is new', async () => {
    await importInto(app, dumpFile(DUMP));
    const recorded = await app.rows(sql`SELECT id FROM audit_trail`);
    const again = await importInto(app, dumpFile(DUMP));
    expect(again).toMatchObject({ imported: NOTHING, already_there: ALL, fault_count: 0 });
    expect(await app.rows(sql`SELECT id FROM audit_trail`)).toEqual(recorded);
    const later = [...DUMP, task(50, 31, 'pending', { tags: [3] }), history(10, 31, 'blocked')];
    expect(await importInto(app, dumpFile(later))).toMatchObject({
      kept_ids: false,
      imported: { ...NOTHING, tasks: 1, task_tags: 1, history: 1 },
      already_there: ALL,
    });
    expect(await app.rows(sql`SELECT parent_task_id AS parent FROM tasks WHERE title = 'Täsk 50'`)).toEqual([
      { parent: 31 },
    ]);
  });

  it('maps ids where there are records already, and remembers which is which', async () => {
    await anActor(app, 'manager');
    expect(await importInto(app, dumpFile(DUMP), { source: 'site-2' })).toMatchObject({
      source: 'site-2',
      kept_ids: false,
      imported: ALL,
    });
    expect(
      await app.rows(sql`SELECT u.username AS assignee, c.username AS creator, p.title AS parent, l.legacy_id AS legacy,
          (SELECT array_agg(name) FROM task_tags JOIN tags ON tags.id = tag_id WHERE task_id = t.id) AS tags
        FROM tasks t JOIN users u ON u.id = t.assigned_to_id JOIN users c ON c.id = t.created_by_id
        JOIN legacy_ids l ON l.source = 'site-2' AND l.entity = 'task' AND l.id = t.id
        LEFT JOIN tasks p ON p.id = t.parent_task_id ORDER BY t.title`),
    ).toEqual([
      { assignee: 'deva', creator: 'boss', parent: null, legacy: '30', tags: ['safety'] },
      { assignee: 'deva', creator: 'boss', parent: 'Täsk 30', legacy: '31', tags: null },
    ]);
    expect(await importInto(app, dumpFile(DUMP), { source: 'site-2' })).toMatchObject({ imported: NOTHING });
  });

  it('does not take another installation for one that it knows', async () => {
    await importInto(app, dumpFile(DUMP));
    const other = [user(5, 'ravi', 'manager'), user(7, 'mira', 'developer')];
    await expect(importInto(app, dumpFile(other))).rejects.toThrow(/another installation.*--source/);
    expect(await importInto(app, dumpFile(other), { source: 'other' })).toMatchObject({ imported: { users: 2 } });
  });

  it('matches users and tags that exist already only on request', async () => {
    await importInto(app, dumpFile(DUMP));
    const other = [user(1, 'Boss', 'manager', { email: 'BOSS@x.org' }), tag(1, 'Safety'), user(2, 'mira', 'developer')];
    const refused = await importInto(app, dumpFile(other), { source: 'other' });
    expect(refused.faults.map(({ model, pk, field }) => [model, pk, field])).toEqual([
      ['users.user', 1, 'username'],
      ['users.user', 1, 'email'],
      ['tasks.tag', 1, 'name'],
    ]);
    const options = { source: 'other', match: { users: true, tags: true } };
    expect(
      await importInto(
        app,
        dumpFile([...other, task(1, null, 'pending', { ...{ assigned_to: 1 }, created_by: 2 })]),
        options,
      ),
    ).toMatchObject({
      imported: { users: 1, tags: 0, tasks: 1 },
      already_there: { users: 1, tags: 1 },
      notes: [{ code: 'matched', records: ['tasks.tag 1', 'users.user 1'] }],
    });
    expect(
      await app.rows(sql`SELECT u.id FROM tasks t JOIN users u ON u.id = t.assigned_to_id WHERE title = 'Täsk 1'`),
    ).toEqual([{ id: 5 }]);
  });

  it('names the records whose name is taken while it runs, and changes nothing', async () => {
    await anActor(app, 'manager');
    const signUp = new Client({ connectionString: app.url });
    await signUp.connect();
    await signUp.query(
      `BEGIN; INSERT INTO users (username, email, hashed_password) VALUES ('Deva', 'other@x.org', '!')`,
    );
    const importing = importInto(app, dumpFile(DUMP));
    const waits = sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'`;
    while ((await app.rows(waits)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await signUp.query('COMMIT');
    await signUp.end();
    expect(await importing).toMatchObject({
      ...{ imported: NOTHING, fault_count: 1 },
      faults: [{ model: 'users.user', pk: 7, field: 'username', message: expect.stringContaining('is taken here') }],
    });
    expect(await app.rows(sql`SELECT FROM legacy_ids`)).toEqual([]);
    expect(await app.rows(sql`SELECT FROM audit_trail`)).toEqual([]);
  });

  it('leaves off a tag that was deleted here after an earlier import', async () => {
    await importInto(app, dumpFile([...DUMP.slice(3)].filter(({ model }) => model !== 'tasks.taskhistory')));
    await as(app).delete('/api/tags/3', { Authorization: await signedIn('boss') });
    expect(await importInto(app, dumpFile(DUMP))).toMatchObject({
      imported: { tasks: 2, task_tags: 0 },
      warnings: [{ code: 'tag_deleted_here', count: 1, records: ['tasks.task 30'] }],
    });
  });

  it('puts no new task below a parent that was deleted here, and names those of users who were disabled here', async () => {
    const before = [
      user(5, 'boss', 'manager'),
      user(8, 'mira', 'developer'),
      task(30, null, 'pending', { assigned_to: 8 }),
    ];
    await importInto(app, dumpFile(before));
    const Authorization = await signedIn('boss');
    expect((await as(app).delete('/api/tasks/30', { Authorization })).status).toBe(204);
    expect(
      (await as(app).patch('/api/auth/users/8', { is_active: false, reason: 'Left' }, { Authorization })).status,
    ).toBe(200);
    const after = [
      task(31, 30, 'pending', { assigned_to: 5 }),
      task(32, 31, 'completed', { assigned_to: 8 }),
      task(33, 31, 'blocked', { assigned_to: 8 }),
    ];
    expect(await importInto(app, dumpFile([...before, ...after]))).toMatchObject({
      imported: { tasks: 3 },
      warnings: [
        { code: 'assignee_inactive', records: ['tasks.task 33'] },
        { code: 'parent_deleted_here', records: ['tasks.task 31'] },
      ],
    });
    const { body } = await as(app).get('/api/tasks?sort=created_at', { Authorization });
    const parents = (body as { title: string; parent_task: number | null }[]).map((read) => [
      read.title,
      read.parent_task,
    ]);
    expect(parents.sort()).toEqual([
      ['Täsk 31', null],
      ['Täsk 32', expect.any(Number)],
      ['Täsk 33', expect.any(Number)],
    ]);
    expect((await importInto(app, dumpFile([...before, ...after]))).imported).toEqual(NOTHING);
  });
});

import { pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { LegacyImport } from '../src/legacy/legacy-import.js';
import { anActor, as } from './support/actors.js';
import { TestApp } from './support/app.js';

const HASH = `pbkdf2_sha256$1000$salt$${pbkdf2Sync('old-Password-1', 'salt', 1000, 32, 'sha256').toString('base64')}`;
const MATCH = { users: false, tags: false };

interface DumpedRecord {
  readonly model: string;
  readonly pk: number;
  readonly fields: Record<string, unknown>;
}

const user = (pk: number, username: string, role: string, more = {}): DumpedRecord => ({
  model: 'users.user',
  pk,
  fields: {
    ...{
      password: HASH,
      last_login: null,
      is_superuser: false,
      username,
      email: `${username}@x.org`,
      is_staff: false,
      is_active: true,
    },
    ...{
      date_joined: '2024-01-01T00:00:00.123456Z',
      role,
      timezone: 'Asia/Kolkata',
      email_verified: true,
      first_name: '',
      last_name: '',
    },
    ...{ groups: [], user_permissions: [], ...more },
  },
});

const task = (pk: number, parent_task: number | null, status: string, more = {}): DumpedRecord => ({
  model: 'tasks.task',
  pk,
  fields: {
    ...{
      title: `Täsk ${pk}`,
      description: '',
      status,
      priority: 'high',
      assigned_to: 7,
      created_by: 5,
      parent_task,
      estimated_hours: '12.00',
    },
    ...{
      actual_hours: null,
      deadline: '2025-01-01T00:00:00Z',
      priority_escalated: false,
      created_at: '2024-05-01T01:02:03.456789Z',
    },
    ...{ updated_at: '2024-05-02T01:02:03Z', tags: [], ...more },
  },
});

const DUMP: readonly DumpedRecord[] = [
  task(31, 30, 'pending'),
  task(30, null, 'completed', { tags: [3] }),
  { model: 'tasks.tag', pk: 3, fields: { name: 'safety' } },
  user(5, 'boss', 'manager'),
  user(7, 'deva', 'developer'),
  {
    model: 'tasks.taskhistory',
    pk: 1,
    fields: {
      task: 30,
      action: 'status_change',
      from_status: 'pending',
      to_status: 'completed',
      timestamp: '2024-05-02T01:02:03Z',
    },
  },
  { model: 'users.usersession', pk: 1, fields: {} },
];

function file(records: readonly DumpedRecord[], encoding: 'utf8' | 'utf16le' = 'utf8'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'ctms-legacy-')), 'dump.json');
  const mark = encoding === 'utf8' ? Buffer.from([]) : Buffer.from([0xff, 0xfe]);
  writeFileSync(path, Buffer.concat([mark, Buffer.from(JSON.stringify(records), encoding)]));
  return path;
}

describe('an import of a dump', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await TestApp.start();
  });
  afterEach(() => app.stop());

  const run = (origin: string) =>
    app.nest.get(LegacyImport, { strict: false }).run({ from: 'django-json', origin, match: MATCH });

  it('keeps ids, tree, tags, times and passwords of a UTF-16 file, and adds nothing the second time', async () => {
    const path = file(DUMP, 'utf16le');
    const report = await run(path);
    expect(report).toMatchObject({
      kept_ids: true,
      fault_count: 0,
      imported: { users: 2, tags: 1, tasks: 2, task_tags: 1, history: 1 },
    });
    expect(report.left_out).toMatchObject([{ model: 'users.usersession', count: 1 }]);
    const login = await as(app).post('/api/auth/login', { username: 'boss', password: 'old-Password-1' });
    const Authorization = `Bearer ${(login.body as { access: string }).access}`;
    const { body } = await as(app).get('/api/tasks', { Authorization });
    expect(body).toMatchObject([
      {
        id: 30,
        title: 'Täsk 30',
        status: 'completed',
        tags: [3],
        assigned_to_user: 'deva',
        created_at: '2024-05-01T01:02:03.456Z',
      },
      { id: 31, parent_task: 30 },
    ]);
    expect((await run(path)).already_there).toMatchObject({ users: 2, tags: 1, tasks: 2 });
    const [counted] =
      await app.rows(sql`SELECT (SELECT count(*)::int FROM tasks) AS tasks, (SELECT count(*)::int FROM users) AS users,
      nextval(pg_get_serial_sequence('tasks', 'id'))::int AS next,
      (SELECT count(*)::int FROM tasks WHERE created_at = '2024-05-01T01:02:03.456789Z') AS exact,
      (SELECT count(*)::int FROM audit_trail WHERE action = 'task.imported') AS entries,
      (SELECT count(*)::int FROM audit_trail a WHERE a::text LIKE '%pbkdf2%') AS hashes`);
    expect(counted).toEqual({ tasks: 2, users: 2, next: 32, exact: 2, entries: 2, hashes: 0 });
  });

  it('maps ids where there are records already', async () => {
    await anActor(app, 'manager');
    expect((await run(file(DUMP))).kept_ids).toBe(false);
    const rows = await app.rows<{
      assignee: string;
      parent: string | null;
    }>(sql`SELECT u.username AS assignee, p.title AS parent
      FROM tasks t JOIN users u ON u.id = t.assigned_to_id LEFT JOIN tasks p ON p.id = t.parent_task_id ORDER BY t.title`);
    expect(rows).toEqual([
      { assignee: 'deva', parent: null },
      { assignee: 'deva', parent: 'Täsk 30' },
    ]);
  });

  it('names every fault by record and then changes nothing', async () => {
    const faulty = [
      task(40, 99, 'pending'),
      task(41, null, 'weird'),
      task(42, 43, 'pending'),
      task(43, 42, 'pending'),
      task(44, null, 'pending', { deadline: 'soon' }),
      task(45, null, 'pending', { estimated_hours: '12345.00' }),
      user(8, 'BOSS', 'developer', { email: 'other@x.org' }),
      user(9, 'zoned', 'developer', { timezone: 'Mars/Olympus' }),
    ];
    const report = await run(file([...DUMP, ...faulty]));
    const named = new Set(report.faults.map(({ model, pk }) => `${model} ${pk}`));
    for (const { model, pk } of faulty.filter(({ pk: id }) => id !== 8 && id !== 43))
      expect(named).toContain(`${model} ${pk}`);
    expect(report.faults.some(({ field }) => field === 'username')).toBe(true);
    expect(
      await app.rows(sql`SELECT id FROM users UNION ALL SELECT id FROM tasks UNION ALL SELECT id FROM audit_trail`),
    ).toEqual([]);
  });
});

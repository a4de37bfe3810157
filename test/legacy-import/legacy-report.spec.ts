import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sql from 'sql-template-tag';
import { TestApp } from '../support/app.js';
import { aUser } from '../support/factories.js';
import { DUMP, dumpFile, importInto, task, user } from '../support/legacy.js';
import { waitFor } from '../support/wait-for.js';

describe('an import', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await TestApp.start();
  });
  afterEach(() => app.stop());

  it('is in the audit trail: the import itself and every record, with no hash', async () => {
    const { sha256 } = await importInto(app, dumpFile(DUMP));
    const entries = await app.rows<{ action: string; changes: object }>(sql`SELECT action, entity_type AS type,
      entity_id AS id, entity_version AS version, actor_name AS actor, actor_role AS role, changes
      FROM audit_trail ORDER BY audit_trail.id`);
    const author = { actor: 'legacy import', role: 'system' };
    expect(entries).toMatchObject([
      { action: 'user.imported', type: 'user', id: 5, version: 1, ...author },
      { action: 'user.imported', id: 7, changes: { username: [null, 'deva'], is_active: [null, false] } },
      { action: 'tag.imported', id: 3, version: 1, changes: { name: [null, 'safety'] } },
      { action: 'task.imported', id: 30, version: 1, changes: { tags: [[], [3]] } },
      { action: 'task.imported', id: 31, changes: { parent_task: [null, 30], estimated_hours: [null, '12.00'] } },
      { action: 'import.completed', type: 'import', id: null, changes: { sha256: [null, sha256], tasks: [null, 2] } },
    ]);
    expect(entries[4]?.changes).toMatchObject({ deadline: [null, '2025-01-01T00:00:00.000Z'] });
    expect(Object.keys(entries[1]?.changes ?? {})).not.toContain('last_login');
    expect(JSON.stringify(entries)).not.toContain('pbkdf2');
  });

  it('names what is not imported, and what to look at', async () => {
    const odd = [
      user(11, 'root', 'developer', {
        is_superuser: true,
        first_name: 'Ru',
        groups: [1],
        date_joined: '2024-01-01T00:00:00',
      }),
      user(12, 'nomail', 'developer', { email: 'nobody' }),
      user(13, 'nopass', 'developer', { password: '!none' }),
      user(14, 'nоpass', 'developer'),
      user(15, 'Visitor', 'developer'),
      task(60, null, 'completed', { estimated_hours: '1.005' }),
      task(61, 60, 'in_progress'),
    ];
    const report = await importInto(app, dumpFile([...DUMP, ...odd]));
    expect(report.left_out).toMatchObject([
      { model: 'admin.logentry', count: 1, reason: expect.stringContaining('admin site') },
      { model: 'studies.site', count: 1, reason: 'not known to this product' },
      { model: 'users.usersession', count: 1, reason: expect.stringContaining('sign in again') },
    ]);
    const found = (findings: typeof report.notes) =>
      Object.fromEntries(findings.map(({ code, records }) => [code, records.join()]));
    expect(found(report.warnings)).toEqual({
      odd_address: 'users.user 12',
      names_alike: 'users.user 13,users.user 14',
      names_reserved: 'users.user 15',
      hours_rounded: 'tasks.task 60',
      completed_over_running: 'tasks.task 60',
    });
    expect(found(report.notes)).toEqual({
      naive_times: 'users.user 11',
      staff_not_manager: 'users.user 11',
      names_dropped: 'users.user 11',
      groups_dropped: 'users.user 11',
      unusable_password: 'users.user 13',
    });
    expect(report.notes.find(({ code }) => code === 'unusable_password')?.message).toContain(
      '/api/auth/password/forgot',
    );
  });

  it('names those whose name looks like that of a user who is here already', async () => {
    await aUser(app, 'developer', { username: 'resident' });
    const { warnings } = await importInto(app, dumpFile([...DUMP, user(14, 'resıdent', 'developer')]));
    expect(warnings).toMatchObject([{ code: 'names_alike', records: ['users.user 14'] }]);
  });

  it('compares names that look alike by their keys, not each with each', async () => {
    await app.rows(sql`DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET track_functions = pl', current_database());
    END $$`);
    const tracked = await TestApp.start({}, app);
    const users = Array.from({ length: 400 }, (_, i) => user(100 + i, `person-${i}`, 'developer'));
    const { imported } = await importInto(tracked, dumpFile(users));
    // Its connections publish what they counted as they end.
    await tracked.stop();
    const calls = async () => {
      const [counted] = await app.rows<{ calls: number }>(sql`SELECT calls::int FROM pg_stat_user_functions
        WHERE funcname = 'name_skeleton'`);
      return counted?.calls ?? 0;
    };
    await waitFor(async () => (await calls()) >= 400);
    expect([imported.users, (await calls()) < 400 * 20]).toEqual([400, true]);
  });

  const command = async (...args: string[]) =>
    promisify(execFile)(process.execPath, ['dist/cli/import-legacy.command.js', ...args], {
      env: { ...process.env, DATABASE_URL: app.url, ENVIRONMENT: 'test', BCRYPT_COST: '4' },
    }).catch((error: { code: number; stdout: string; stderr: string }) => error);

  it('names the remedy where the disk of PostgreSQL is full, and changes nothing', async () => {
    await app.rows(sql`CREATE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'could not extend file "base/5/1249": No space left on device' USING ERRCODE = 'disk_full'; END $$`);
    await app.rows(sql`CREATE TRIGGER full_disk BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION fill_disk()`);
    expect(await command('--from', 'django-json', dumpFile(DUMP))).toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: expect.stringMatching(
        /No space left on device\n.*Free space on its disk.*run the command again\.\n$/,
      ) as string,
    });
    expect(await app.rows(sql`SELECT FROM users`)).toEqual([]);
  });

  it('is a command: the report on stdout, a summary on stderr, exit code 1 where it refuses', async () => {
    const done = await command('--from', 'django-json', dumpFile(DUMP));
    expect(JSON.parse(done.stdout)).toMatchObject({
      imported: { users: 2, tags: 1, tasks: 2, task_tags: 1, history: 2, notifications: 1 },
    });
    expect(done.stderr).toContain('Imported from django-json: 2 users, 1 tags, 2 tasks');
    const refused = await command('--from', 'django-json', dumpFile([user(8, 'BOSS', 'chief', { email: 'b@x.org' })]));
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was changed: 2 fault(s)') });
    expect(JSON.parse(refused.stdout)).toMatchObject({ fault_count: 2, imported: { users: 0, tasks: 0 } });
    const broken = await command('--from', 'django-json', '/no/such/file.json');
    expect(broken).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/There is no file \/no\/such\/file\.json\. Give its path .*\n$/),
    });
    expect(await command('--from', 'oracle', 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('Usage') });
  }, 300_000);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Response } from 'supertest';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { administer } from '../../support/database.js';
import { aMember, Device, PASSWORD } from '../../support/device.js';
import { aTask } from '../../support/factories.js';
import { waitFor } from '../../support/wait-for.js';

const NEW = { username: 'new_one', email: 'new_one@mail.test' };
/** `| \`25006\` | … | 503 \`database_read_only\` | …`: the table of the document is what is tried. */
const ROW = /^\| `(\w{5})` \|[^|]*\| (\d+) `(\w+)` \|/gm;
const document = readFileSync(join(__dirname, '../../../docs/problems.md'), 'utf8');
const DOCUMENTED = [...document.matchAll(ROW)].map(([, state, status, code]) => [state, Number(status), code] as const);

let app: TestApp;
let manager: TestActor;
let taskId: number;
let device: Device;

beforeAll(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager');
  taskId = (await aTask(app, manager.id)).id;
  await aMember(app, 'member');
  device = new Device(app);
  await device.login('member');
});
afterAll(() => app.stop());

const named = (): string => new URL(app.url).pathname.slice(1);
const newTask = () => ({ title: 'New', estimated_hours: 1, deadline: '2030-01-01T00:00:00Z', assigned_to: manager.id });

/** As after a failover to a standby that was not promoted: every new connection is read-only. */
async function readOnly(on: boolean): Promise<void> {
  await administer(`ALTER DATABASE ${named()} SET default_transaction_read_only = ${on ? 'on' : 'off'}`);
  await administer(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${named()}'
    AND usename = 'ctms_test_app'`);
  await waitFor(async () => (await as(manager).get('/api/tasks?limit=1')).status === 200);
}

const ready = async () => {
  const { status, body } = await as(manager).get('/health/ready');
  return [status, (body as { status: string }).status];
};

describe('a database that can be read but not written', () => {
  beforeAll(() => readOnly(true));
  afterAll(() => readOnly(false));

  it('is read as before, and readiness says so', async () => {
    expect((await as(manager).get(`/api/tasks/${taskId}`)).status).toBe(200);
    expect((await as(manager).get('/api/tasks')).status).toBe(200);
    expect((await as(manager).get('/api/analytics')).status).toBe(200);
    expect(await ready()).toEqual([200, 'read_only']);
  });

  it.each<[string, () => Promise<Response>]>([
    ['POST /tasks', () => as(manager).post('/api/tasks', newTask())],
    ['PATCH /tasks/{id}', () => as(manager).patch(`/api/tasks/${taskId}`, { title: 'Other' })],
    ['DELETE /tasks/{id}', () => as(manager).delete(`/api/tasks/${taskId}`, { 'X-Change-Reason': 'No longer needed' })],
    ['a bulk update', () => as(manager).post('/api/tasks/bulk-update', { task_ids: [taskId], status: 'in_progress' })],
    ['POST /tags', () => as(manager).post('/api/tags', { name: 'tag' })],
    ['a read of the audit, which is recorded', () => as(manager).get('/api/audit/entries?limit=1')],
    ['a log-in', () => new Device(app).login('member')],
    ['a log-in that fails', () => new Device(app).login('member', 'wrong horse battery')],
    ['a refresh', () => device.refresh()],
    ['a log-out', () => device.post('/api/auth/logout')],
    ['a registration', () => new Device(app).post('/api/auth/register', { ...NEW, password: PASSWORD })],
    ['a change of zone', () => as(manager).patch('/api/auth/users/me', { timezone: 'Europe/Berlin' })],
  ])('refuses %s with a code of its own', async (_what, send) => {
    const { status, body, headers } = await send();
    const { code } = body as { code: string };
    expect([status, code, Number(headers['retry-after']) > 0]).toEqual([503, 'database_read_only', true]);
  });
});

describe('a database that is written again', () => {
  it('is ready, takes writes, and gets the lines of the request log that waited', async () => {
    expect((await as(manager).post('/api/tasks', newTask())).status).toBe(201);
    // The writers in the background try again within seconds.
    await waitFor(async () => (await ready())[1] === 'ok', 15_000);
    expect(await ready()).toEqual([200, 'ok']);
    await waitFor(async () => {
      await app.flushed();
      const [row] = await app.rows<{ n: number }>(
        sql`SELECT count(*)::int AS n FROM api_audit_logs WHERE status_code = 503`,
      );
      return (row?.n ?? 0) >= 10;
    });
    const [row] = await app.rows<{ n: number }>(
      sql`SELECT count(*)::int AS n FROM api_audit_logs WHERE status_code = 503`,
    );
    expect(row?.n).toBeGreaterThanOrEqual(10);
  });
});

describe('an error of PostgreSQL', () => {
  beforeAll(async () => {
    await app.rows(sql`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE parts text[] := string_to_array(new.title, ' ', NULL);
      BEGIN
        IF parts[1] = 'fail' THEN
          RAISE EXCEPTION USING ERRCODE = parts[2], MESSAGE = replace(coalesce(parts[3], 'as documented'), '_', ' ');
        END IF;
        RETURN new;
      END $$`);
    await app.rows(sql`CREATE TRIGGER fail BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION fail()`);
  });

  const failing = async (title: string) => {
    const { status, body, headers } = await as(manager).post('/api/tasks', { ...newTask(), title });
    const retry = Number(headers['retry-after']) > 0;
    return [status, (body as { code: string }).code, retry];
  };

  it('is described in the document', () => expect(DOCUMENTED.length).toBeGreaterThan(25));

  it.each(DOCUMENTED)('%s is answered %d %s', async (state, status, code) => {
    expect(await failing(`fail ${state}`)).toEqual([status, code, status === 503]);
  });

  it.each([
    ['XX000', 'could_not_write_init_file'],
    ['58030', 'could_not_write_to_file_"x":_No_space_left_on_device'],
    ['42501', 'could_not_open_file_"x":_Read-only_file_system'],
    ['54000', 'database_is_not_accepting_commands_that_assign_new_transaction_IDs'],
  ])('%s with the words of a full disk or the like is one of writing: %s', async (state, message) => {
    expect(await failing(`fail ${state} ${message}`)).toEqual([503, 'database_read_only', true]);
    expect(await ready()).toEqual([200, 'read_only']);
    expect((await as(manager).post('/api/tasks', newTask())).status).toBe(201);
    expect(await ready()).toEqual([200, 'ok']);
  });
});

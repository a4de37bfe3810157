import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { RequestLogRetention } from '../../../src/audit/request-log/request-log.retention.service.js';
import { as, anActor, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';

interface Logged {
  readonly path: string;
  readonly status_code: number;
  readonly ip_address: string;
  readonly request_count: number;
  readonly omitted_bytes: number;
  readonly request_body: object | null;
}

/** 48 kB of characters that do not repeat, as an encoded file has them. */
const noise = () => randomBytes(36_000).toString('base64');
const draft = (assigned_to: number, more: object = {}) => ({
  title: 'Filed',
  estimated_hours: 1,
  deadline: '2100-01-01',
  assigned_to,
  ...more,
});

describe('the request log under a flood', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start({
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_PUBLIC_PER_MINUTE: '5',
      RATE_LIMIT_ROLES: 'developer=8,manager=1000,auditor=1000',
      REQUEST_LOG_MIB_PER_HOUR: '0.012',
      TRUSTED_PROXIES: '127.0.0.1,::ffff:127.0.0.1,::1',
    });
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  const logged = async (where: ReturnType<typeof sql>) => {
    await app.flushed();
    return app.rows<Logged>(sql`SELECT path, status_code, ip_address, request_count, omitted_bytes, request_body
      FROM api_audit_logs WHERE ${where} ORDER BY id`);
  };

  it('has one row for all requests of an address beyond the limit, and the others one by one', async () => {
    for (const address of ['203.0.113.1', '203.0.113.2', '2001:db8::1', '2001:db8::2'])
      for (let i = 0; i < 25; i++) await as(app).get(`/api/unknown/${i}`, { 'X-Forwarded-For': address });
    const rows = await logged(sql`path LIKE '/api/unknown/%'`);
    const denied = rows.filter(({ status_code }) => status_code === 429);
    expect(denied.map(({ ip_address, request_count }) => [ip_address, request_count])).toEqual([
      ['203.0.113.1', 20],
      ['203.0.113.2', 20],
      // One customer has a whole /64.
      ['2001:db8:0:0::/64', 45],
    ]);
    expect(rows.filter(({ status_code }) => status_code !== 429)).toHaveLength(15);
    expect(rows.reduce((sum, { request_count }) => sum + request_count, 0)).toBe(100);
  });

  it('dates what it counts as all other rows, by the clock that replicas share', async () => {
    app.clock.set('2031-07-01T00:00:30Z');
    try {
      for (let i = 0; i < 7; i++) await as(app).get('/api/dated', { 'X-Forwarded-For': '203.0.113.9' });
      await app.flushed();
    } finally {
      app.clock.reset();
    }
    const days = await app.rows(sql`SELECT DISTINCT request_count > 1 AS counted, timestamp::date::text AS day
      FROM api_audit_logs WHERE path = '/api/dated' ORDER BY 1`);
    expect(days).toEqual([
      { counted: false, day: '2031-07-01' },
      { counted: true, day: '2031-07-01' },
    ]);
  });

  it('counts a user by itself, and shows the count to auditors', async () => {
    for (let i = 0; i < 20; i++) await as(developer).get(`/api/tasks/${i + 1}`);
    await app.flushed();
    const { body } = await as(auditor).get(`/api/audit/requests?status_code=429&actor=${developer.id}`);
    expect(body).toEqual([expect.objectContaining({ username: developer.username, request_count: 12 })]);
  });

  it('loses no accepted change of a user who fills the log, only what its body would take', async () => {
    const { id } = (await as(manager).post('/api/tasks', draft(developer.id))).body as { id: number };
    const patch = () => as(manager).patch(`/api/tasks/${id}`, { description: noise(), title: noise().slice(0, 250) });
    for (let i = 0; i < 40; i++) expect((await patch()).status).toBe(200);
    for (let i = 0; i < 30; i++) await as(manager).get(`/api/tasks/${id}?not-a-parameter=${i}`);
    const rows = await logged(sql`path = ${`/api/tasks/${id}`}`);
    const changes = rows.filter(({ status_code }) => status_code === 200);
    expect(changes).toHaveLength(40);
    expect(changes[0]).toMatchObject({ omitted_bytes: 0, request_body: { description: expect.any(String) } });
    expect(changes[39]).toMatchObject({ request_body: null });
    expect(changes[39]?.omitted_bytes).toBeGreaterThan(2000);
    const reads = rows.filter(({ status_code }) => status_code === 422);
    expect(reads.map(({ request_count }) => request_count)).toEqual([30]);
    const [size] = await app.rows<{ bytes: number }>(sql`SELECT sum(length(l::text))::int AS bytes
      FROM api_audit_logs l WHERE user_id = ${manager.id}`);
    expect(size?.bytes).toBeLessThan(80_000);
  }, 120_000);
});

describe('the months of the request log', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await TestApp.start();
  });
  afterEach(() => app.stop());

  const add = (time: string, name: string) =>
    app.rows(sql`INSERT INTO api_audit_logs (timestamp, method, path, status_code, duration_ms, request_id)
      VALUES (${time}, 'GET', '/api/tags', 200, 1, ${name})`);
  const placeOf = (name: string) =>
    app.rows<{ place: string }>(
      sql`SELECT tableoid::regclass::text AS place FROM api_audit_logs WHERE request_id = ${name}`,
    );

  it('are made ahead by the server, which owns none; what has no month is kept, and moves there', async () => {
    const retention = app.nest.get(RequestLogRetention, { strict: false });
    // A month may have begun since the database was made.
    await retention.createPartitions();
    await add('2031-05-31T23:59:59.999Z', 'ahead');
    await add('2031-06-01T00:00:00Z', 'later');
    await add('2018-12-01T00:00:00Z', 'oldest');
    expect(await placeOf('ahead')).toEqual([{ place: 'api_audit_logs_other' }]);
    expect(await retention.createPartitions()).toBe(3);
    expect(await retention.createPartitions()).toBe(0);
    expect([await placeOf('ahead'), await placeOf('later')]).toEqual([
      [{ place: 'api_audit_logs_2031_05' }],
      [{ place: 'api_audit_logs_2031_06' }],
    ]);
    for (const table of ['api_audit_logs', 'api_audit_logs_2031_05', 'api_audit_logs_other'])
      for (const statement of ['DELETE FROM', 'TRUNCATE'])
        await expect(app.rows({ text: `${statement} ${table}`, values: [] } as never)).rejects.toThrow(
          /kept as they are/,
        );
    await expect(retention.retain({ months: 1, detach: false, dryRun: false })).rejects.toThrow(
      /must be owner|permission/,
    );
  });

  it('are let go by the owner, by command, and the audit trail says so', async () => {
    await add('2018-12-01T00:00:00Z', 'oldest');
    await add('2019-01-15T12:00:00Z', 'old');
    await add('2019-02-15T12:00:00Z', 'old');
    await add(new Date().toISOString(), 'new');
    const env = {
      ...process.env,
      ENVIRONMENT: 'test',
      DATABASE_URL: app.url,
      DATABASE_OWNER_URL: app.database.ownerUrl,
    };
    const retain = async (...args: string[]) => {
      const command = ['dist/cli/retain-request-log.command.js', ...args];
      const { stdout } = await promisify(execFile)(process.execPath, command, { env });
      return (JSON.parse(stdout) as { removed: object[] }).removed;
    };
    const old = [
      { month: '2018-12', rows: 1 },
      { month: '2019-01', rows: 1 },
      { month: '2019-02', rows: 1 },
    ];
    expect(await retain('--months', '24', '--dry-run')).toEqual(old);
    expect(await placeOf('old')).toHaveLength(2);
    expect(await retain('--months', '24')).toEqual(old);
    expect(await placeOf('old')).toEqual([]);
    expect(await placeOf('new')).toHaveLength(1);
    await add('2019-01-16T12:00:00Z', 'older');
    expect(await retain('--months', '24', '--detach')).toEqual([
      { ...old[1], table: 'api_audit_logs_2019_01_detached' },
    ]);
    expect(await app.rows(sql`SELECT request_id FROM api_audit_logs_2019_01_detached`)).toEqual([
      { request_id: 'older' },
    ]);
    const entries = await app.rows(sql`SELECT action, entity_name FROM audit_trail
      WHERE entity_type = 'request_log' ORDER BY id`);
    expect(entries).toEqual([
      { action: 'request_log.dropped', entity_name: '2018-12' },
      { action: 'request_log.dropped', entity_name: '2019-01' },
      { action: 'request_log.dropped', entity_name: '2019-02' },
      { action: 'request_log.detached', entity_name: '2019-01' },
    ]);
  }, 120_000);
});

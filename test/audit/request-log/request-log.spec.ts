import { Client } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { Database } from '../../../src/infrastructure/database/database.js';
import { as } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aMember, PASSWORD } from '../../support/device.js';

describe('the request log', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ TRUSTED_PROXIES: '127.0.0.1,::ffff:127.0.0.1,::1', REQUEST_LOG_QUEUE: '1000' });
  });
  afterAll(() => app.stop());

  async function logged(prefix: string) {
    await app.flushed();
    return app.rows<{ request_id: string; ip_address: string }>(
      sql`SELECT request_id, ip_address FROM api_audit_logs WHERE starts_with(request_id, ${prefix}) ORDER BY id`,
    );
  }

  it('drops only the line that the database refuses, logs and counts it, and keeps the others in order', async () => {
    await app.rows(sql`ALTER TABLE api_audit_logs ADD CONSTRAINT refused CHECK (request_id NOT LIKE '%refused%')`);
    const names = Array.from({ length: 9 }, (_, i) => `line-${i}${i === 0 || i === 5 ? '-refused' : ''}`);
    const before = Number(/dropped_total (\d+)$/m.exec((await as(app).get('/metrics')).text)?.[1]);
    for (const name of names) await as(app).get('/api/tags', { 'X-Request-Id': name });
    const kept = names.filter((name) => !name.includes('refused'));
    expect((await logged('line-')).map(({ request_id }) => request_id)).toEqual(kept);
    const { text } = await as(app).get('/metrics');
    expect(text).toContain(`\nctms_request_log_dropped_total ${before + 2}\n`);
    expect(text).toContain('\nctms_request_log_queued 0\n');
    const lines = app.log.filter((line) => line.includes('cannot be stored'));
    expect(lines.map((line) => /line-\d-refused/.exec(line)?.[0])).toEqual(['line-0-refused', 'line-5-refused']);
  });

  it('accepts any text that a proxy forwards as an address, also at sign-in', async () => {
    await aMember(app, 'asha');
    const forwarded = { 'X-Forwarded-For': 'x'.repeat(500), 'X-Request-Id': 'proxy-1' };
    const signIn = await as(app).post('/api/auth/login', { username: 'asha', password: PASSWORD }, forwarded);
    expect(signIn.status).toBe(200);
    expect(await logged('proxy-')).toEqual([{ request_id: 'proxy-1', ip_address: 'x'.repeat(64) }]);
  });

  /** A request at the limit of the log, and one beyond it. */
  const long = { title: 'ü'.repeat(5000), tags: Array(40).fill('ü'.repeat(3000)) };
  const sendLong = async (prefix: string, count: number) => {
    for (let i = 0; i < count; i++)
      await as(app).post('/api/tasks', long, { 'X-Request-Id': `${prefix}${String(i).padStart(3, '0')}` });
  };
  /** Blocks the log during `work`. @returns the metrics of the log then */
  const whileHeld = async (work: () => Promise<void>) => {
    const holder = new Client({ connectionString: app.database.ownerUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE api_audit_logs IN ACCESS EXCLUSIVE MODE');
    await work();
    const { text } = await as(app).get('/metrics');
    await holder.query('COMMIT');
    await holder.end();
    return Number(/^ctms_request_log_queued (\d+)$/m.exec(text)?.[1]);
  };

  it('keeps a line short, for any request', async () => {
    await as(app).post('/api/tasks', long, { 'X-Request-Id': 'long' });
    await as(app).post('/api/auth/login', { ['x'.repeat(15_000)]: 'y' }, { 'X-Request-Id': 'long-name' });
    await app.flushed();
    const rows = await app.rows<{ length: number; request_body: object }>(sql`SELECT request_body,
      length(l::text) AS length FROM api_audit_logs l WHERE starts_with(request_id, 'long') ORDER BY id`);
    expect(rows.map(({ length }) => length < 40_000)).toEqual([true, true]);
    expect(rows[1]?.request_body).toEqual({ [`${'x'.repeat(100)}…`]: '***' });
  });

  it.each(['1e308', '-1e-300'])(
    'keeps a line short, also as the database writes numbers such as %s',
    async (number) => {
      const numbers = `[${Array(100).fill(number).join()}]`;
      const headers = { 'Content-Type': 'application/json', 'X-Request-Id': `numbers${number}` };
      await as(app).post('/api/auth/login', `{"tags":[${Array(20).fill(numbers).join()}]}`, headers);
      await app.flushed();
      const [line] = await app.rows<{ length: number; first: number }>(sql`SELECT length(request_body::text),
      (request_body #> '{tags,0,0}')::float8 AS first FROM api_audit_logs WHERE request_id = ${`numbers${number}`}`);
      expect(line).toEqual({ length: expect.any(Number), first: Number(number) });
      expect(line?.length).toBeLessThan(20_000);
    },
  );

  it('writes no more than a megabyte at once, in order', async () => {
    await whileHeld(() => sendLong('heavy-', 100));
    const names = (await logged('heavy-')).map(({ request_id }) => request_id);
    expect(names).toEqual(Array.from({ length: 100 }, (_, i) => `heavy-${String(i).padStart(3, '0')}`));
    const batches = await app.rows<{ bytes: number }>(sql`SELECT sum(octet_length(request_body::text))::int AS bytes
      FROM api_audit_logs WHERE starts_with(request_id, 'heavy-') GROUP BY xmin`);
    expect(Math.max(...batches.map(({ bytes }) => bytes))).toBeLessThan(1_048_576);
  });

  it('has room for so many bytes', async () => {
    const queued = await whileHeld(() => sendLong('full-', 160));
    expect(queued).toBeGreaterThan(100);
    expect(queued).toBeLessThan(150);
    expect((await logged('full-')).length).toBe(queued);
  });

  it('drops alone what a trigger refuses, and what cannot even be sent', async () => {
    await app.rows(sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN RAISE EXCEPTION 'not this one'; END$$`);
    await app.rows(sql`CREATE TRIGGER refuses BEFORE INSERT ON api_audit_logs FOR EACH ROW
      WHEN (NEW.request_id = 'odd-3') EXECUTE FUNCTION refuse()`);
    const database = app.nest.get(Database);
    const rows = database.rows.bind(database);
    // A text that is too long for a string of the process, in little.
    database.rows = (statement) => {
      const tooLong = (statement as Sql).values.some((value) => String(value).includes('odd-5'));
      return tooLong ? Promise.reject(new RangeError('Invalid string length')) : rows(statement);
    };
    for (let i = 0; i < 8; i++) await as(app).get('/api/tags', { 'X-Request-Id': `odd-${i}` });
    const names = (await logged('odd-')).map(({ request_id }) => request_id);
    database.rows = rows;
    expect(names).toEqual([0, 1, 2, 4, 6, 7].map((i) => `odd-${i}`));
    const lines = app.log.filter((line) => line.includes('cannot be stored') && line.includes('odd-'));
    expect(lines.map((line) => /odd-\d/.exec(line)?.[0])).toEqual(['odd-3', 'odd-5']);
  });
});

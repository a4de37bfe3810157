import sql from 'sql-template-tag';
import { as } from './support/actors.js';
import { TestApp } from './support/app.js';
import { aMember, PASSWORD } from './support/device.js';

describe('the request log', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ TRUSTED_PROXIES: '127.0.0.1,::ffff:127.0.0.1,::1' });
  });
  afterAll(() => app.stop());

  async function logged(prefix: string) {
    await app.flushed();
    return app.rows<{ request_id: string; ip_address: string }>(
      sql`SELECT request_id, ip_address FROM api_audit_logs WHERE starts_with(request_id, ${prefix}) ORDER BY id`,
    );
  }

  it('drops alone the line that the database refuses, tells and counts it, and keeps the others in order', async () => {
    await app.rows(sql`ALTER TABLE api_audit_logs ADD CONSTRAINT refused CHECK (request_id NOT LIKE '%refused%')`);
    const names = Array.from({ length: 9 }, (_, i) => `line-${i}${i === 0 || i === 5 ? '-refused' : ''}`);
    const before = Number(/dropped_total (\d+)$/m.exec((await as(app).get('/metrics')).text)?.[1]);
    for (const name of names) await as(app).get('/api/tags', { 'X-Request-Id': name });
    const kept = names.filter((name) => !name.includes('refused'));
    expect((await logged('line-')).map(({ request_id }) => request_id)).toEqual(kept);
    const { text } = await as(app).get('/metrics');
    expect(text).toContain(`\nctms_request_log_dropped_total ${before + 2}\n`);
    expect(text).toContain('\nctms_request_log_queued 0\n');
    const told = app.log.filter((line) => line.includes('refused a request'));
    expect(told.map((line) => /line-\d-refused/.exec(line)?.[0])).toEqual(['line-0-refused', 'line-5-refused']);
  });

  it('takes whatever a proxy forwards as an address, and so does whoever signs in', async () => {
    await aMember(app, 'asha');
    const forwarded = { 'X-Forwarded-For': 'x'.repeat(500), 'X-Request-Id': 'proxy-1' };
    const signIn = await as(app).post('/api/auth/login', { username: 'asha', password: PASSWORD }, forwarded);
    expect(signIn.status).toBe(200);
    expect(await logged('proxy-')).toEqual([{ request_id: 'proxy-1', ip_address: 'x'.repeat(64) }]);
  });
});

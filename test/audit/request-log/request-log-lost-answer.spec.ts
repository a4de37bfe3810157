import { RequestLog } from '../../../src/audit/request-log/request-log.service.js';
import { as } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { CommitProxy } from '../../support/commit-proxy.js';
import { newDatabase } from '../../support/database.js';
import { waitFor } from '../../support/wait-for.js';

describe('the request log, where the answer to an insert is lost', () => {
  let app: TestApp;
  let proxy: CommitProxy;

  beforeAll(async () => {
    const database = await newDatabase();
    proxy = await CommitProxy.before(database.url);
    app = await TestApp.start({}, { database: { ...database, url: proxy.url } });
    app.onStopped(async () => {
      proxy.close();
      await database.drop();
    });
  });
  afterAll(() => app.stop());

  const counts = () =>
    app.rows<{ name: string; n: number }>(sql`SELECT request_id AS name, count(*)::int AS n FROM api_audit_logs
      WHERE request_id LIKE 'lost-%' GROUP BY 1 ORDER BY 1`);

  it('has each request once', async () => {
    proxy.breakAt('lost-1', 'answer', 'INSERT 0 ');
    const requests = ['lost-1', 'lost-2', 'lost-2', 'lost-3'];
    await Promise.all(requests.map((name) => as(app).get('/api/tasks', { 'X-Request-Id': name })));
    await app.nest.get(RequestLog).flush();
    await waitFor(() => proxy.broken === 1);
    await as(app).get('/api/tasks', { 'X-Request-Id': 'lost-4' });
    await app.nest.get(RequestLog).flush();
    const expected = [
      { name: 'lost-1', n: 1 },
      { name: 'lost-2', n: 2 },
      { name: 'lost-3', n: 1 },
      { name: 'lost-4', n: 1 },
    ];
    expect(await counts()).toEqual(expected);
    await app.nest.get(RequestLog).flush();
    expect(await counts()).toEqual(expected);
  });
});

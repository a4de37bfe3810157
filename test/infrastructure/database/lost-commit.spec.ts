import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { CommitProxy } from '../../support/commit-proxy.js';
import { newDatabase, type TestDatabase } from '../../support/database.js';

describe('A change whose connection to PostgreSQL breaks at its COMMIT', () => {
  let database: TestDatabase;
  let proxy: CommitProxy;
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    database = await newDatabase();
    proxy = await CommitProxy.before(database.url);
    app = await TestApp.start({}, { database: { ...database, url: proxy.url } } as TestApp);
    manager = await anActor(app, 'manager');
  });
  afterAll(async () => {
    await app.stop();
    proxy.close();
    await database.drop();
  });

  const create = (title: string, requestId: string) => {
    const body = { title, estimated_hours: 1, deadline: '2030-01-01T00:00:00Z', assigned_to: manager.id };
    return as(manager).post('/api/tasks', body, { 'X-Request-Id': requestId });
  };
  const found = async (title: string, requestId: string) => {
    const [row] = await app.rows<{ tasks: number; entries: number; notifications: number }>(sql`SELECT
      (SELECT count(*)::int FROM tasks WHERE title = ${title}) AS tasks,
      (SELECT count(*)::int FROM audit_trail WHERE request_id = ${requestId}) AS entries,
      (SELECT count(*)::int FROM notifications n JOIN tasks t ON t.id = n.task_id WHERE t.title = ${title}) AS notifications`);
    return row;
  };

  it.each([
    ['the answer is lost after PostgreSQL has committed, so it is there', 'answer', 1],
    ['COMMIT does not arrive, so it is not there', 'commit', 0],
  ] as const)('is answered with 503 outcome_unknown: %s', async (title, loss, count) => {
    const before = proxy.broken;
    proxy.breakAt(title, loss);
    const { status, body, headers } = await create(title, `lost-${loss}`);
    expect([status, (body as { code: string }).code]).toEqual([503, 'outcome_unknown']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(proxy.broken).toBe(before + 1);
    expect(await found(title, `lost-${loss}`)).toEqual({ tasks: count, entries: count, notifications: count });
  });

  it.each([
    ['the first answer comes at once, since it was stored with the change', 'answer', true],
    ['nothing was stored, so it is done when it is repeated', 'commit', false],
  ] as const)('with an Idempotency-Key is safe to repeat: %s', async (title, loss, known) => {
    const key = { 'Idempotency-Key': `lost-key-${loss}` };
    const body = { title, estimated_hours: 1, deadline: '2030-01-01T00:00:00Z', assigned_to: manager.id };
    const before = proxy.broken;
    proxy.breakAt(title, loss);
    const first = await as(manager).post('/api/tasks', body, { ...key, 'X-Request-Id': key['Idempotency-Key'] });
    expect(proxy.broken).toBe(before + 1);
    expect([first.status, first.headers['idempotency-replayed']]).toEqual(known ? [201, 'true'] : [503, undefined]);
    const again = await as(manager).post('/api/tasks', body, { ...key, 'X-Request-Id': key['Idempotency-Key'] });
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, known ? 'true' : undefined]);
    if (known) expect(again.text).toBe(first.text);
    expect(await found(title, key['Idempotency-Key'])).toEqual({ tasks: 1, entries: 1, notifications: 1 });
  });

  it('does not disturb the next one', async () => {
    expect((await create('Next', 'next')).status).toBe(201);
    expect(await found('Next', 'next')).toEqual({ tasks: 1, entries: 1, notifications: 1 });
  });
});

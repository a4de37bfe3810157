import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { type TestApp } from '../../support/app.js';
import { startPast } from '../../support/past.js';
import { aTask } from '../../support/factories.js';

describe('the state as of a time', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let people: number[];
  let tags: number[];

  beforeAll(async () => {
    ({ app, manager, auditor, people, tags } = await startPast());
  });
  afterAll(() => app.stop());

  const draft = (more: object = {}) => ({
    ...{ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: people[0] },
    ...more,
  });
  const make = async (more: object = {}) => (await as(manager).post('/api/tasks', draft(more))).body.id as number;
  const asOf = (at: string, path = '/api/tasks', who = auditor) =>
    as(who).get(`${path}${path.includes('?') ? '&' : '?'}as_of=${encodeURIComponent(at)}`);

  it('takes the filters, orders, pages and counts of the list', async () => {
    const before = new Date().toISOString();
    const first = await make({ title: 'Filtered one', priority: 'low', tags: [tags[0]], deadline: '2020-01-01' });
    const second = await make({ title: 'Filtered two', priority: 'critical', deadline: '2020-01-02' });
    const then = new Date().toISOString();
    await as(manager).patch(`/api/tasks/${first}`, { title: 'Other', tags: [], priority: 'high', status: 'completed' });
    await as(manager).delete(`/api/tasks/${second}`);
    const ids = async (query: string) =>
      ((await asOf(then, `/api/tasks?${query}`)).body as { id: number }[]).map(({ id }) => id);
    expect(await ids('q=filtered')).toEqual([first, second]);
    expect(await ids('q=filtered&sort=-priority')).toEqual([second, first]);
    expect(await ids(`q=filtered&tags=${tags[0]}`)).toEqual([first]);
    expect(await ids('q=filtered&overdue=true&sort=-deadline')).toEqual([second, first]);
    expect(await ids(`q=other&assigned_to=${people[0]}`)).toEqual([]);
    const page = await asOf(then, '/api/tasks?q=filtered&limit=1&include_total=true');
    expect([page.headers['x-total-count'], page.body.length]).toEqual(['2', 1]);
    const next = /<(.*)>/.exec(page.headers.link as string)?.[1] as string;
    expect((await as(auditor).get(next)).body).toMatchObject([{ id: second, title: 'Filtered two' }]);
    expect(((await asOf(before, '/api/tasks?q=filtered')).body as unknown[]).length).toBe(0);
    expect((await asOf(before, `/api/tasks/${first}`)).body.code).toBe('task_not_found');
    const read = await asOf(then, `/api/tasks/${second}`, manager);
    expect([read.status, read.headers.etag, read.body.title]).toEqual([200, '"1"', 'Filtered two']);
    expect((await asOf(new Date().toISOString(), `/api/tasks/${second}`)).status).toBe(404);
  });

  it('is exact to the microsecond where it is given so', async () => {
    const id = await make();
    await as(manager).patch(`/api/tasks/${id}`, { title: 'Later' });
    const { body } = await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${id}&action=task.updated`);
    const at = (body as { occurred_at: string }[])[0]?.occurred_at as string;
    const justBefore = at.replace(/(\d)Z$/, (_, digit: string) => `${digit === '0' ? '0' : Number(digit) - 1}Z`);
    expect((await asOf(at, `/api/tasks/${id}`)).body.title).toBe('Later');
    if (justBefore !== at) expect((await asOf(justBefore, `/api/tasks/${id}`)).body.title).toBe('T');
  });

  it('is for managers and auditors, of the past, and leaves an entry', async () => {
    const developer = await anActor(app, 'developer');
    const now = new Date().toISOString();
    for (const path of ['/api/tasks', '/api/tasks/1', '/api/auth/users', `/api/auth/users/${developer.id}`]) {
      expect((await asOf(now, path, developer)).body.code).toBe('role_not_allowed');
      expect((await asOf('2200-01-01T00:00:00Z', path)).status).toBe(422);
      for (const bad of ['soon', '', '2026-02-30', '2026-01-01T00:00:00.1234567890Z'])
        expect([bad, (await asOf(bad, path)).status]).toEqual([bad, 422]);
    }
    await asOf('1999-01-01', '/api/tasks?status=blocked');
    const { body } = await as(auditor).get('/api/audit/entries?action=audit.read&q=1999-01-01');
    expect((body as { sentence: string }[])[0]?.sentence).toBe(
      `${auditor.username} read the list of tasks where as_of=1999-01-01, status=blocked`,
    );
  });

  it('shows users as they were, and lets managers see whom they may see today', async () => {
    const signUp = { username: 'wanda', email: 'wanda@mail.test', password: 'correct horse battery' };
    const { body } = await as(app).post('/api/auth/register', signUp);
    await as(app).post('/api/auth/verify-email', { token: body.verification_token });
    const [wanda] = await app.rows<{ id: number }>(sql`SELECT id FROM users WHERE username = 'wanda'`);
    const path = `/api/auth/users/${wanda?.id}`;
    const kept: { at: string; user: unknown }[] = [];
    const keep = async () => kept.push({ user: (await as(auditor).get(path)).body, at: new Date().toISOString() });
    await keep();
    await as(app).post('/api/auth/login', { username: signUp.username, password: signUp.password });
    await keep();
    await as(manager).patch(path, { timezone: 'Europe/Berlin', reason: 'Moved' });
    await keep();
    await as(manager).patch(path, { role: 'auditor', reason: 'Promoted' });
    await keep();
    await as(manager).patch(path, { role: 'developer', is_active: false, reason: 'Left' });
    await keep();
    expect(new Set(kept.map(({ user }) => JSON.stringify(user))).size).toBe(5);
    for (const { at, user } of kept) {
      expect((await asOf(at, path)).body).toEqual(user);
      expect((await asOf(at, '/api/auth/users?q=wanda&limit=5')).body).toEqual([user]);
      expect((await asOf(at, path, manager)).body).toEqual(user);
    }
    await as(manager).patch(path, { role: 'auditor', reason: 'Back' });
    expect((await asOf(kept[0]?.at ?? '', path, manager)).status).toBe(404);
  });

  it('survives the rows: tasks and users that are gone keep their state and names', async () => {
    const signUp = { username: 'gone', email: 'gone@mail.test', password: 'correct horse battery' };
    await as(app).post('/api/auth/register', signUp);
    const [user] = await app.rows<{ id: number }>(sql`SELECT id FROM users WHERE username = 'gone'`);
    const id = await make({ assigned_to: user?.id ?? 0 });
    const { body } = await as(auditor).get(`/api/tasks/${id}`);
    const at = new Date().toISOString();
    await app.rows(sql`DELETE FROM notifications WHERE user_id = ${user?.id}`);
    await app.rows(sql`DELETE FROM tasks WHERE id = ${id}`);
    await app.rows(sql`DELETE FROM email_verification_tokens WHERE user_id = ${user?.id}`);
    await app.rows(sql`DELETE FROM users WHERE id = ${user?.id}`);
    expect((await asOf(at, `/api/tasks/${id}`)).body).toEqual(body);
    expect((await asOf(at, `/api/auth/users/${user?.id}`)).body).toMatchObject({ username: 'gone', role: 'developer' });
  });

  it('says nothing of a record whose beginning the trail does not have', async () => {
    const { id } = await aTask(app, people[0] ?? 0);
    await as(manager).patch(`/api/tasks/${id}`, { title: 'Known from here' });
    expect((await asOf(new Date().toISOString(), `/api/tasks/${id}`)).status).toBe(404);
  });
});

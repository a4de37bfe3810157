import { fits } from '../support/documented.js';
import { schemas } from '../support/operations.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

describe('A change on the condition of a version', () => {
  let app: TestApp;
  let manager: TestActor;
  let other: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    [manager, other] = [await anActor(app, 'manager'), await anActor(app, 'manager')];
    developer = await anActor(app, 'developer');
    app.clock.set('2026-03-02T12:00:00Z');
  });
  afterAll(() => app.stop());

  const draft = () => ({ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id });
  const task = async () => `/api/tasks/${(await as(manager).post('/api/tasks', draft())).body.id}`;
  const tag = async (name: string) => `/api/tags/${(await as(manager).post('/api/tags', { name })).body.id}`;
  const stale = async (who: TestActor, path: string, body: object, tagged = '"1"') => {
    const { status, body: problem, headers } = await as(who).patch(path, body, { 'If-Match': tagged });
    expect([status, problem.code, fits(schemas.Problem as object, problem)]).toEqual([412, 'stale_version', undefined]);
    expect(headers.etag).toBe(`"${problem.current_version}"`);
    return problem as { detail: string; current_version: number; changed_fields: object[] };
  };
  const by = ({ id, username }: TestActor, field: string, version: number) => ({
    ...{ field, version, changed_by: id, changed_by_user: username, changed_at: TIME },
  });

  it('that a task no longer has says which fields changed since, by whom and when', async () => {
    const path = await task();
    const label = Number((await tag('since')).split('/').at(-1));
    await as(manager).patch(path, { title: 'Second', priority: 'high' });
    await as(developer).patch(path, { status: 'in_progress' });
    await as(other).patch(path, { title: 'Fourth', tags: [label] });
    const problem = await stale(developer, path, { title: 'Mine' });
    expect(problem).toMatchObject({
      current_version: 4,
      detail: expect.stringMatching(/is at version 4 now \(changed: title, status, priority, tags\)\. Read it again$/),
      changed_fields: [
        ...[by(other, 'title', 4), by(developer, 'status', 3)],
        ...[by(manager, 'priority', 2), by(other, 'tags', 4)],
      ],
    });
    const third = await stale(developer, path, { title: 'Mine' }, 'W/"3", "1"');
    expect(third.changed_fields).toEqual([by(other, 'title', 4), by(other, 'tags', 4)]);
    expect((await stale(developer, path, { title: 'Mine' }, '"77"')).changed_fields).toEqual([]);
    expect(JSON.stringify(problem)).not.toMatch(/Second|Fourth/);
    const removal = await as(manager).delete(path, { 'If-Match': '"3"' });
    expect([removal.status, removal.body.changed_fields]).toEqual([412, third.changed_fields]);
  });

  it('looks in one statement through a bounded number of entries', async () => {
    const path = await task();
    const id = Number(path.split('/').at(-1));
    await as(manager).patch(path, { description: 'Early' });
    await app.rows(sql`INSERT INTO audit_trail (actor_id, actor_name, actor_role, action, entity_type, entity_id, entity_version, changes)
      SELECT ${other.id}::int, ${other.username}::text, 'manager', 'task.updated', 'task', ${id}::int, n + 2, '{"title": ["a", "b"]}'
      FROM generate_series(1, 250) n`);
    await app.rows(sql`UPDATE tasks SET version = 252 WHERE id = ${id}`);
    expect((await stale(manager, path, { title: 'Mine' })).changed_fields).toEqual([by(other, 'title', 252)]);
  });

  it('holds for tags, which have a tag of their version and no version in their JSON', async () => {
    const made = await as(manager).post('/api/tags', { name: 'one' });
    const path = `/api/tags/${made.body.id}`;
    expect([made.headers.etag, made.body]).toEqual(['"1"', { id: made.body.id, name: 'one' }]);
    const renamed = await as(other).patch(path, { name: 'two' }, { 'If-Match': '"1"' });
    expect([renamed.status, renamed.headers.etag, renamed.body]).toEqual([
      200,
      '"2"',
      { id: made.body.id, name: 'two' },
    ]);
    expect((await stale(manager, path, { name: 'three' })).changed_fields).toEqual([by(other, 'name', 2)]);
    expect((await as(manager).delete(path, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await as(manager).patch(path, { name: 'x' }, { 'If-Match': '"2-gzip"' })).body.code).toBe(
      'unknown_entity_tag',
    );
    expect((await as(developer).get(path, { 'If-None-Match': '"1"' })).body).toEqual(renamed.body);
    const known = await as(developer).get(path, { 'If-None-Match': '"2"' });
    expect([known.status, known.text, known.headers.etag]).toEqual([304, '', '"2"']);
    expect((await as(manager).delete(path, { 'If-Match': 'W/"2"' })).status).toBe(204);
    expect((await as(manager).get(path)).body).toMatchObject({ status: 404, code: 'no_such_tag' });
  });

  it('holds for users, without fields that no user is shown', async () => {
    const user = await anActor(app, 'developer');
    const path = `/api/auth/users/${user.id}`;
    const read = await as(manager).get(path);
    expect(read.headers.etag).toBe('"1"');
    expect(read.body).not.toHaveProperty('version');
    expect((await as(manager).get(path, { 'If-None-Match': '"1"' })).status).toBe(304);
    const zone = { timezone: 'Europe/Paris', reason: 'Moved' };
    const moved = await as(other).patch(path, zone, { 'If-Match': '"1"' });
    expect([moved.status, moved.headers.etag]).toEqual([200, '"2"']);
    await app.rows(sql`UPDATE users SET requested_timezone = 'Asia/Tokyo' WHERE id = ${user.id}`);
    await as(other).patch(path, { timezone: 'Asia/Tokyo', reason: 'Moved on' });
    const again = { timezone: 'UTC', reason: 'Back' };
    expect((await stale(manager, path, again, '"2"')).changed_fields).toEqual([by(other, 'timezone', 3)]);
    expect((await as(manager).get(path, { 'If-None-Match': '"2"' })).body.timezone).toBe('Asia/Tokyo');
    expect((await as(user).get('/api/auth/users/me', { 'If-None-Match': '"3"' })).status).toBe(304);
    const past = await as(manager).get(`${path}?as_of=${new Date(app.clock.now().getTime() + 0).toISOString()}`);
    expect(past.headers).not.toHaveProperty('etag');
  });

  it('names no field of a user to a manager who cannot read it', async () => {
    const auditor = await anActor(app, 'auditor');
    const path = `/api/auth/users/${auditor.id}`;
    await as(other).patch(path, { timezone: 'Europe/Paris', reason: 'Moved' });
    const problem = await stale(manager, path, { timezone: 'UTC', reason: 'Back' });
    expect([problem.changed_fields, problem.detail]).toEqual([[], expect.not.stringContaining('timezone')]);
  });

  it('holds for the own account', async () => {
    const me = await anActor(app, 'manager');
    const own = '/api/auth/users/me';
    const changed = await as(me).patch(own, { timezone: 'Europe/Paris' }, { 'If-Match': '"1"' });
    expect([changed.status, changed.headers.etag]).toEqual([200, '"2"']);
    expect((await stale(me, own, { timezone: 'UTC' })).changed_fields).toEqual([by(me, 'timezone', 2)]);
    expect((await as(me).patch(own, { timezone: 'UTC' })).status).toBe(200);
  });
});

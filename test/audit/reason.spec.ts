import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask, aUser } from '../support/factories.js';

const because = (reason: string) => ({ 'X-Change-Reason': reason });
const WHY = because('Entered for the wrong site');

describe('a reason for change', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start({ AUDIT_REASON_REQUIRED: 'true' });
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  const aCompleted = (more: object = {}) => aTask(app, developer.id, { status: 'completed', actual: '4.00', ...more });
  const recorded = (id: number, type = 'task') =>
    app.rows<{ action: string; reason: string | null }>(
      sql`SELECT action, reason FROM audit_trail WHERE entity_type = ${type} AND entity_id = ${id} ORDER BY id`,
    );
  const needed = ({ status, body }: { status: number; body: { code: string; errors: { message: string }[] } }) => [
    ...[status, body.code, body.errors?.map(({ message }) => message.split(' ')[0])],
  ];

  it('is needed to change a completed task where it counts, and recorded with it', async () => {
    for (const [field, value] of [
      ['status', 'in_progress'],
      ['deadline', '2101-01-01T00:00:00.000Z'],
      ['estimated_hours', '9.00'],
      ['actual_hours', '5.00'],
    ]) {
      const { id } = await aCompleted();
      const path = `/api/tasks/${id}`;
      const change = { [field as string]: value, title: 'Changed' };
      const refused = await as(manager).patch(path, change);
      expect(needed(refused)).toEqual([422, 'reason_required', [`task.${field}`]]);
      expect(refused.body.errors[0]).toEqual({
        ...{ field: 'reason', code: 'reason_required', message: `task.${field} needs a reason (task ${id})` },
      });
      for (const reason of ['x', '-', 'n/a', '  ', '...'])
        expect((await as(manager).patch(path, change, because(reason))).status).toBe(422);
      expect([(await as(manager).get(path)).body.version, await recorded(id)]).toEqual([1, []]);
      expect((await as(manager).patch(path, change, WHY)).body).toMatchObject({ ...change, version: 2 });
      expect(await recorded(id)).toEqual([{ action: 'task.updated', reason: 'Entered for the wrong site' }]);
    }
  });

  it('is needed for all of it at once, by PUT and in bulk as well', async () => {
    const [one, other] = [await aCompleted(), await aCompleted()];
    const whole = {
      title: 'T',
      estimated_hours: 2,
      deadline: '2101-01-01',
      assigned_to: developer.id,
      status: 'pending',
    };
    expect(needed(await as(manager).put(`/api/tasks/${one.id}`, whole))).toEqual([
      ...[422, 'reason_required', ['task.status', 'task.deadline', 'task.estimated_hours']],
    ]);
    const bulk = { task_ids: [one.id, other.id, (await aTask(app, developer.id)).id], status: 'pending' };
    const { body } = await as(manager).post('/api/tasks/bulk-update', bulk);
    expect(body.detail).toBe(
      `task.status needs a reason (task ${one.id}, task ${other.id}): say why, in two words or more, in "reason" or in the header X-Change-Reason`,
    );
    expect((await as(manager).post('/api/tasks/bulk-update', bulk, WHY)).status).toBe(200);
    const history = await as(manager).get(`/api/tasks/${other.id}/history`);
    expect(history.body).toMatchObject([{ to_status: 'pending', reason: 'Entered for the wrong site' }]);
  });

  it('is needed to delete a task, for its children too', async () => {
    const parent = await aTask(app, developer.id);
    const child = await aTask(app, developer.id, { parent: parent.id });
    const refused = await as(manager).delete(`/api/tasks/${parent.id}`);
    expect(refused.body.errors[0].message).toBe(`task.deleted needs a reason (task ${parent.id}, task ${child.id})`);
    expect((await as(manager).get(`/api/tasks/${child.id}`)).status).toBe(200);
    expect((await as(manager).delete(`/api/tasks/${parent.id}`, WHY)).status).toBe(204);
    for (const { id } of [parent, child])
      expect(await recorded(id)).toEqual([{ action: 'task.deleted', reason: 'Entered for the wrong site' }]);
  });

  it('is needed for a role and to disable a user, in the body or in the header', async () => {
    const { id } = await aUser(app, 'developer');
    const path = `/api/auth/users/${id}`;
    expect(needed(await as(manager).patch(path, { role: 'auditor' }))).toEqual([422, 'reason_required', ['user.role']]);
    expect(needed(await as(manager).patch(path, { is_active: false, reason: 'gone' }))).toEqual([
      ...[422, 'reason_required', ['user.disabled']],
    ]);
    expect(needed(await as(manager).patch(path, { timezone: 'Asia/Tokyo' }))).toEqual([
      ...[422, 'reason_required', ['user.timezone']],
    ]);
    expect((await as(manager).patch(path, { timezone: 'Asia/Tokyo', reason: 'moved' })).status).toBe(200);
    expect((await as(manager).patch(path, { is_active: false, reason: 'Left the company' })).status).toBe(200);
    // It is enabled, says the entry, and the role goes along.
    expect(needed(await as(manager).patch(path, { is_active: true, role: 'manager' }))).toEqual([
      ...[422, 'reason_required', ['user.role']],
    ]);
    expect((await as(manager).patch(path, { is_active: true, role: 'auditor' }, WHY)).status).toBe(200);
    expect(await recorded(id, 'user')).toEqual([
      { action: 'user.updated', reason: 'moved' },
      { action: 'user.disabled', reason: 'Left the company' },
      { action: 'user.enabled', reason: 'Entered for the wrong site' },
    ]);
  });

  it('is not needed for anything else, nor where nothing changes or another check refuses first', async () => {
    const { id } = await aCompleted();
    const open = await aTask(app, developer.id);
    for (const [path, change] of [
      [id, { title: 'Renamed', priority: 'high' }],
      [id, { actual_hours: '4.00', status: 'completed' }],
      [open.id, { status: 'completed', deadline: '2101-01-01', actual_hours: 3 }],
    ] as const)
      expect((await as(manager).patch(`/api/tasks/${path}`, change)).status).toBe(200);
    expect(
      (await as(manager).patch(`/api/tasks/${id}`, { deadline: '2102-01-01' }, { 'If-Match': '"1"' })).status,
    ).toBe(412);
    const given = { title: 'Done', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id };
    expect((await as(manager).post('/api/tasks', { ...given, status: 'completed' })).status).toBe(201);
  });

  it('is required of what is configured', async () => {
    const own = await TestApp.start({
      AUDIT_REASON_REQUIRED: 'true',
      AUDIT_REASON_FOR: 'tag.created,task.priority[priority=critical]',
    });
    try {
      const who = await anActor(own, 'manager');
      expect(needed(await as(who).post('/api/tags', { name: 'a' }))).toEqual([422, 'reason_required', ['tag.created']]);
      expect(await own.rows(sql`SELECT FROM tags`)).toEqual([]);
      const { id } = await aTask(own, who.id, { priority: 'critical' });
      expect((await as(who).patch(`/api/tasks/${id}`, { priority: 'low' })).status).toBe(422);
      expect((await as(who).delete(`/api/tasks/${id}`)).status).toBe(204);
    } finally {
      await own.stop();
    }
  });

  it('is required by the description too, which most changes do not read', async () => {
    const rules = ['task.status[description=Primary endpoint]', 'task.deleted[description=Primary endpoint]'];
    const own = await TestApp.start({ AUDIT_REASON_REQUIRED: 'true', AUDIT_REASON_FOR: rules.join() });
    try {
      const who = await anActor(own, 'manager');
      const [endpoint, other] = [await aTask(own, who.id), await aTask(own, who.id)];
      await own.rows(sql`UPDATE tasks SET description = 'Primary endpoint' WHERE id = ${endpoint.id}`);
      const status = 'in_progress';
      const attempts = (id: number) => [
        () => as(who).patch(`/api/tasks/${id}`, { status }),
        () => as(who).post('/api/tasks/bulk-update', { task_ids: [id], status: 'completed' }),
        () => as(who).patch('/api/tasks/bulk', { task_ids: [id], changes: { status } }),
        () => as(who).delete(`/api/tasks/${id}`),
      ];
      for (const attempt of attempts(endpoint.id)) {
        const { status, body } = await attempt();
        expect([status, body.code]).toEqual([422, 'reason_required']);
      }
      for (const attempt of attempts(other.id)) expect((await attempt()).status).toBeLessThan(300);
    } finally {
      await own.stop();
    }
  });
});

describe('where no reason is required', () => {
  /** The bytes of UTF-8, as a browser's `fetch` may send them; the client of other specs sends them twice encoded. */
  const changed = async (who: TestActor, path: string, payload: object, reason: string) => {
    const headers = {
      authorization: `Bearer ${who.token}`,
      'x-change-reason': Buffer.from(reason).toString('latin1'),
    };
    const answer = await who.app.nest.inject({ method: 'PATCH', url: path, headers, payload });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };

  it('one in the header is kept whole or refused, as in the body', async () => {
    const app = await TestApp.start();
    try {
      const [manager, { id }] = [await anActor(app, 'manager'), await aUser(app, 'developer')];
      const path = `/api/auth/users/${id}`;
      const fits = `${'é'.repeat(999)}😀`;
      const developer = await anActor(app, 'developer');
      for (const long of [`${fits}!`, 'x'.repeat(1001), `${'😀'.repeat(1000)}!`]) {
        const refused = await changed(manager, path, { timezone: 'UTC' }, long);
        expect([refused.status, refused.body.code]).toEqual([422, 'validation_error']);
        expect(refused.body.errors).toEqual([
          { field: 'X-Change-Reason', code: 'is_length', message: refused.body.detail },
        ]);
        expect(refused.body.detail).toBe('X-Change-Reason must have at most 1000 characters');
        expect((await as(manager).patch(path, { timezone: 'UTC', reason: long })).status).toBe(422);
        // A missing permission is refused before a missing reason, and is recorded.
        expect((await changed(developer, path, {}, long)).status).toBe(403);
      }
      for (const [reason, timezone] of [
        [fits, 'Asia/Tokyo'],
        ['😀'.repeat(1000), 'Europe/Rome'],
        ['Elle est là', 'UTC'],
      ] as const) {
        const answer = await changed(manager, path, { timezone }, reason);
        expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ timezone })]);
        const [entry] = await app.rows(
          sql`SELECT reason FROM audit_trail WHERE entity_type = 'user' AND entity_id = ${id} ORDER BY id DESC LIMIT 1`,
        );
        expect(entry).toEqual({ reason });
      }
      const account = { username: 'nadia', email: 'n@x.org', password: 'tRial-site-77' };
      expect((await as(app).post('/api/auth/register', account, because('x'.repeat(1001)))).status).toBe(422);
      await app.flushed();
      const refusals = await app.rows(sql`SELECT reason FROM audit_trail WHERE action = 'access.refused'`);
      expect(refusals).toEqual([{ reason: null }, { reason: null }, { reason: null }]);
    } finally {
      await app.stop();
    }
  });

  it('one is recorded with every write that gives it', async () => {
    const app = await TestApp.start();
    try {
      const manager = await anActor(app, 'manager');
      const send = as(manager);
      const { id: tag } = (await send.post('/api/tags', { name: 'a' }, because('r 1'))).body as { id: number };
      await send.patch(`/api/tags/${tag}`, { name: 'b' }, because('r 2'));
      await send.delete(`/api/tags/${tag}`, because('r 3'));
      const given = { title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: manager.id };
      const { id } = (await send.post('/api/tasks', given, because('r 4'))).body as { id: number };
      await send.put(`/api/tasks/${id}`, { ...given, title: 'U' }, because('r 5'));
      await send.patch(`/api/tasks/${id}`, { status: 'in_progress' }, because('x'));
      await send.post('/api/tasks/bulk-update', { task_ids: [id], status: 'completed' }, because('r 7'));
      await send.delete(`/api/tasks/${id}`, because('r 8'));
      await send.patch('/api/auth/users/me', { timezone: 'Asia/Tokyo' }, because('r 9'));
      const account = { username: 'nadia', email: 'n@x.org', password: 'tRial-site-77' };
      await as(app).post('/api/auth/register', account, because('r 10'));
      await as(app).post('/api/auth/login', { username: 'nadia', password: 'wrong one' }, because('r 11'));
      await send.post('/api/auth/logout', undefined, because('r 12'));
      const reasons = await app.rows<{ reason: string }>(sql`SELECT reason FROM audit_trail ORDER BY id`);
      const all = ['r 1', 'r 2', 'r 3', 'r 4', 'r 5', 'x', 'r 7', 'r 8', 'r 9', 'r 10', 'r 11', 'r 12'];
      expect([...new Set(reasons.map(({ reason }) => reason))]).toEqual(all);
      const history = await app.rows<{ reason: string }>(sql`SELECT reason FROM task_history ORDER BY id`);
      expect(history.map(({ reason }) => reason)).toEqual(['x', 'r 7']);
    } finally {
      await app.stop();
    }
  });
});

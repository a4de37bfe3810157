import fc from 'fast-check';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { readers, recounted } from '../support/recount.js';

type Answer = Record<string, unknown> & { id: number; version: number };

describe('POST /api/tasks/{id}/restore', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developers: readonly TestActor[];

  beforeAll(async () => {
    app = await TestApp.start();
    ({ manager, auditor, developers } = await readers(app, app));
    app.clock.set('2026-03-02T12:00:00Z');
  });
  afterAll(() => app.stop());

  const [first, second] = [() => developers[0] as TestActor, () => developers[1] as TestActor];
  const restore = (id: number, headers = {}, who = manager) => as(who).post(`/api/tasks/${id}/restore`, {}, headers);
  const remove = (id: number) => as(manager).delete(`/api/tasks/${id}`);
  const read = async (id: number) => as(manager).get(`/api/tasks/${id}`);
  const all = async () => (await as(manager).get('/api/tasks')).body as Answer[];
  const without = ({ version: _, updated_at: __, ...rest }: Answer) => rest;
  const denied = async (id: number, code: string) => {
    const { status, body } = await restore(id);
    expect([status, body.code]).toEqual([409, code]);
    return body as { detail: string };
  };

  it('brings the task back as it was, with its tags, a history entry, an audit entry and a notification', async () => {
    const tag = (await as(manager).post('/api/tags', { name: 'kept' })).body.id as number;
    const draft = { title: 'Visit', description: 'd', priority: 'critical', tags: [tag], estimated_hours: 2 };
    const { body: before } = await as(manager).post('/api/tasks', {
      ...{ ...draft, deadline: '2100-01-01', assigned_to: first().id },
    });
    expect((await remove(before.id)).status).toBe(204);
    const { status, body, headers } = await restore(before.id, { 'X-Change-Reason': 'Deleted by mistake' });
    expect([status, headers.etag]).toEqual([200, '"3"']);
    expect(body).toEqual({ ...before, version: 3, updated_at: body.updated_at });
    expect((await read(before.id)).body).toEqual(body);
    expect((await as(first()).patch(`/api/tasks/${before.id}`, { title: 'N' })).status).toBe(200);
    const history = (await as(manager).get(`/api/tasks/${before.id}/history`)).body;
    expect(history.at(-1)).toMatchObject({ action: 'restored', changed_by: manager.id, reason: 'Deleted by mistake' });
    const [notice] = (await as(first()).get('/api/notifications?limit=1')).body;
    expect(notice).toMatchObject({ task_id: before.id, message: `${manager.username} restored your task "Visit"` });
    const entries = (await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${before.id}`)).body;
    const entry = entries.find(({ action }: { action: string }) => action === 'task.restored');
    expect(entry).toMatchObject({ reason: 'Deleted by mistake', changes: { deleted_at: [expect.any(String), null] } });
    expect(entry.sentence).toContain('restored "Visit"');
  });

  it('gives every task of any tree back that went with it, and figures equal a recount', async () => {
    const tree = fc.array(
      fc.record({
        parent: fc.nat(),
        assignee: fc.nat(1),
        status: fc.constantFrom('pending', 'in_progress', 'completed'),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), fc.nat(), async (nodes, earlier, chosen) => {
        const ids: number[] = [];
        for (const [i, { parent, assignee, status }] of nodes.entries()) {
          const under = i > 0 ? { parent: ids[parent % i] as number } : {};
          ids.push((await aTask(app, developers[assignee]?.id ?? 0, { status, ...under })).id);
        }
        await remove(ids[earlier % ids.length] as number);
        const before = await all();
        const root = ids[chosen % ids.length] as number;
        const isLive = before.some(({ id }) => id === root);
        if (!isLive) return;
        expect((await remove(root)).status).toBe(204);
        const between = await all();
        expect(between.length).toBeLessThan(before.length);
        expect((await restore(root)).status).toBe(200);
        const after = await all();
        expect(after.map(without)).toEqual(before.map(without));
        const kept = new Map(between.map((task) => [task.id, task.version]));
        for (const { id, version } of after) if (kept.has(id)) expect(version).toBe(kept.get(id));
      }),
      { numRuns: 25 },
    );
    const [figures, wanted] = await recounted(app, [manager, auditor, ...developers]);
    expect(figures).toEqual(wanted);
  });

  it('leaves deleted what was deleted before, and what was not deleted at all', async () => {
    const root = await aTask(app, first().id);
    const child = await aTask(app, first().id, { parent: root.id });
    await denied(root.id, 'task_not_deleted');
    await remove(child.id);
    await remove(root.id);
    expect((await denied(child.id, 'parent_deleted')).detail).toContain(`task ${root.id} `);
    expect((await restore(root.id)).status).toBe(200);
    expect((await read(child.id)).status).toBe(404);
    expect((await restore(child.id)).status).toBe(200);
    await denied(child.id, 'task_not_deleted');
  });

  it('keeps the rules of parent and child: a blocked child blocks its parent, or conflicts with a completed one', async () => {
    const parent = await aTask(app, first().id);
    const [one, two] = [
      await aTask(app, first().id, { parent: parent.id, status: 'blocked' }),
      await aTask(app, first().id, { parent: parent.id, status: 'blocked' }),
    ];
    await remove(one.id);
    await remove(two.id);
    expect((await restore(one.id)).status).toBe(200);
    expect((await read(parent.id)).body.status).toBe('blocked');
    await remove(one.id);
    await as(manager).patch(`/api/tasks/${parent.id}`, { status: 'completed' });
    await denied(two.id, 'parent_completed');
  });

  it('gives no open task to a disabled user, who may keep a completed one', async () => {
    const gone = await anActor(app, 'developer');
    const open = await aTask(app, gone.id);
    const done = await aTask(app, gone.id, { status: 'completed' });
    await remove(open.id);
    await remove(done.id);
    await as(manager).patch(`/api/auth/users/${gone.id}`, { is_active: false, reason: 'Left the trial' });
    await denied(open.id, 'assignee_inactive');
    expect((await restore(done.id)).status).toBe(200);
    expect((await app.rows(sql`SELECT FROM tasks WHERE id = ${open.id} AND deleted_at IS NOT NULL`)).length).toBe(1);
  });

  it('does not bring back a text that was redacted', async () => {
    const draft = { title: 'Visit', estimated_hours: 1, deadline: '2100-01-01', assigned_to: first().id };
    const { body: task } = await as(manager).post('/api/tasks', { ...draft, description: 'Erika Mustermann' });
    await remove(task.id);
    const entries = (await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${task.id}`)).body;
    const wanted = { fields: ['description.after'], reason: 'Name of a subject' };
    const asked = await as(auditor).post(`/api/audit/entries/${entries.at(-1).id}/redactions`, wanted);
    const approved = await as(manager).post(`/api/audit/redactions/${asked.body.id}/approve`);
    expect([asked.status, approved.status]).toEqual([201, 200]);
    const { detail } = await denied(task.id, 'task_redacted');
    expect(detail).not.toContain('Erika');
  });

  it('is for managers, is done once for a key, and takes a condition', async () => {
    const { id } = await aTask(app, first().id);
    await remove(id);
    for (const who of [first(), second(), auditor]) {
      const { status, body } = await restore(id, {}, who);
      expect([status, body.code, body.decision?.rule]).toEqual([403, 'role_not_allowed', 'restore tasks']);
    }
    expect((await restore(2_000_000_000)).body.code).toBe('task_not_found');
    expect((await restore(id, { 'If-Match': '"1"' })).status).toBe(412);
    const key = { 'Idempotency-Key': 'restore-once', 'If-Match': '"2"' };
    const [done, again] = [await restore(id, key), await restore(id, key)];
    expect([done.status, again.status, again.headers['idempotency-replayed']]).toEqual([200, 200, 'true']);
    expect(again.body).toEqual(done.body);
  });
});

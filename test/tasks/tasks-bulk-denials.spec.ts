import { anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

describe('denied items of a bulk change', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    app.clock.set('2026-03-02T12:00:00Z');
  });
  afterAll(() => app.stop());

  it('are in the audit trail, also where the answer is a 200 or a 409', async () => {
    const prober = await anActor(app, 'developer', { timezone: 'Africa/Accra' });
    const other = await anActor(app, 'developer');
    const [mine, busy] = [await aTask(app, prober.id), await aTask(app, prober.id)];
    await aTask(app, prober.id, { parent: busy.id, status: 'in_progress' });
    const foreign = await aTask(app, other.id);
    const draft = (more: object) => ({ title: 'T', estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', ...more });
    const change = (task_ids: number[], changes: object, query = '') =>
      as(prober).patch(`/api/tasks/bulk${query}`, { task_ids, changes });
    const denials = async () => {
      await app.flushed();
      const rows = await app.rows<{ changes: object }>(
        sql`SELECT changes FROM audit_trail WHERE action = 'access.refused' AND actor_id = ${prober.id} ORDER BY id`,
      );
      return rows.map(({ changes }) => changes);
    };
    const denied = (operation: string, code: string, times?: number) => ({
      operation: [null, `${operation} /api/tasks/bulk`],
      code: [null, code],
      ...(times && { times: [null, times] }),
    });
    const wanted = [denied('PATCH', 'task_not_found', 2)];
    const ids = [mine.id, foreign.id, 2_000_000_000];
    expect((await change(ids, { title: 'N' }, '?mode=partial')).status).toBe(200);
    expect(await denials()).toEqual(wanted);
    const drafts = [draft({ assigned_to: other.id }), draft({ assigned_to: prober.id, parent_task: foreign.id })];
    expect((await as(prober).post('/api/tasks/bulk?mode=partial&dry_run=true', { tasks: drafts })).status).toBe(200);
    wanted.push(denied('POST', 'reassignment_not_allowed'), denied('POST', 'parent_not_found'));
    expect(await denials()).toEqual(wanted);
    expect((await change([busy.id, ...ids], { status: 'completed' }, '')).status).toBe(409);
    wanted.push(denied('PATCH', 'task_not_found', 2));
    expect(await denials()).toEqual(wanted);
    expect((await change([mine.id], { title: 'M' }, '?mode=partial')).status).toBe(200);
    expect(await denials()).toEqual(wanted);
  });
});

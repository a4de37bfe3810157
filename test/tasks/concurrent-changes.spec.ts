import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { connected } from '../support/database.js';
import { aTask } from '../support/factories.js';
import { waitFor } from '../support/wait-for.js';

let app: TestApp;
let manager: TestActor;

beforeAll(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager');
});
afterAll(() => app.stop());

/** Sends a request that waits for a change under way, and ends that change. @returns the response */
async function beside<T>(change: string, send: () => PromiseLike<T>): Promise<T> {
  return connected(app.database.ownerUrl, async (holder) => {
    await holder.query(`BEGIN; ${change}`);
    const sent = Promise.resolve(send());
    await waitFor(async () => (await app.lockWaits()) > 0);
    await holder.query('COMMIT');
    return sent;
  });
}

describe('a task of a user who is just being disabled', () => {
  const body = { title: 'Visit 4', estimated_hours: 8, deadline: '2027-01-01T00:00:00Z' };

  it.each([
    ['created', (assigned_to: number) => as(manager).post('/api/tasks', { ...body, assigned_to })],
    [
      'reassigned',
      async (assigned_to: number) =>
        as(manager).patch(`/api/tasks/${(await aTask(app, manager.id)).id}`, { assigned_to }),
    ],
  ])('is not %s', async (_, send) => {
    const { id } = await anActor(app, 'developer');
    const disable = `SELECT FROM users WHERE id = ${id} FOR UPDATE; UPDATE users SET is_active = false WHERE id = ${id}`;
    const answer = await beside(disable, () => send(id));
    expect([answer.status, answer.body]).toMatchObject([409, { code: 'assignee_inactive' }]);
    expect(await app.rows(sql`SELECT FROM tasks WHERE assigned_to_id = ${id}`)).toEqual([]);
  });

  it('is not restored', async () => {
    const dev = await anActor(app, 'developer');
    const { id } = await aTask(app, dev.id);
    expect((await as(manager).delete(`/api/tasks/${id}`)).status).toBe(204);
    const disable = `SELECT FROM users WHERE id = ${dev.id} FOR UPDATE;
      UPDATE users SET is_active = false WHERE id = ${dev.id}`;
    const answer = await beside(disable, () => as(manager).post(`/api/tasks/${id}/restore`));
    expect([answer.status, answer.body]).toMatchObject([409, { code: 'assignee_inactive' }]);
  });
});

describe('a tag of a task whose deletion is just being undone', () => {
  it('is not deleted', async () => {
    const tag = (await as(manager).post('/api/tags', { name: 'late' })).body as { id: number };
    const { id } = await aTask(app, manager.id);
    expect((await as(manager).patch(`/api/tasks/${id}`, { tags: [tag.id] })).status).toBe(200);
    expect((await as(manager).delete(`/api/tasks/${id}`)).status).toBe(204);
    const restore = `UPDATE tasks SET deleted_at = NULL WHERE id = ${id}`;
    const answer = await beside(restore, () => as(manager).delete(`/api/tags/${tag.id}`));
    expect([answer.status, answer.body]).toMatchObject([409, { code: 'tag_in_use' }]);
    expect((await as(manager).get(`/api/tasks/${id}`)).body).toMatchObject({ tags: [tag.id] });
  });
});

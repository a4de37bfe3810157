import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';

const NOW = '2026-03-02T12:00:00Z';

describe('a list of tasks', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  const ids: Record<string, number> = {};

  /** Three tasks whose titles, times and deadlines each have an order of their own. */
  beforeAll(async () => {
    app = await TestApp.start();
    app.clock.set(NOW);
    [manager, developer] = [await anActor(app, 'manager'), await anActor(app, 'developer')];
    for (const [title, created, updated, deadline, priority] of [
      ['c', 1, 12, 23, 'medium'],
      ['a', 2, 13, 21, 'critical'],
      ['b', 3, 11, 22, 'low'],
    ] as const) {
      const { id } = await aTask(app, developer.id, {
        ...{ title, priority, created: `2026-02-0${created}T00:00:00Z`, deadline: `2026-03-${deadline}T00:00:00Z` },
      });
      await app.rows(sql`UPDATE tasks SET updated_at = ${`2026-02-${updated}T00:00:00Z`} WHERE id = ${id}`);
      ids[title] = id;
    }
  });
  afterAll(() => app.stop());

  const titles = async (query: string): Promise<string> => {
    const { status, body } = await as(manager).get(`/api/tasks?${query}`);
    expect(status).toBe(200);
    return (body as { title: string }[]).map(({ title }) => title).join('');
  };

  it.each([
    ['id', 'cab'],
    ['title', 'abc'],
    ['created_at', 'cab'],
    ['updated_at', 'bca'],
    ['deadline', 'abc'],
    ['priority', 'bca'],
  ])('comes in the order of %s, and turned round', async (key, order) => {
    expect(await titles(`sort=${key}`)).toBe(order);
    expect(await titles(`sort=-${key}`)).toBe([...order].reverse().join(''));
  });

  it('is filtered by who created a task, not by who does it', async () => {
    const body = { title: 'given', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id };
    expect((await as(manager).post('/api/tasks', body)).status).toBe(201);
    expect(await titles(`created_by=${manager.id}`)).toBe('given');
    expect(await titles(`created_by=${developer.id}`)).not.toContain('given');
    expect(await titles(`assigned_to=${developer.id}`)).toContain('given');
  });

  it('needs attention for a deadline that is over three days past, where the task is not completed', async () => {
    const at = (days: number, more: object = {}) =>
      aTask(app, developer.id, {
        ...{ title: `late ${days}`, deadline: new Date(Date.parse(NOW) - days * 86_400_000) },
        ...{ created: '2026-01-01T00:00:00Z', ...more },
      });
    app.clock.set(NOW);
    await at(3 - 1 / 1440);
    await at(3 + 1 / 1440, { title: 'due' });
    await at(10, { status: 'completed' });
    expect(await titles('needs_attention=overdue')).toBe('due');
  });
});

describe('a deleted task', () => {
  it('keeps its history for the auditor, and shows it to no one else', async () => {
    const app = await TestApp.start();
    app.clock.set(NOW);
    const [manager, developer, auditor] = [
      await anActor(app, 'manager'),
      await anActor(app, 'developer'),
      await anActor(app, 'auditor'),
    ];
    const { id } = await aTask(app, developer.id);
    expect((await as(developer).patch(`/api/tasks/${id}`, { status: 'in_progress' })).status).toBe(200);
    expect((await as(manager).delete(`/api/tasks/${id}`, { reason: 'Twice' })).status).toBe(204);
    const history = await as(auditor).get(`/api/tasks/${id}/history`);
    const changed = expect.objectContaining({ from_status: 'pending', to_status: 'in_progress' }) as object;
    expect([history.status, history.body]).toEqual([200, expect.arrayContaining([changed])]);
    for (const actor of [manager, developer])
      expect((await as(actor).get(`/api/tasks/${id}/history`)).status).toBe(404);
    await app.stop();
  });
});

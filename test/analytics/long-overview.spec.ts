import { get, type IncomingMessage } from 'node:http';
import { SLICE } from '../../src/core/http/slices.js';
import { Budgets } from '../../src/infrastructure/budgets/budgets.service.js';
import { type Permit } from '../../src/infrastructure/budgets/fair-semaphore.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { listening } from '../support/live.js';
import { waitFor } from '../support/wait-for.js';

const TITLE = 'ж'.repeat(250);
const LONG = 20_000;

interface Overview {
  readonly my_tasks: { readonly total: number };
  readonly team_tasks: { readonly total: number; readonly blocked_tasks_needing_attention: readonly object[] };
  readonly efficiency_score: number;
}

describe('GET /api/analytics with more blocked tasks than fit into one text', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let url: string;

  beforeAll(async () => {
    app = await TestApp.start({ BUDGETS: 'long_reads.process=1' });
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
    url = (await listening(app)).replace('ws', 'http');
    await block(LONG);
  }, 120_000);
  afterAll(() => app.stop());

  const block = (count: number, title = TITLE) =>
    app.rows(sql`INSERT INTO tasks (title, status, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT ${title}, 'blocked', ${developer.id}::int, ${developer.id}::int, 1, now() FROM generate_series(1, ${count}::int)`);

  /** The one place, once the requests before have left it. */
  async function holding({ id }: TestActor): Promise<Permit> {
    let held: Permit | undefined;
    await waitFor(() => (held = app.nest.get(Budgets).tryAcquire('long_reads', id)) !== undefined);
    return held as unknown as Permit;
  }

  it.each(['manager', 'developer'])('lists all of them, for a %s, as a long read', async (role) => {
    const who = role === 'manager' ? manager : developer;
    const budgets = app.nest.get(Budgets);
    const held = await holding(who);
    const limited = await as(who).get('/api/analytics?blocked_limit=1');
    const asked = as(who).get('/api/analytics');
    await waitFor(() => budgets.waiting('long_reads') === 1);
    held.release();
    const { status, body } = (await asked) as { status: number; body: Overview };
    const tasks = await app.rows(sql`SELECT id, title, assigned_to_id AS assigned_to FROM tasks ORDER BY id`);
    expect([status, limited.status, body.team_tasks.total]).toEqual([200, 200, LONG]);
    expect(body.team_tasks.blocked_tasks_needing_attention).toEqual(tasks);
    const blocked_tasks_needing_attention = [tasks[0]];
    expect({ ...body, team_tasks: { ...body.team_tasks, blocked_tasks_needing_attention } }).toEqual(limited.body);
  });

  it('is a stream, which counts what it reads ahead', async () => {
    const headers = { Authorization: `Bearer ${manager.token}` };
    const response = await new Promise<IncomingMessage>((resolve) => {
      get(new URL('/api/analytics', url), { agent: false, headers }, resolve);
    });
    const { text } = await as(app).get('/metrics');
    response.destroy();
    const unread = Number(/^ctms_budget_in_use\{resource="unread_bytes"\} (\d+)$/m.exec(text)?.[1]);
    expect(unread).toBeLessThanOrEqual(8 * SLICE);
  });

  it.each([
    [20_001, 'x'],
    [3000, '🧪'.repeat(255)],
  ])('streams %d tasks that are too many or too long', async (count, title) => {
    await app.rows(sql`DELETE FROM tasks`);
    await block(count, title);
    const budgets = app.nest.get(Budgets);
    for (const who of [manager, developer]) {
      const held = await holding(who);
      const asked = as(who).get('/api/analytics');
      await waitFor(() => budgets.waiting('long_reads') === 1);
      held.release();
      const { status, body } = (await asked) as { status: number; body: Overview };
      expect([status, body.team_tasks.blocked_tasks_needing_attention.length]).toEqual([200, count]);
    }
  });

  it.each([
    [20_000, 'Verify informed consent forms of site 04'],
    [5000, TITLE],
    [2500, '🧪'.repeat(255)],
  ])('sends %d tasks as one body, without a permit, where they are at most about 3 MiB', async (count, title) => {
    await app.rows(sql`DELETE FROM tasks`);
    await block(count, title);
    for (const who of [manager, developer]) {
      const held = await holding(who);
      const { status, body, headers } = await as(who).get('/api/analytics');
      held.release();
      const { blocked_tasks_needing_attention: tasks } = (body as Overview).team_tasks;
      expect([status, tasks.length, tasks[0]]).toEqual([200, count, expect.objectContaining({ title })]);
      expect(Number(headers['content-length'])).toBeGreaterThan(count * Buffer.byteLength(title));
    }
  });
});

import { Client } from 'pg';
import { type TestActor, anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';

/** Written as six characters of JSON each. */
const LONG = '\u0001'.repeat(50_000);
const MAX_PARAMETER = 2_000_000;

describe('PATCH /api/tasks/bulk with long texts', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
  });
  afterAll(() => app.stop());
  afterEach(() => jest.restoreAllMocks());

  const tasks = async (count: number) => {
    const rows = await app.rows<{ id: number }>(
      sql`INSERT INTO tasks (title, assigned_to_id, created_by_id, estimated_hours, deadline)
        SELECT 'T', ${manager.id}::int, ${manager.id}::int, 1, '2100-01-01' FROM generate_series(1, ${count}::int) RETURNING id`,
    );
    return rows.map(({ id }) => id);
  };
  const change = (task_ids: number[], changes: object, query = '') =>
    as(manager).patch(`/api/tasks/bulk${query}`, { task_ids, changes });
  const entries = async (ids: number[]) =>
    (
      await app.rows<{ whole: number; recorded: number }>(sql`SELECT
        (SELECT count(*)::int FROM audit_trail WHERE entity_type = 'task' AND entity_id = ANY(${ids}::int[])
          AND changes->'description'->>1 = ${LONG}) AS whole,
        (SELECT count(*)::int FROM task_history WHERE task_id = ANY(${ids}::int[])
          AND changes->'description'->>1 = ${LONG}) AS recorded`)
    )[0];

  it('sends PostgreSQL no parameter above 2 MB, and records each text whole', async () => {
    const ids = await tasks(20);
    const query = jest.spyOn(Client.prototype, 'query');
    const answer = await change(ids, { description: LONG, status: 'in_progress' });
    const lengths = query.mock.calls.flatMap(([statement]) =>
      ((statement as { values?: unknown[] }).values ?? []).map((value) => String(value).length),
    );
    expect([answer.status, answer.body.succeeded_count]).toEqual([200, 20]);
    expect(Math.max(...lengths)).toBeGreaterThan(300_000);
    expect(Math.max(...lengths)).toBeLessThan(MAX_PARAMETER);
    expect(await entries(ids)).toEqual({ whole: 20, recorded: 20 });
  });

  it('changes nothing where the entry of the last task cannot be written', async () => {
    const ids = await tasks(10);
    await app.rows(sql`CREATE FUNCTION refuse_last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.entity_id = (SELECT max(id) FROM public.tasks) THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$`);
    await app.rows(sql`CREATE TRIGGER refuse BEFORE INSERT ON audit_trail FOR EACH ROW EXECUTE FUNCTION refuse_last()`);
    const { status, body } = await change(ids, { description: LONG });
    await app.rows(sql`DROP TRIGGER refuse ON audit_trail`);
    expect([status, body.code]).toEqual([503, 'not_recorded']);
    expect(await app.rows(sql`SELECT FROM tasks WHERE id = ANY(${ids}::int[]) AND description <> ''`)).toEqual([]);
  });

  it.each(['', '?mode=partial', '?dry_run=true'])('rejects more text than it can write in time: %s', async (query) => {
    const ids = Array.from({ length: 1000 }, (_, i) => i + 1);
    const { status, body } = await change(ids, { description: 'x'.repeat(5_001) }, query);
    expect([status, body.code, body.errors]).toEqual([
      422,
      'validation_error',
      [
        {
          field: 'changes',
          code: 'too_much_text',
          message:
            'title and description may have 5,000,000 characters for all tasks together: with these 5,001, change at most 999 tasks at a time',
        },
      ],
    ]);
  });

  it('gives a thousand tasks a text of 5,000 characters', async () => {
    const ids = await tasks(1000);
    const { status, body } = await change(ids, { description: 'y'.repeat(5_000) }, '?dry_run=true');
    expect([status, body.succeeded_count]).toEqual([200, 1000]);
  });

  it('replaces no more text than it can record in time', async () => {
    const ids = await tasks(201);
    await app.rows(sql`UPDATE tasks SET description = repeat('z', 50000) WHERE id = ANY(${ids}::int[])`);
    const refused = await change(ids, { description: 'short' });
    expect([refused.status, refused.body.errors?.[0]]).toEqual([
      422,
      {
        ...{ field: 'changes', code: 'too_much_text' },
        message:
          'the descriptions of these 201 tasks have 10,050,000 characters together, and 10,000,000 may be replaced at a time: change fewer tasks',
      },
    ]);
    const { body } = await change(ids.slice(1), { description: 'short' });
    expect(body.succeeded_count).toBe(200);
    expect((await change(ids, { priority: 'low' })).body.succeeded_count).toBe(201);
  });
});

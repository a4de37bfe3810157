import fc from 'fast-check';
import { Client } from 'pg';
import { fits } from '../support/documented.js';
import { schemas } from '../support/operations.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { recounted } from '../support/recount.js';

type Item = { index: number; id: number | null; status: number; version: number | null; problem?: { code: string } };

/** 12:00 in Accra; midnight in Fiji. */
const NOON = '2026-03-02T12:00:00Z';
const WHOLE = sql`SELECT (SELECT count(*)::int FROM tasks) AS tasks, (SELECT count(*)::int FROM audit_trail WHERE entity_type = 'task') AS entries,
  (SELECT count(*)::int FROM task_history) AS history, (SELECT count(*)::int FROM notifications) AS notices,
  (SELECT md5(string_agg((t.*)::text, '' ORDER BY t.id)) FROM tasks t) AS digest`;

describe('/api/tasks/bulk', () => {
  let app: TestApp;
  let manager: TestActor;
  let noon: TestActor;
  let midnight: TestActor;
  let tags: number[];

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    noon = await anActor(app, 'developer', { timezone: 'Africa/Accra' });
    midnight = await anActor(app, 'developer', { timezone: 'Pacific/Fiji' });
    tags = [];
    for (const name of ['site', 'safety']) tags.push((await as(manager).post('/api/tags', { name })).body.id as number);
  });
  beforeEach(() => app.clock.set(NOON));
  afterAll(() => app.stop());

  const draft = (more: object = {}) => ({
    ...{ title: 'T', estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: noon.id, ...more },
  });
  const create = (tasks: unknown, query = '', who = manager, headers = {}) =>
    as(who).post(`/api/tasks/bulk${query}`, { tasks }, headers);
  const change = (task_ids: number[], changes: object, query = '', who = manager) =>
    as(who).patch(`/api/tasks/bulk${query}`, { task_ids, changes });
  const read = async (id: number | null) => (await as(manager).get(`/api/tasks/${id}`)).body;
  const whole = async () => (await app.rows(WHOLE))[0];
  const codes = ({ body }: { body: { results: Item[] } }) =>
    body.results.map(({ status, problem }) => problem?.code ?? status);

  describe('POST', () => {
    it('creates tasks as single calls would, each with its entry, tags and notification', async () => {
      const parent = await aTask(app, noon.id);
      const fields = { description: 'd', status: 'blocked', priority: 'critical', actual_hours: '1.50' };
      const bodies = [
        draft(),
        draft({ ...fields, parent_task: parent.id, tags: [tags[1], tags[0], tags[0]] }),
        draft(),
      ];
      const { status, body } = await create(bodies);
      expect([status, body.succeeded_count, body.failed_count, body.mode]).toEqual([200, 3, 0, 'atomic']);
      const single = (await as(manager).post('/api/tasks', bodies[1])).body;
      const [first, second] = [await read(body.results[0].id), await read(body.results[1].id)];
      const alike = { id: 0, created_at: '', updated_at: '' };
      expect({ ...second, ...alike }).toEqual({ ...single, ...alike });
      expect(first).toMatchObject({ description: '', status: 'pending', priority: 'medium', tags: [], version: 1 });
      expect((await read(parent.id)).status).toBe('blocked');
      const entries = await app.rows<{ entity_id: number; changes: { tags?: unknown } }>(
        sql`SELECT entity_id, changes FROM audit_trail WHERE action = 'task.created' AND entity_id = ANY(${body.results.map(({ id }: Item) => id)}::int[]) ORDER BY id`,
      );
      expect(entries.map(({ changes }) => changes.tags)).toEqual([undefined, [[], tags], undefined]);
      const notified = await app.rows(
        sql`SELECT FROM notifications WHERE task_id = ${second.id} AND user_id = ${noon.id}`,
      );
      expect(notified).toHaveLength(1);
      const critical = await app.rows(sql`SELECT critical_given_by AS by FROM tasks WHERE id = ${second.id}`);
      expect(critical).toEqual([{ by: 'manager' }]);
    });

    it('creates a thousand in a handful of statements', async () => {
      const all = { description: 'd', priority: 'high', tags };
      const drafts = Array.from({ length: 1000 }, (_, i) => draft({ ...all, title: `Many ${i}` }));
      const query = jest.spyOn(Client.prototype, 'query');
      const { status, body } = await create(drafts);
      const statements = query.mock.calls.length;
      query.mockRestore();
      expect([status, body.succeeded_count]).toEqual([200, 1000]);
      expect(statements).toBeGreaterThan(3);
      expect(statements).toBeLessThan(40);
      const made = await read(body.results[999].id);
      expect(made).toMatchObject({ title: 'Many 999', tags });
      expect((await create([...drafts, draft()])).status).toBe(422);
    });

    const FAULTY = () => [
      draft(),
      draft({ assigned_to: 2_000_000_000 }),
      { title: 'No hours', color: 'red' },
      draft({ parent_task: 2_000_000_000 }),
      draft({ tags: [2_000_000_000] }),
      'no task',
    ];
    const FAULTS = [
      201,
      'assignee_not_found',
      'validation_error',
      'parent_not_found',
      'tag_not_found',
      'validation_error',
    ];

    it('in atomic mode creates none where one fails, and lists those that do', async () => {
      const before = await whole();
      const answer = await create(FAULTY());
      expect([answer.status, answer.body.code, fits(schemas.Problem as object, answer.body)]).toEqual([
        ...[404, 'assignee_not_found', undefined],
      ]);
      expect(codes(answer)).toEqual(FAULTS.slice(1));
      expect(answer.body.detail).toContain('(item 1; nothing was changed)');
      expect(await whole()).toEqual(before);
    });

    it('in partial mode creates the others, and says of each item what a single call would', async () => {
      const disabled = await anActor(app, 'developer');
      await as(manager).patch(`/api/auth/users/${disabled.id}`, { is_active: false, reason: 'Left' });
      const answer = await create([...FAULTY(), draft({ assigned_to: disabled.id })], '?mode=partial');
      expect([answer.status, answer.body.succeeded_count, answer.body.failed_count]).toEqual([200, 1, 6]);
      expect(codes(answer)).toEqual([...FAULTS, 'assignee_inactive']);
      expect(answer.body.results[2].problem.errors.map(({ field }: { field: string }) => field)).toEqual(
        expect.arrayContaining(['color', 'estimated_hours']),
      );
      expect((await read(answer.body.results[0].id)).title).toBe('T');
    });

    it('keeps developers to themselves and to their hours', async () => {
      const own = await create([draft(), draft({ assigned_to: midnight.id })], '?mode=partial', noon);
      expect(codes(own)).toEqual([201, 'reassignment_not_allowed']);
      const { status, body } = await create([draft({ assigned_to: midnight.id })], '', midnight);
      expect([status, body.code]).toEqual([403, 'outside_working_hours']);
    });

    it('in a dry run answers the same and changes nothing', async () => {
      const before = await whole();
      const query = '?mode=partial&dry_run=true';
      const rehearsed = await create(FAULTY(), query);
      expect([rehearsed.body.dry_run, codes(rehearsed)]).toEqual([true, FAULTS]);
      expect(rehearsed.body.results[0].id).toBeNull();
      expect((await create(FAULTY(), '?dry_run=true')).body.code).toBe('assignee_not_found');
      expect(await whole()).toEqual(before);
      expect(codes(await create(FAULTY(), '?mode=partial'))).toEqual(FAULTS);
    });

    it('is done once for a key', async () => {
      const key = { 'Idempotency-Key': 'bulk-once' };
      const [first, again] = [await create([draft()], '', manager, key), await create([draft()], '', manager, key)];
      expect([first.body, again.headers['idempotency-replayed']]).toEqual([again.body, 'true']);
    });
  });

  describe('PATCH', () => {
    it('changes any field of many tasks, with history, tags, and who made them critical', async () => {
      const [one, two] = [await aTask(app, noon.id, { priority: 'critical' }), await aTask(app, noon.id)];
      const parent = await aTask(app, noon.id);
      const changes = {
        ...{ title: 'Same', description: 'd', priority: 'critical', deadline: '2101-01-01T00:00:00Z', tags: [tags[0]] },
        ...{ estimated_hours: '3.00', actual_hours: 2, assigned_to: midnight.id, status: 'completed' },
        parent_task: parent.id,
      };
      const answer = await change([two.id, one.id, two.id], changes);
      expect([answer.status, codes(answer)]).toEqual([200, [200, 200]]);
      expect(answer.body.results.map(({ id, version }: Item) => [id, version])).toEqual([
        [two.id, 2],
        [one.id, 2],
      ]);
      for (const { id } of [one, two])
        expect(await read(id)).toMatchObject({
          ...{ title: 'Same', description: 'd', priority: 'critical', deadline: '2101-01-01T00:00:00.000Z' },
          ...{ estimated_hours: '3.00', actual_hours: '2.00', assigned_to: midnight.id, status: 'completed' },
          ...{ parent_task: parent.id, tags: [tags[0]], version: 2 },
        });
      const history = (await as(manager).get(`/api/tasks/${one.id}/history`)).body;
      expect(history.map(({ action }: { action: string }) => action)).toEqual(['reassigned', 'status_changed']);
      const by = await app.rows(
        sql`SELECT critical_given_by AS by FROM tasks WHERE id = ANY(${[one.id, two.id]}) ORDER BY id`,
      );
      expect(by).toEqual([{ by: null }, { by: 'manager' }]);
      expect(codes(await change([one.id], { tags: [] }))).toEqual([200]);
      expect((await read(one.id)).tags).toEqual([]);
    });

    it('fails whole in atomic mode, and item by item in partial mode', async () => {
      const [mine, other] = [await aTask(app, noon.id), await aTask(app, midnight.id)];
      const ids = [mine.id, other.id, 2_000_000_000];
      const before = await whole();
      const { status, body } = await change(ids, { title: 'N' }, '', noon);
      expect([status, body.code, body.results.length]).toEqual([404, 'task_not_found', 2]);
      expect(await whole()).toEqual(before);
      const partial = await change(ids, { title: 'N' }, '?mode=partial', noon);
      expect(codes(partial)).toEqual([200, 'task_not_found', 'task_not_found']);
      expect([(await read(mine.id)).title, (await read(other.id)).title]).not.toContain('T');
      expect((await read(other.id)).version).toBe(1);
      expect(codes(await change([mine.id], { assigned_to: midnight.id }, '?mode=partial', noon))).toEqual([
        'reassignment_not_allowed',
      ]);
    });

    it('keeps the rules of parent and child for all together, and leaves out only what conflicts', async () => {
      const parent = await aTask(app, noon.id);
      const child = await aTask(app, noon.id, { parent: parent.id, status: 'in_progress' });
      const [busy, free] = [await aTask(app, noon.id), await aTask(app, noon.id)];
      const running = await aTask(app, noon.id, { parent: busy.id, status: 'in_progress' });
      const ids = [parent.id, child.id, busy.id, free.id];
      expect((await change(ids, { status: 'completed' })).body).toMatchObject({
        status: 409,
        code: 'child_unfinished',
      });
      const partial = await change(ids, { status: 'completed' }, '?mode=partial');
      expect(codes(partial)).toEqual([200, 200, 'child_unfinished', 200]);
      expect((await read(running.id)).status).toBe('in_progress');
      const cycle = await change([busy.id, free.id], { parent_task: running.id }, '?mode=partial');
      expect(codes(cycle)).toEqual(['task_cycle', 200]);
    });

    it('in a dry run changes nothing, and says what would be', async () => {
      const { id } = await aTask(app, noon.id);
      const before = await whole();
      const answer = await change([id], { status: 'blocked' }, '?dry_run=true');
      expect(answer.body).toMatchObject({ dry_run: true, results: [{ id, status: 200, version: 2 }] });
      expect(await whole()).toEqual(before);
    });

    it('says of each item what a single change would answer', async () => {
      const asked = fc.record({
        who: fc.constantFrom('manager' as const, 'noon' as const, 'midnight' as const),
        owners: fc.array(fc.record({ own: fc.boolean(), critical: fc.boolean() }), { minLength: 1, maxLength: 4 }),
        changes: fc.constantFrom<object>({ title: 'N' }, { priority: 'high' }, { status: 'completed' }, { tags: [] }),
      });
      await fc.assert(
        fc.asyncProperty(asked, async ({ who, owners, changes }) => {
          const actor = { manager, noon, midnight }[who];
          const make = async () =>
            Promise.all(
              owners.map(({ own, critical }) =>
                aTask(app, own ? actor.id : noon.id, { priority: critical ? 'critical' : 'low' }),
              ),
            );
          const [together, alone] = [await make(), await make()];
          const bulk = await change(
            together.map(({ id }) => id),
            changes,
            '?mode=partial',
            actor,
          );
          const single = [];
          for (const { id } of alone) {
            const { status, body } = await as(actor).patch(`/api/tasks/${id}`, changes);
            single.push(status < 400 ? status : body.code);
          }
          expect(codes(bulk)).toEqual(single);
        }),
        { numRuns: 40 },
      );
      const [figures, wanted] = await recounted(app, [manager, noon, midnight]);
      expect(figures).toEqual(wanted);
    });

    it('rejects values that no task can have, and a change of nothing', async () => {
      const { id } = await aTask(app, noon.id);
      for (const changes of [{ status: 'done' }, { color: 'red' }, { title: null }, {}, 'x'])
        expect([changes, (await change([id], changes as object)).status]).toEqual([changes, 422]);
      expect((await as(manager).patch('/api/tasks/bulk?mode=some', { task_ids: [id], changes: {} })).status).toBe(422);
    });
  });
});

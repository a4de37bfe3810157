import fc from 'fast-check';
import { type Sql } from 'sql-template-tag';
import { type ActionOnTask, ACTIONS_ON_A_TASK } from '../../../src/tasks/permissions/allowed-actions.js';
import { Database } from '../../../src/infrastructure/database/database.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';

const INCLUDE = 'include=allowed_actions';
/** 12:00 in Accra; midnight in Fiji. */
const NOON = '2026-03-02T12:00:00.000Z';

describe.each([
  ['by default', {}],
  ['where only a manager gives critical', { CRITICAL_GIVEN_BY: 'manager', CRITICAL_COVERS: 'changes' }],
])('allowed_actions of a task, %s', (_, settings) => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let noon: TestActor;
  let midnight: TestActor;
  let everyone: readonly TestActor[];

  beforeAll(async () => {
    app = await TestApp.start(settings as Record<string, string>);
    manager = await anActor(app, 'manager', { timezone: 'Europe/Berlin' });
    auditor = await anActor(app, 'auditor');
    noon = await anActor(app, 'developer', { timezone: 'Africa/Accra' });
    midnight = await anActor(app, 'developer', { timezone: 'Pacific/Fiji' });
    everyone = [manager, auditor, noon, midnight];
  });
  beforeEach(() => app.clock.set(NOON));
  afterAll(() => app.stop());

  const actionsOf = ({ body }: { body: { allowed_actions?: ActionOnTask[] } }) => body.allowed_actions;
  const read = (who: TestActor, id: number, headers = {}) => as(who).get(`/api/tasks/${id}?${INCLUDE}`, headers);

  it('names exactly those calls that succeed, for any user, task and hour', async () => {
    const asked = fc.record({
      who: fc.nat(3),
      owner: fc.constantFrom('noon' as const, 'midnight' as const),
      priority: fc.constantFrom('medium', 'critical'),
      by: fc.constantFrom('manager' as const, 'assignee' as const),
      hour: fc.nat(23),
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(asked, async ({ who, owner, priority, by, hour }) => {
        const actor = everyone[who] as TestActor;
        const assignee = owner === 'noon' ? noon : midnight;
        const calls: Record<ActionOnTask, (id: number) => PromiseLike<{ status: number }>> = {
          see: (id) => as(actor).get(`/api/tasks/${id}`),
          edit: (id) => as(actor).patch(`/api/tasks/${id}`, { title: 'N' }),
          delete: (id) => as(actor).delete(`/api/tasks/${id}`),
          assign: (id) =>
            as(actor).patch(`/api/tasks/${id}`, { assigned_to: assignee === noon ? midnight.id : noon.id }),
        };
        for (const action of ACTIONS_ON_A_TASK) {
          app.clock.set(NOON.replace('12:', '10:'));
          const id = await given(by === 'manager' ? manager : assignee, assignee, priority);
          app.clock.set(`2026-03-02T${String(hour).padStart(2, '0')}:30:00Z`);
          const listed = actionsOf(await read(actor, id)) ?? [];
          const { status } = await calls[action](id);
          seen.add(`${action} ${listed.includes(action)}`);
          expect([action, status, listed.includes(action)]).toEqual([action, status, status < 400]);
        }
      }),
      { numRuns: 60 },
    );
    expect([...seen].sort()).toEqual(ACTIONS_ON_A_TASK.flatMap((name) => [`${name} false`, `${name} true`]).sort());
  });

  /** A task that someone has made critical, at an hour at which they may. */
  async function given(by: TestActor, assignee: TestActor, priority: string): Promise<number> {
    const { id } = await aTask(app, assignee.id);
    const person = by === midnight ? manager : by;
    if (priority === 'critical') expect((await as(person).patch(`/api/tasks/${id}`, { priority })).status).toBe(200);
    return id;
  }

  it('is in lists, pages and the answers of changes on request only, and costs no statement', async () => {
    const { body: made } = await as(manager).post(`/api/tasks?${INCLUDE}`, draft(noon.id));
    expect(made.allowed_actions).toEqual(['see', 'edit', 'delete', 'assign']);
    const path = `/api/tasks/${made.id}`;
    const changed = await as(noon).patch(`${path}?${INCLUDE}`, { title: 'Other' });
    expect(actionsOf(changed)).toEqual(['see', 'edit', 'delete']);
    const replaced = await as(manager).put(`${path}?${INCLUDE}`, { ...changed.body });
    expect([replaced.status, actionsOf(replaced)]).toEqual([200, ['see', 'edit', 'delete', 'assign']]);

    await Promise.all([1, 2].map(() => aTask(app, noon.id)));
    for (const page of ['', '&limit=3']) {
      const plain = await as(manager).get(`/api/tasks?sort=-id${page}`);
      const { body } = await as(manager).get(`/api/tasks?sort=-id${page}&${INCLUDE}`);
      expect(plain.body.length).toBeGreaterThan(2);
      expect(body.map((task: object) => ({ ...task, allowed_actions: undefined }))).toEqual(plain.body);
      expect(plain.text).not.toContain('allowed_actions');
      for (const task of body) expect(task.allowed_actions).toEqual(['see', 'edit', 'delete', 'assign']);
    }
    expect(await statementsOf(`/api/tasks?limit=50&${INCLUDE}`)).toBe(await statementsOf('/api/tasks?limit=50'));
  });

  it('says in a list what the assignee may do at that hour, task by task', async () => {
    const [plain, critical] = [await given(manager, midnight, 'medium'), await given(manager, midnight, 'critical')];
    const { body } = await as(midnight).get(`/api/tasks?${INCLUDE}`);
    const of = (id: number) => body.find((task: { id: number }) => task.id === id).allowed_actions;
    const narrow = 'CRITICAL_COVERS' in settings;
    expect([of(plain), of(critical)]).toEqual([['see'], narrow ? ['see', 'edit'] : ['see', 'edit', 'delete']]);
    const { body: next } = await as(midnight).get(`/api/tasks?limit=1&sort=-id&${INCLUDE}`);
    expect(next).toEqual([body.find(({ id }: { id: number }) => id === next[0].id)]);
  });

  it('depends on the hour, so its tag is weak and nothing is left out because of it', async () => {
    const { id } = await aTask(app, noon.id);
    const first = await read(noon, id);
    expect([first.headers.etag, actionsOf(first)]).toEqual(['W/"1"', ['see', 'edit', 'delete']]);
    app.clock.set('2026-03-02T20:00:00Z');
    const later = await read(noon, id, { 'If-None-Match': String(first.headers.etag) });
    expect([later.status, actionsOf(later)]).toEqual([200, ['see']]);
    const plain = await as(noon).get(`/api/tasks/${id}`, { 'If-None-Match': '"1"' });
    expect([plain.status, plain.headers.etag]).toEqual([304, '"1"']);
    app.clock.set(NOON);
    const changed = await as(noon).patch(
      `/api/tasks/${id}`,
      { title: 'N' },
      { 'If-Match': String(first.headers.etag) },
    );
    expect([changed.status, changed.headers.etag]).toEqual([200, '"2"']);
  });

  it('is not combined with as_of, nor in CSV, and no other word is known', async () => {
    const { id } = await aTask(app, noon.id);
    for (const path of [
      `/api/tasks/${id}?${INCLUDE}&as_of=2026-03-01T00:00:00Z`,
      `/api/tasks?${INCLUDE}&as_of=2026-03-01T00:00:00Z`,
      `/api/tasks/${id}?include=everything`,
      `/api/tasks/export.csv?${INCLUDE}`,
    ]) {
      const { status, body } = await as(manager).get(path);
      expect([path, status, body.errors?.[0]?.field]).toEqual([path, 422, 'include']);
    }
  });

  const draft = (assigned_to: number) => ({ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to });

  /** The fewest of three times: jobs read tasks at the same time. */
  async function statementsOf(path: string): Promise<number> {
    const counts: number[] = [];
    for (let n = 0; n < 3; n++) counts.push(await statementsOnce(path));
    return Math.min(...counts);
  }

  async function statementsOnce(path: string): Promise<number> {
    const database = app.nest.get(Database, { strict: false });
    await as(manager).get(path);
    const spies = (['queryRaw', 'pageRaw', 'row', 'rows', 'query'] as const).map((name) => jest.spyOn(database, name));
    await as(manager).get(path);
    const read = spies.flatMap(({ mock }) => mock.calls.map(([statement]) => (statement as Sql).sql));
    const count = read.filter((text) => /FROM tasks t\b|FROM unnest/.test(text)).length;
    spies.forEach((spy) => spy.mockRestore());
    expect(count).toBeGreaterThan(0);
    return count;
  }
});

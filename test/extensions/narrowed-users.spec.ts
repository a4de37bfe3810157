import fc from 'fast-check';
import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { type TestApp } from '../support/app.js';
import { narrowedApp } from './narrowed-app.js';
import { attributes, condition, isLeft, type Attributes, type RandomCondition } from './random-narrowings.js';

/** Of the users, by their positions; the last one is narrowed by nothing and has no attributes. */
const ROLES = ['manager', 'manager', 'developer', 'developer', 'developer', 'auditor', 'manager'] as const;
const BOSS = ROLES.length - 1;
const ASSIGNEES = [1, 2, 3];
const ZONES = Intl.supportedValuesOf('timeZone').filter((zone) => zone.startsWith('America/'));
/** One of each role, as whom everything is read. */
const READERS = [0, 2, 5];

interface World {
  readonly links: readonly (Attributes & { readonly user: number })[];
  readonly rules: readonly { readonly user: number; readonly condition: RandomCondition }[];
}

const position = fc.nat({ max: BOSS - 1 });
const world: fc.Arbitrary<World> = fc.record({
  links: fc.array(fc.record({ user: position, ...attributes }), { maxLength: 9 }),
  rules: fc.array(fc.record({ user: fc.constantFrom(...READERS), condition }), { maxLength: 7 }),
});

const positions = ROLES.map((_, user) => user);

/** True where the narrowing leaves a user to another; no user is hidden from themselves. */
function isLeftTo(reader: number, user: number, { links, rules }: World): boolean {
  const rows = links.filter((one) => one.user === user);
  const conditions = rules.filter((one) => one.user === reader).map((one) => one.condition);
  return user === reader || isLeft(rows, conditions);
}

const BASE = { auditor: () => true, manager: (user: number) => ROLES[user] === 'developer', developer: () => false };

function isVisibleTo(reader: number, user: number, given: World): boolean {
  return (user === reader || BASE[ROLES[reader] ?? 'developer'](user)) && isLeftTo(reader, user, given);
}

describe('every reader of users under random narrowings', () => {
  let app: TestApp;
  let users: TestActor[];
  let ids: number[];
  let task: number;

  beforeAll(async () => {
    app = await narrowedApp();
    // Working hours, and after the entries of the audit trail, which have the time of the database.
    app.clock.set(`${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T12:00:00Z`);
    users = [];
    for (const role of ROLES) users.push(await anActor(app, role));
    ids = users.map(({ id }) => id);
    // Users of specs are made past the product; `as_of` begins with the entry of their creation.
    await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, entity_version, changes)
      SELECT username, 'system', 'user.created', 'user', id, 1, jsonb_build_object('username', jsonb_build_array(NULL, username), 'email', jsonb_build_array(NULL, email),
        'role', jsonb_build_array(NULL, role), 'timezone', jsonb_build_array(NULL, timezone)) FROM users WHERE id = ANY(${ids})`);
    for (const user of ASSIGNEES) task = (await as(boss()).post('/api/tasks', draft(user))).body.id as number;
    for (const id of ids.slice(0, BOSS)) {
      const patch = { timezone: 'Europe/Berlin', reason: 'Moved to Berlin' };
      expect((await as(boss()).patch(`/api/auth/users/${id}`, patch)).status).toBe(200);
    }
    await app.rows(sql`UPDATE users SET requested_timezone = 'Asia/Kolkata'`);
  });
  afterAll(() => app.stop());

  const boss = () => users[BOSS] as TestActor;
  const draft = (user: number) => ({
    title: 'Visit',
    assigned_to: ids[user],
    deadline: '2100-01-01T00:00:00Z',
    estimated_hours: '1.00',
  });
  const toIds = (found: readonly number[]) => found.map((user) => ids[user] as number);

  async function make({ links, rules }: World): Promise<void> {
    const rows = links.map((row) => ({ ...row, user: ids[row.user] }));
    const facts = rules.map((one) => ({ ...one, user: ids[one.user] }));
    await app.rows(sql`DELETE FROM staff_users`);
    await app.rows(sql`DELETE FROM staff_rules`);
    await app.rows(sql`INSERT INTO staff_users SELECT "user", unit, site, closed
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("user" int, unit int, site text, closed boolean)`);
    await app.rows(sql`INSERT INTO staff_rules SELECT "user", CASE WHEN jsonb_typeof(condition) = 'object' THEN condition END
      FROM jsonb_to_recordset(${JSON.stringify(facts)}::jsonb) AS r("user" int, condition jsonb)`);
    for (const id of toIds(READERS)) await as(boss()).put('/api/departments/facts-changed', { user_id: id });
  }

  async function shown(reader: number): Promise<Record<string, unknown>> {
    const who = users[reader] as TestActor;
    const idsOf = async (path: string, field = 'id') =>
      [
        ...new Set(((await as(who).get(path)).body as Record<string, number>[]).map((row) => row[field] as number)),
      ].sort((a, b) => a - b);
    const reachable = async (call: (id: number) => Promise<{ status: number }>) => {
      const found: number[] = [];
      for (const id of ids) if ((await call(id)).status === 200) found.push(id);
      return found;
    };
    const page = await as(who).get('/api/auth/users?limit=1&include_total=true');
    const asOf = `as_of=${new Date().toISOString()}`;
    return {
      list: await idsOf('/api/auth/users'),
      total: Number(page.headers['x-total-count']),
      search: await idsOf(`/api/auth/users?q=${users[3]?.username}`),
      single: await reachable((id) => as(who).get(`/api/auth/users/${id}`)),
      members: await idsOf('/api/analytics/team', 'user_id'),
      explained: await reachable((id) => as(who).post('/api/policy/explain', { action: 'create', user: id })),
      ...(ROLES[reader] !== 'developer' && {
        pastList: await idsOf(`/api/auth/users?${asOf}`),
        pastSingle: await reachable((id) => as(who).get(`/api/auth/users/${id}?${asOf}`)),
      }),
      ...(ROLES[reader] !== 'developer' && { zones: await idsOf('/api/auth/users/timezone-requests') }),
      ...(ROLES[reader] === 'auditor' && { entries: await idsOf('/api/audit/entries?entity_type=user', 'entity_id') }),
    };
  }

  function expected(reader: number, given: World): Record<string, unknown> {
    const visible = positions.filter((user) => isVisibleTo(reader, user, given));
    const all = toIds(visible);
    const hasTask = (user: number) => ASSIGNEES.includes(user) && (ROLES[reader] !== 'developer' || user === reader);
    const isIdle = (user: number) => ROLES[user] === 'developer' && visible.includes(user);
    return {
      list: all,
      total: all.length,
      search: toIds(visible.filter((user) => user === 3)),
      single: all,
      members: toIds(positions.filter((user) => (hasTask(user) && isLeftTo(reader, user, given)) || isIdle(user))),
      explained: all,
      ...(ROLES[reader] !== 'developer' && { pastList: all, pastSingle: all }),
      ...(ROLES[reader] !== 'developer' && { zones: all }),
      ...(ROLES[reader] === 'auditor' && {
        entries: toIds(positions.filter((user) => isLeftTo(reader, user, given))),
      }),
    };
  }

  it('shows exactly the users who are left', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        await make(given);
        for (const reader of READERS) expect(await shown(reader)).toEqual(expected(reader, given));
      }),
      { numRuns: 12 },
    );
  }, 240_000);

  it('lets a manager assign tasks to those alone, and change those alone', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        await make(given);
        const manager = users[0] as TestActor;
        // A zone that no user has: a change to the same one would be none, and not allowed for another manager.
        const patch = { timezone: ZONES[runs++], reason: 'Moved to another site' };
        const outcomes = [];
        for (const user of positions) {
          const created = await as(manager).post('/api/tasks', draft(user));
          await as(boss()).patch(`/api/tasks/${task}`, { assigned_to: manager.id });
          const reassigned = await as(manager).patch(`/api/tasks/${task}`, { assigned_to: ids[user] });
          const changes = { task_ids: [task], changes: { assigned_to: ids[user] } };
          await as(boss()).patch(`/api/tasks/${task}`, { assigned_to: manager.id });
          const inBulk = await as(manager).patch('/api/tasks/bulk?dry_run=true', changes);
          const managed = await as(manager).patch(`/api/auth/users/${ids[user]}`, patch);
          const codes = [created, reassigned, inBulk, managed].map(({ status, body }) => body.code ?? status);
          outcomes.push([user, ...codes]);
        }
        const missing = ['assignee_not_found', 'assignee_not_found', 'assignee_not_found', 'user_not_found'];
        const done = (user: number) => (isLeftTo(0, user, given) ? [201, 200, 200, 200] : missing);
        expect(outcomes).toEqual(positions.map((user) => [user, ...done(user)]));
      }),
      { numRuns: 6 },
    );
  }, 240_000);

  it('leaves the names of hidden users in what else is visible: who is assigned to a task, and who did what', async () => {
    await make({ links: [], rules: [{ user: 0, condition: null }] });
    const manager = users[0] as TestActor;
    const { body } = await as(boss()).post('/api/tasks', draft(2));
    await as(boss()).patch(`/api/tasks/${body.id}`, { status: 'in_progress' });
    expect((await as(manager).get(`/api/auth/users/${ids[2]}`)).status).toBe(404);
    const read = await as(manager).get(`/api/tasks/${body.id}`);
    expect(read.body).toMatchObject({ assigned_to: ids[2], assigned_to_user: users[2]?.username });
    const history = await as(manager).get(`/api/tasks/${body.id}/history`);
    expect(history.body).toMatchObject([{ changed_by: boss().id }]);
  });
});

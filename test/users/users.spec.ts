import { anActor, as, signedIn, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aUser } from '../support/factories.js';

const ME = '/api/auth/users/me';
const USERS = '/api/auth/users';
const WHY = { 'X-Change-Reason': 'Reorganised' };
const KEYS = [
  'id',
  'username',
  'email',
  'role',
  'timezone',
  'email_verified',
  'is_active',
  'last_login',
  'date_joined',
];
let app: TestApp;
let manager: TestActor;
let developer: TestActor;
let auditor: TestActor;

beforeEach(async () => {
  await app.rows(sql`UPDATE users SET is_active = false, username = 'old-' || id, email = 'old-' || id`);
  manager = await anActor(app, 'manager', { username: 'Maya' });
  developer = await anActor(app, 'developer', { username: 'Dev_1', timezone: 'Asia/Kolkata' });
  auditor = await anActor(app, 'auditor', { username: 'Audrey' });
});
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const idsOf = (body: unknown) => (body as { id: number }[]).map(({ id }) => id);
const trailOf = (id: number) =>
  app.rows<{ action: string; reason: string | null; changes: object; actor: string }>(
    sql`SELECT action, reason, changes, actor_id AS actor FROM audit_trail
      WHERE entity_type = 'user' AND entity_id = ${id} ORDER BY id`,
  );

describe('who sees whom', () => {
  it('shows everyone their own account', async () => {
    for (const who of [manager, developer, auditor]) {
      const { status, body } = await as(who).get(`${ME}/`);
      expect([status, Object.keys(body)]).toEqual([200, [...KEYS, 'created_at']]);
      expect(body).toMatchObject({ id: who.id, username: who.username, role: who.role, last_login: null });
      expect(body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    expect((await as(app).get(ME)).status).toBe(401);
  });

  it('shows auditors everyone, managers the developers and themselves, developers themselves', async () => {
    const other = await aUser(app, 'manager', { username: 'Max' });
    const active = `${USERS}?is_active=true`;
    const all = [manager.id, developer.id, auditor.id, other.id];
    expect(idsOf((await as(auditor).get(active)).body)).toEqual(all);
    expect(idsOf((await as(manager).get(active)).body)).toEqual([manager.id, developer.id]);
    expect(idsOf((await as(developer).get(USERS)).body)).toEqual([developer.id]);
    const reads = async (who: TestActor) =>
      Promise.all(all.map(async (id) => (await as(who).get(`${USERS}/${id}`)).status));
    expect(await reads(auditor)).toEqual([200, 200, 200, 200]);
    expect(await reads(manager)).toEqual([200, 200, 404, 404]);
    expect(await reads(developer)).toEqual([404, 200, 404, 404]);
    for (const path of [USERS, `${USERS}/${manager.id}`]) expect((await as(app).get(path)).status).toBe(401);
    for (const id of ['0', 'x', '2147483648', '1.5']) {
      expect([id, [404, 422]]).toEqual([
        id,
        expect.arrayContaining([(await as(auditor).get(`${USERS}/${id}`)).status]),
      ]);
    }
  });

  it('filters and pages', async () => {
    const ids = async (query: string) => idsOf((await as(auditor).get(`${USERS}?${query}`)).body);
    expect(await ids('is_active=true&role=manager')).toEqual([manager.id]);
    expect(await ids('is_active=true&role=manager,auditor')).toEqual([manager.id, auditor.id]);
    expect(await ids('q=aud')).toEqual([auditor.id]);
    expect(await ids('q=V_1')).toEqual([developer.id]);
    expect(await ids('q=D%25v')).toEqual([]);
    expect(await ids('is_active=false&q=Maya')).toEqual([]);
    for (const query of ['role=boss', 'is_active=1', 'q=', 'limit=0', 'limit=1001', 'page=2', 'limit=1&cursor=x'])
      expect([query, (await as(auditor).get(`${USERS}?${query}`)).status]).toEqual([query, 422]);
    const seen: number[] = [];
    let path: string | undefined = `${USERS}?is_active=true&limit=2&include_total=true`;
    while (path) {
      const { body, headers } = await as(auditor).get(path);
      expect(headers['x-total-count']).toBe('3');
      seen.push(...idsOf(body));
      path = /<([^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1]?.replace(/^https?:\/\/[^/]+/, '');
    }
    expect(seen).toEqual([manager.id, developer.id, auditor.id]);
  });
});

describe("one's own account", () => {
  it('changes its zone, except for a developer', async () => {
    const changed = await as(manager).patch(ME, { timezone: 'Europe/Berlin' });
    expect([changed.status, changed.body.timezone]).toEqual([200, 'Europe/Berlin']);
    const refused = await as(developer).patch(ME, { timezone: 'UTC', email: 'x@mail.test' });
    expect([refused.status, refused.body.code]).toEqual([403, 'zone_is_managed']);
    expect(refused.body.detail).toMatch(/manager/);
    const own = await as(developer).get(ME);
    expect((await as(developer).patch(ME, own.body as object)).body).toEqual(own.body);
  });

  it('takes back the answer to a change of its address', async () => {
    const { body } = await as(manager).patch(ME, { email: 'later@mail.test' });
    expect(body.verification_token).toEqual(expect.any(String));
    expect((await as(manager).patch(ME, body as object)).status).toBe(200);
  });

  it('changes its address only when the new one is verified', async () => {
    const { status, body } = await as(developer).patch(ME, { email: 'new@mail.test' });
    expect([status, body.email]).toEqual([200, 'Dev_1@example.org']);
    expect((await as(developer).patch(ME, { email: 'MAYA@example.org' })).body.detail).toBe('Email already registered');
    expect((await as(app).post('/api/auth/verify-email', { token: body.verification_token })).status).toBe(200);
    expect((await as(developer).get(ME)).body.email).toBe('new@mail.test');
    const late = await as(developer).patch(ME, { email: 'wanted@mail.test' });
    await app.rows(sql`UPDATE users SET email = 'Wanted@mail.test' WHERE id = ${auditor.id}`);
    const taken = await as(app).post('/api/auth/verify-email', { token: late.body.verification_token });
    expect([taken.status, taken.body.code]).toEqual([400, 'email_taken']);
    expect((await as(developer).get(ME)).body.email).toBe('new@mail.test');
  });

  it.each([{ timezone: null }, { email: null }, { timezone: 'Mars/Base' }, { email: 'x' }, { hashed_password: 'x' }])(
    'refuses %j',
    async (body) => {
      expect((await as(manager).patch(ME, body)).status).toBe(422);
    },
  );
});

describe('managers change users', () => {
  it('with a reason, effective at once and audited', async () => {
    const path = `${USERS}/${developer.id}`;
    const body = { role: 'auditor', timezone: 'UTC', reason: 'Moved to audit' };
    const answer = await as(manager).patch(path, body);
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ role: 'auditor', timezone: 'UTC' })]);
    expect((await as(developer).get('/api/audit/entries?limit=1')).status).toBe(200);
    expect(await trailOf(developer.id)).toEqual([
      {
        action: 'user.role_changed',
        reason: 'Moved to audit',
        changes: { role: ['developer', 'auditor'], timezone: ['Asia/Kolkata', 'UTC'] },
        actor: manager.id,
      },
    ]);
  });

  it('and never without one, for any field', async () => {
    const path = `${USERS}/${developer.id}`;
    for (const [field, value] of [
      ['role', 'auditor'],
      ['timezone', 'UTC'],
      ['is_active', false],
    ]) {
      const refused = await as(manager).patch(path, { [String(field)]: value });
      expect([refused.status, refused.body.code]).toEqual([422, 'reason_required']);
      expect(refused.body.detail).toBe(
        `user.${field} needs a reason (user ${developer.id}): say why, in "reason" or in the header X-Change-Reason`,
      );
      expect(refused.body.errors).toMatchObject([{ field: 'reason', code: 'reason_required' }]);
    }
    expect((await as(manager).patch(path, { timezone: 'UTC' }, { 'X-Change-Reason': ' ' })).status).toBe(422);
    expect(await trailOf(developer.id)).toEqual([]);
    const { body } = await as(manager).get(path);
    expect((await as(manager).patch(path, body as object)).body).toEqual(body);
    expect((await as(manager).patch(path, { timezone: 'UTC' }, WHY)).status).toBe(200);
    expect((await as(manager).patch(path, { timezone: 'Asia/Tokyo', reason: 'moved' })).status).toBe(200);
    expect((await trailOf(developer.id)).map(({ reason }) => reason)).toEqual(['Reorganised', 'moved']);
  });

  it('and no one else does', async () => {
    for (const who of [developer, auditor])
      expect((await as(who).patch(`${USERS}/${developer.id}`, { timezone: 'UTC' })).status).toBe(403);
    expect((await as(app).patch(`${USERS}/${developer.id}`, { timezone: 'UTC' })).status).toBe(401);
    expect((await as(manager).patch(`${USERS}/999999`, { timezone: 'UTC' })).status).toBe(404);
  });

  it.each([
    { role: 'boss' },
    { role: null },
    { is_active: 'no' },
    { is_active: null },
    { password: 'x' },
    { reason: '' },
  ])('but not %j', async (body) => {
    expect((await as(manager).patch(`${USERS}/${developer.id}`, body)).status).toBe(422);
  });

  it('but never their own role', async () => {
    await aUser(app, 'manager', { username: 'Max' });
    const { status, body } = await as(manager).patch(`${USERS}/${manager.id}`, { role: 'developer' });
    expect([status, body.code]).toEqual([403, 'own_role']);
    expect((await as(manager).patch(`${USERS}/${manager.id}`, { role: 'manager', timezone: 'UTC' }, WHY)).status).toBe(
      200,
    );
  });

  it('and a sign-up that was made a manager before its address was verified is no second one', async () => {
    const pending = await aUser(app, 'developer');
    await app.rows(sql`UPDATE users SET pending = true, email_verified = false WHERE id = ${pending.id}`);
    expect((await as(manager).patch(`${USERS}/${pending.id}`, { role: 'manager' }, WHY)).status).toBe(200);
    const { status, body } = await as(manager).patch(`${USERS}/${manager.id}`, { is_active: false });
    expect([status, body.code]).toEqual([409, 'last_manager']);
    expect((await as(manager).patch(`${USERS}/${pending.id}`, { role: 'developer' }, WHY)).status).toBe(200);
  });

  it('and the last active manager stays', async () => {
    const { status, body } = await as(manager).patch(`${USERS}/${manager.id}`, { is_active: false });
    expect([status, body.code]).toEqual([409, 'last_manager']);
    for (let round = 0; round < 5; round++) {
      const other = await anActor(app, 'manager', { username: `Max${round}` });
      const demotions = await Promise.all([
        as(manager).patch(`${USERS}/${other.id}`, { role: 'developer' }, WHY),
        as(other).patch(`${USERS}/${manager.id}`, { role: 'developer' }, WHY),
      ]);
      const left = await app.rows<{ id: number }>(sql`SELECT id FROM users WHERE role = 'manager' AND is_active`);
      expect(left).toHaveLength(1);
      const [won, lost] = demotions.map((answer) => answer.status).sort();
      expect([won, [401, 403, 409].includes(Number(lost))]).toEqual([200, true]);
      if (left[0]?.id !== manager.id) manager = other;
    }
  });

  it('and a user who is disabled is signed out at once, for good', async () => {
    const other = await signedIn(app, developer);
    const path = `${USERS}/${developer.id}`;
    const { body } = await as(manager).patch(path, { is_active: false, reason: 'Left' });
    expect(body).toMatchObject({ is_active: false, open_tasks: [], open_tasks_total: 0 });
    for (const who of [developer, other]) expect((await as(who).get(ME)).status).toBe(401);
    const ended = await app.rows(sql`SELECT DISTINCT end_reason AS reason FROM user_sessions
      WHERE user_id = ${developer.id}`);
    expect(ended).toEqual([{ reason: 'user_disabled' }]);
    expect(await trailOf(developer.id)).toMatchObject([{ action: 'user.disabled', reason: 'Left' }]);
    // The answer may be sent back as it was.
    expect((await as(manager).patch(path, { ...body, is_active: true }, WHY)).body.is_active).toBe(true);
    expect((await as(developer).get(ME)).status).toBe(401);
  });
});

import { RedactionAppliance } from '../../../src/audit/redactions/redaction-appliance.service.js';
import { anActor, as, signedIn, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { connected } from '../../support/database.js';
import { aTask, aUser } from '../../support/factories.js';
import { intruder } from '../../support/seals.js';
import { waitFor } from '../../support/wait-for.js';

const WHY = 'Name of a trial subject, typed by accident';
const USERS = '/api/auth/users';

/** An entry with a description, and verbs of the people around it. */
function stage(app: () => TestApp) {
  const appoint = async (by: TestActor, user: { id: number }, role: string) => {
    const { status } = await as(by).patch(`${USERS}/${user.id}`, { role, reason: 'Moved to another team' });
    expect([role, status]).toEqual([role, 200]);
  };
  /** A former developer whom a manager appointed. */
  const appointed = async (by: TestActor, role: 'manager' | 'auditor') => {
    const user = await aUser(app(), 'developer');
    await appoint(by, user, role);
    return signedIn(app(), { ...user, role });
  };
  const entry = async () => {
    const manager = await anActor(app(), 'manager');
    const { id } = await aTask(app(), manager.id);
    await as(manager).patch(`/api/tasks/${id}`, { description: 'Subject 0471' });
    const [row] = await app().rows<{ id: string }>(sql`SELECT id FROM audit_trail WHERE entity_type = 'task'
      AND entity_id = ${id} ORDER BY id DESC LIMIT 1`);
    return row?.id as string;
  };
  const request = async (auditor: TestActor) => {
    const { status, body } = await as(auditor).post(`/api/audit/entries/${await entry()}/redactions`, {
      fields: ['description.after'],
      reason: WHY,
    });
    expect(status).toBe(201);
    return (body as { id: number }).id;
  };
  const approve = async (who: TestActor, id: number) => {
    const { status, body } = await as(who).post(`/api/audit/redactions/${id}/approve`);
    return [status, status === 200 ? body.status : body.code];
  };
  const statusOf = async (id: number) =>
    (await app().rows<{ status: string }>(sql`SELECT status FROM redactions WHERE id = ${id}`))[0]?.status;
  return { appoint, appointed, entry, request, approve, statusOf };
}

describe('the duties of a redaction', () => {
  let app: TestApp;
  let manager: TestActor;
  const { appoint, appointed, entry, request, approve, statusOf } = stage(() => app);

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
  });
  afterAll(() => app.stop());

  it('are separate: a manager approves nothing that an auditor of their own making asked for', async () => {
    const auditor = await appointed(manager, 'auditor');
    const id = await request(auditor);
    expect(await approve(manager, id)).toEqual([403, 'not_independent']);
    expect(await statusOf(id)).toBe('pending');
    const independent = await anActor(app, 'manager');
    expect(await approve(independent, id)).toEqual([200, 'approved']);
  });

  it('are separate along chains, in either direction, and for two whom one person appointed', async () => {
    const second = await appointed(manager, 'manager');
    const auditor = await appointed(second, 'auditor');
    const sibling = await appointed(manager, 'manager');
    const other = await appointed(sibling, 'auditor');
    const id = await request(auditor);
    for (const who of [manager, second, sibling, other])
      expect([who.username, ...(await approve(who, id))]).toEqual([who.username, 403, 'not_independent']);
    // A person whom the requester's own appointee appointed: managers become auditors as well.
    const boss = await anActor(app, 'manager');
    const helper = await appointed(boss, 'manager');
    const late = await appointed(helper, 'manager');
    await appoint(late, boss, 'auditor');
    expect(await approve(late, await request(await signedIn(app, boss)))).toEqual([403, 'not_independent']);
  });

  it('stay joined when a role goes back and forth, or an account is disabled and enabled', async () => {
    const auditor = await appointed(manager, 'auditor');
    const innocent = await anActor(app, 'manager');
    await appoint(innocent, auditor, 'developer');
    await appoint(innocent, auditor, 'auditor');
    const id = await request(auditor);
    expect(await approve(manager, id)).toEqual([403, 'not_independent']);
    expect(await approve(innocent, id)).toEqual([403, 'not_independent']);

    const enabled = await aUser(app, 'auditor');
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${enabled.id}`);
    await as(manager).patch(`${USERS}/${enabled.id}`, { is_active: true, reason: 'Back from leave' });
    expect(await approve(manager, await request(await signedIn(app, enabled)))).toEqual([403, 'not_independent']);
  });

  it.each([
    ['given another role', { role: 'developer' }],
    ['disabled', { is_active: false }],
  ])('are those of an auditor: one who is just being %s leaves no request behind', async (_, change) => {
    const auditor = await anActor(app, 'auditor');
    const path = `/api/audit/entries/${await entry()}/redactions`;
    await connected(app.database.ownerUrl, async (holder) => {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [auditor.id]);
      const dismissal = as(manager).patch(`${USERS}/${auditor.id}`, { ...change, reason: 'Leaves the study' });
      await waitFor(async () => (await app.lockWaits()) === 1);
      const asked = as(auditor).post(path, { fields: ['description.after'], reason: WHY });
      await waitFor(async () => (await app.lockWaits()) === 2);
      await holder.query('COMMIT');
      expect((await dismissal).status).toBe(200);
      expect([(await asked).status, (await asked).body.code]).toEqual([403, 'role_not_allowed']);
    });
    const next = await as(await anActor(app, 'auditor')).post(path, { fields: ['description.after'], reason: WHY });
    expect(next.status).toBe(201);
  });

  it('lapse with a role that is taken away while the request is being written', async () => {
    const auditor = await anActor(app, 'auditor');
    const path = `/api/audit/entries/${await entry()}/redactions`;
    const appliance = app.nest.get(RedactionAppliance, { strict: false });
    const sign = appliance.sign.bind(appliance);
    let dismissed = false;
    let dismissal: Promise<unknown> | undefined;
    appliance.sign = async (...args) => {
      const change = { role: 'developer', reason: 'Leaves the study' };
      dismissal = as(manager)
        .patch(`${USERS}/${auditor.id}`, change)
        .then(({ status }) => (dismissed = status === 200));
      await waitFor(async () => dismissed || (await app.lockWaits()) === 1);
      return sign(...args);
    };
    const { status, body } = await as(auditor).post(path, { fields: ['description.after'], reason: WHY });
    delete (appliance as Partial<RedactionAppliance>).sign;
    await dismissal;
    expect([status, dismissed, await statusOf(body.id as number)]).toEqual([201, true, 'lapsed']);
  });

  it('cannot be hidden by redacting who appointed whom', async () => {
    const auditor = await appointed(manager, 'auditor');
    const [row] = await app.rows<{ id: string }>(sql`SELECT id FROM audit_trail
      WHERE entity_type = 'user' AND entity_id = ${auditor.id} AND changes ? 'role' ORDER BY id DESC LIMIT 1`);
    for (const field of ['role.after', 'role.before', 'is_active.after']) {
      const asked = await as(await anActor(app, 'auditor')).post(`/api/audit/entries/${row?.id}/redactions`, {
        fields: [field],
        reason: WHY,
      });
      expect([field, asked.status, asked.body.code]).toEqual([field, 422, 'not_redactable']);
    }
  });

  it.each([
    ['loses the role', { role: 'developer' }],
    ['becomes a manager', { role: 'manager' }],
    ['is disabled', { is_active: false }],
  ])('end for an auditor who %s: the request lapses, and no one can approve it', async (_, patch) => {
    const auditor = await anActor(app, 'auditor');
    const [pending, declined] = [await request(auditor), await request(auditor)];
    const independent = await anActor(app, 'manager');
    await as(independent).post(`/api/audit/redactions/${declined}/decline`);
    await as(manager).patch(`${USERS}/${auditor.id}`, { ...patch, reason: 'Left the audit team' });
    expect([await statusOf(pending), await statusOf(declined)]).toEqual(['lapsed', 'declined']);
    expect(await approve(independent, pending)).toEqual([409, 'redaction_decided']);
    const [recorded] = await app.rows(sql`SELECT actor_name, reason, changes->'status' AS status FROM audit_trail
      WHERE action = 'redaction.lapsed' AND entity_id = ${pending}`);
    expect(recorded).toEqual({
      actor_name: manager.username,
      reason: 'Left the audit team',
      status: ['pending', 'lapsed'],
    });
    const { body } = await as(independent).get('/api/audit/redactions?status=lapsed&limit=1');
    expect(body).toMatchObject([{ id: pending, status: 'lapsed', decided_by: null, decided_at: null }]);
  });

  it('end as well where the account was changed past the product', async () => {
    const auditor = await anActor(app, 'auditor');
    const id = await request(auditor);
    await app.rows(sql`UPDATE users SET role = 'developer' WHERE id = ${auditor.id}`);
    const independent = await anActor(app, 'manager');
    expect(await approve(independent, id)).toEqual([409, 'redaction_lapsed']);
    expect((await as(independent).post(`/api/audit/redactions/${id}/decline`)).status).toBe(200);
  });

  it('hold in a race: a demotion that was answered leaves no approval after it', async () => {
    for (let round = 0; round < 8; round++) {
      const auditor = await anActor(app, 'auditor');
      const approver = await anActor(app, 'manager');
      const id = await request(auditor);
      const gone = round % 2 ? auditor : approver;
      const demoted = as(manager).patch(`${USERS}/${gone.id}`, { role: 'developer', reason: 'Left the team' });
      const [{ status }, [approved]] = await Promise.all([demoted, approve(approver, id)]);
      expect([status, [200, 403, 409]]).toEqual([200, expect.arrayContaining([approved])]);
      const entries = await app.rows<{ action: string }>(sql`SELECT action FROM audit_trail
        WHERE (entity_type = 'user' AND entity_id = ${gone.id}) OR (entity_type = 'redaction' AND entity_id = ${id}) ORDER BY id`);
      const actions = entries.map(({ action }) => action);
      const [left, done] = [actions.indexOf('user.role_changed'), actions.indexOf('redaction.approved')];
      expect([approved === 200, done >= 0 && done < left]).toEqual([done >= 0, done >= 0]);
      expect(await statusOf(id)).toBe(done >= 0 ? 'approved' : round % 2 ? 'lapsed' : 'pending');
    }
  });

  it('leave an entry free for another request once one has lapsed', async () => {
    const auditor = await anActor(app, 'auditor');
    const about = await entry();
    const wanted = { fields: ['description.after'], reason: WHY };
    const ask = (who: TestActor) => as(who).post(`/api/audit/entries/${about}/redactions`, wanted);
    expect((await ask(auditor)).status).toBe(201);
    await as(manager).patch(`${USERS}/${auditor.id}`, { is_active: false, reason: 'Left' });
    expect((await ask(await anActor(app, 'auditor'))).status).toBe(201);
  });
});

describe('with the strict settings of appointments', () => {
  let app: TestApp;
  let manager: TestActor;
  const { appoint, appointed, request, approve } = stage(() => app);

  beforeAll(async () => {
    app = await TestApp.start({ AUDITOR_APPOINTMENT: 'command', REDACTION_APPOINTMENT_HOURS: '72' });
    manager = await anActor(app, 'manager');
  });
  afterAll(() => app.stop());

  it('no manager appoints an auditor, nor enables the account of one', async () => {
    const developer = await aUser(app, 'developer');
    const why = { reason: 'Moved to the audit team' };
    const refused = await as(manager).patch(`${USERS}/${developer.id}`, { role: 'auditor', ...why });
    expect([refused.status, refused.body.code]).toEqual([403, 'auditor_appointment']);
    const auditor = await aUser(app, 'auditor');
    await as(manager).patch(`${USERS}/${auditor.id}`, { is_active: false, ...why });
    const enabled = await as(manager).patch(`${USERS}/${auditor.id}`, { is_active: true, ...why });
    expect([enabled.status, enabled.body.code]).toEqual([403, 'auditor_appointment']);
    // Enabled as a developer and then given the role back would be the same.
    const both = await as(manager).patch(`${USERS}/${auditor.id}`, { is_active: true, role: 'developer', ...why });
    expect(both.status).toBe(200);
    const again = await as(manager).patch(`${USERS}/${auditor.id}`, { role: 'auditor', ...why });
    expect(again.body.code).toBe('auditor_appointment');
    const same = await as(manager).patch(`${USERS}/${(await aUser(app, 'auditor')).id}`, { role: 'auditor', ...why });
    // Nothing to change, of a user whom a manager may not read.
    expect(same.status).toBe(404);
    await appoint(manager, developer, 'manager');
  });

  it('no one takes part in a redaction shortly after their appointment', async () => {
    const approver = await appointed(await anActor(app, 'manager'), 'manager');
    const auditor = await anActor(app, 'auditor');
    const id = await request(auditor);
    const refused = await as(approver).post(`/api/audit/redactions/${id}/approve`);
    expect([refused.status, refused.body.code]).toEqual([403, 'appointed_recently']);
    const hours = (Date.parse(refused.body.allowed_from) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(71.9);
    expect(hours).toBeLessThan(72.1);
    const client = await intruder(app);
    await client.query(
      `UPDATE audit_trail SET occurred_at = occurred_at - interval '73 hours' WHERE entity_type = 'user'`,
    );
    await client.end();
    expect(await approve(approver, id)).toEqual([200, 'approved']);
  });
});

import request, { type Response } from 'supertest';
import { anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { startWithMailbox } from '../support/app-with-mailbox.js';
import { connected } from '../support/database.js';
import { aMember, Device, PASSWORD } from '../support/device.js';
import { SecondFactorOf, SECOND_FACTOR } from '../support/second-factor.js';
import { waitFor } from '../support/wait-for.js';

let app: TestApp;
/** Asks for no password. */
let lax: TestApp;
let names = 0;

beforeAll(async () => {
  ({ app } = await startWithMailbox({ PASSWORD_CONFIRMATION_FOR: 'email,users' }));
  lax = await TestApp.start({}, app);
});
afterAll(async () => {
  await lax.stop();
  await app.stop();
});

/** A manager who is signed in twice: the sessions of the owner, and of a thief. */
async function twoDevices() {
  const username = `secured${++names}`;
  const userId = await aMember(app, username);
  await app.rows(sql`UPDATE users SET role = 'manager' WHERE id = ${userId}`);
  const [own, stolen] = [new Device(app), new Device(app)];
  for (const device of [own, stolen]) expect((await device.login(username)).status).toBe(200);
  return { userId, own, stolen };
}

/** The owner changes the password, and while that waits for a lock, the thief changes something. @returns the latter's response */
async function besidePasswordChange(userId: number, own: Device, late: () => Promise<Response>): Promise<Response> {
  const [changed, answer] = await connected(app.database.ownerUrl, async (holder) => {
    await holder.query(`BEGIN; SELECT FROM users WHERE id = ${userId} FOR UPDATE`);
    const body = { old_password: PASSWORD, new_password: 'another fine phrase' };
    const owner = own.post('/api/auth/password/change', body);
    await waitFor(async () => (await app.lockWaits()) === 1);
    const thief = late();
    await waitFor(async () => (await app.lockWaits()) === 2);
    await holder.query('COMMIT');
    return Promise.all([owner, thief]);
  });
  expect(changed.status).toBe(200);
  return answer;
}

const patch = (at: TestApp, { access }: Device, path: string, body: object): Promise<Response> =>
  request(at.server)
    .patch(path)
    .set({ Authorization: `Bearer ${access}`, 'X-Forwarded-For': '198.51.100.9' })
    .send(body)
    .then((answer) => answer);

describe('a change that waits while the owner replaces the password', () => {
  it.each([
    ['by the old password, in another session', { at: () => app, isOwn: false }, 401, 'invalid_token'],
    ['by the old password, in the session that stays', { at: () => app, isOwn: true }, 403, 'wrong_password'],
    ['by nothing, where no password is asked for', { at: () => lax, isOwn: false }, 401, 'invalid_token'],
  ])('changes no address %s', async (_, { at, isOwn }, status, code) => {
    const { userId, own, stolen } = await twoDevices();
    const current_password = at() === lax ? {} : { current_password: PASSWORD };
    const answer = await besidePasswordChange(userId, own, () =>
      patch(at(), isOwn ? own : stolen, '/api/auth/users/me', { email: 'thief@mail.test', ...current_password }),
    );
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
    expect(await app.rows(sql`SELECT FROM email_verification_tokens WHERE email = 'thief@mail.test'`)).toEqual([]);
  });

  it('makes no other user a manager', async () => {
    const victim = await anActor(app, 'developer');
    const { userId, own, stolen } = await twoDevices();
    const body = { role: 'manager', reason: 'Because I can', current_password: PASSWORD };
    const answer = await besidePasswordChange(userId, own, () =>
      patch(app, stolen, `/api/auth/users/${victim.id}`, body),
    );
    expect([answer.status, answer.body]).toMatchObject([401, { code: 'invalid_token' }]);
    expect(await app.rows(sql`SELECT role FROM users WHERE id = ${victim.id}`)).toEqual([{ role: 'developer' }]);
  });
});

describe('another mail for a change of the address that a new password is just ending', () => {
  it('is not sent, and no link is open any more', async () => {
    const { userId, own, stolen } = await twoDevices();
    const email = `thief${userId}@mail.test`;
    expect((await patch(lax, stolen, '/api/auth/users/me', { email })).status).toBe(200);
    const tokens = sql`SELECT (used_at IS NULL) AS open FROM email_verification_tokens WHERE email = ${email}`;
    expect(await app.rows(tokens)).toEqual([{ open: true }]);
    await connected(app.database.ownerUrl, async (holder) => {
      await holder.query(`BEGIN; SELECT FROM users WHERE id = ${userId} FOR UPDATE`);
      const body = { old_password: PASSWORD, new_password: 'another fine phrase' };
      const changed = own.post('/api/auth/password/change', body);
      await waitFor(async () => (await app.lockWaits()) === 1);
      app.clock.advance(301);
      await as(app).post('/api/auth/verify-email/resend', { email });
      await waitFor(async () => (await app.lockWaits()) === 2);
      await holder.query('COMMIT');
      expect((await changed).status).toBe(200);
    });
    await waitFor(
      async () =>
        (
          await app.rows(sql`SELECT FROM pgboss.job
      WHERE name = 'verification-requests' AND state = 'completed'`)
        ).length === 1,
    );
    expect(await app.rows(tokens)).toEqual([{ open: false }]);
    app.clock.reset();
  });
});

describe('a second factor that a thief has begun to set up', () => {
  const confirm = ({ access }: Device, factor: SecondFactorOf): Promise<Response> =>
    request(app.server)
      .post(`${SECOND_FACTOR}/confirm`)
      .set({ Authorization: `Bearer ${access}` })
      .send({ code: factor.code() })
      .then((answer) => answer);

  it('ends with the password that it was begun by, also in the session that stays', async () => {
    const { userId, own } = await twoDevices();
    const factor = await SecondFactorOf.begin(own);
    const body = { old_password: PASSWORD, new_password: 'another fine phrase' };
    const earlier = own.access;
    expect((await own.post('/api/auth/password/change', body)).status).toBe(200);
    own.access = earlier;
    const late = await confirm(own, factor);
    expect([late.status, late.body, late.headers['set-cookie']]).toEqual([
      409,
      expect.objectContaining({ code: 'second_factor_inactive' }),
      undefined,
    ]);
    const stored = sql`SELECT second_factor_secret AS secret FROM users WHERE id = ${userId}`;
    expect(await app.rows(stored)).toEqual([{ secret: null }]);
  });

  it('is not confirmed in a session that ends meanwhile', async () => {
    const { userId, own, stolen } = await twoDevices();
    const factor = await SecondFactorOf.begin(stolen);
    const late = await besidePasswordChange(userId, own, () => confirm(stolen, factor));
    expect([late.status, late.body]).toMatchObject([401, { code: 'invalid_token' }]);
  });
});

describe('a change that was none when its password was not asked for', () => {
  /** Sends something that waits for a change which is not committed yet. */
  const besideUpdate = (update: string, late: () => Promise<Response>): Promise<Response> =>
    connected(app.database.ownerUrl, async (holder) => {
      await holder.query(`BEGIN; ${update}`);
      const answer = late();
      await waitFor(async () => (await app.lockWaits()) === 1);
      await holder.query('COMMIT');
      return answer;
    });

  it('does not take an address back', async () => {
    const { userId, stolen } = await twoDevices();
    const [{ email }] = (await app.rows(sql`SELECT email FROM users WHERE id = ${userId}`)) as [{ email: string }];
    const answer = await besideUpdate(`UPDATE users SET email = 'moved@mail.test' WHERE id = ${userId}`, () =>
      patch(app, stolen, '/api/auth/users/me', { email }),
    );
    expect([answer.status, answer.body]).toMatchObject([422, { code: 'password_required' }]);
    expect(
      await app.rows(
        sql`SELECT FROM email_verification_tokens WHERE user_id = ${userId} AND email = ${email} AND used_at IS NULL`,
      ),
    ).toEqual([]);
  });

  it.each([
    ['role', "role = 'developer'", { role: 'auditor' }],
    ['is_active', 'is_active = false', { is_active: true }],
  ])('does not give a user the %s back', async (field, taken, body) => {
    const victim = await anActor(app, 'auditor');
    const { stolen } = await twoDevices();
    const answer = await besideUpdate(`UPDATE users SET ${taken} WHERE id = ${victim.id}`, () =>
      patch(app, stolen, `/api/auth/users/${victim.id}`, { ...body, reason: 'Still needed' }),
    );
    expect([answer.status, answer.body]).toMatchObject([422, { code: 'password_required' }]);
    const [row] = await app.rows<Record<string, unknown>>(
      sql`SELECT role, is_active FROM users WHERE id = ${victim.id}`,
    );
    expect(row?.[field]).not.toEqual(body[field as keyof typeof body]);
  });

  it('does not settle the request for a time zone', async () => {
    const asking = await anActor(app, 'developer');
    await app.rows(sql`UPDATE users SET requested_timezone = 'Asia/Tokyo' WHERE id = ${asking.id}`);
    const { stolen } = await twoDevices();
    const [{ zone }] = (await app.rows(sql`SELECT timezone AS zone FROM users WHERE id = ${asking.id}`)) as [
      { zone: string },
    ];
    const body = { timezone: zone, reason: 'As it is' };
    const answer = await patch(app, stolen, `/api/auth/users/${asking.id}`, body);
    expect([answer.status, answer.body]).toMatchObject([422, { code: 'password_required' }]);
  });
});

describe('managers who change the zone of each other at once', () => {
  it('do not wait for each other', async () => {
    const [one, other] = [await twoDevices(), await twoDevices()];
    const deadlocks = async () =>
      (
        await app.rows<{ n: number }>(sql`SELECT pg_stat_get_db_deadlocks(oid)::int AS n, pg_stat_force_next_flush()
        FROM pg_database WHERE datname = current_database()`)
      )[0]?.n;
    const before = await deadlocks();
    const answers = await connected(app.database.ownerUrl, async (holder) => {
      await holder.query(`BEGIN; SELECT FROM users WHERE id IN (${one.userId}, ${other.userId}) FOR UPDATE`);
      const move = ({ own }: typeof one, { userId }: typeof one) =>
        patch(app, own, `/api/auth/users/${userId}`, {
          ...{ timezone: 'Asia/Tokyo', reason: 'Moves', current_password: PASSWORD },
        });
      const both = [move(one, other), move(other, one)];
      await waitFor(async () => (await app.lockWaits()) === 2);
      await holder.query('COMMIT');
      return Promise.all(both);
    });
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await deadlocks()).toBe(before);
  });
});

describe('a manager who is demoted while the own zone waits', () => {
  it('does not set it any more', async () => {
    const { userId, own } = await twoDevices();
    const answer = await connected(app.database.ownerUrl, async (holder) => {
      await holder.query(`BEGIN; UPDATE users SET role = 'developer' WHERE id = ${userId}`);
      const late = patch(app, own, '/api/auth/users/me', { timezone: 'Asia/Tokyo' });
      await waitFor(async () => (await app.lockWaits()) === 1);
      await holder.query('COMMIT');
      return late;
    });
    expect([answer.status, answer.body]).toMatchObject([403, { code: 'zone_is_managed' }]);
  });
});

describe('managers who demote each other at once', () => {
  it('are one developer and two managers: the later one had no right to it any more', async () => {
    const [one, other] = [await twoDevices(), await twoDevices()];
    const [first, second] = await connected(app.database.ownerUrl, async (holder) => {
      await holder.query(`BEGIN; SELECT FROM users WHERE role = 'manager' ORDER BY id LIMIT 1 FOR UPDATE`);
      const demote = ({ own }: typeof one, { userId }: typeof one) =>
        patch(app, own, `/api/auth/users/${userId}`, {
          ...{ role: 'developer', reason: 'Leaves the trial', current_password: PASSWORD },
        });
      const earlier = demote(one, other);
      await waitFor(async () => (await app.lockWaits()) === 1);
      const later = demote(other, one);
      await waitFor(async () => (await app.lockWaits()) === 2);
      await holder.query('COMMIT');
      return Promise.all([earlier, later]);
    });
    expect([first.status, second.status, second.body]).toMatchObject([200, 403, { code: 'role_not_allowed' }]);
    const roles = sql`SELECT role FROM users WHERE id = ANY(${[one.userId, other.userId]}) ORDER BY id`;
    expect(await app.rows(roles)).toEqual([{ role: 'manager' }, { role: 'developer' }]);
  });
});

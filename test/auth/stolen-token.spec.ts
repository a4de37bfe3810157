import sql from 'sql-template-tag';
import request from 'supertest';
import { anActor, as } from '../support/actors.js';
import { AT_ONCE, TestApp } from '../support/app.js';
import { aMember, Device, liveSessions, PASSWORD } from '../support/device.js';
import { anAddress, BEHIND_PROXY, solved, WRONG } from '../support/logins.js';

const ME = '/api/auth/users/me';
const CHANGE = '/api/auth/password/change';
const DAY = 86_400;
let app: TestApp;
let names = 0;

afterEach(() => app.clock.reset());

async function aDevice(): Promise<Device & { username: string; userId: number }> {
  const username = `owner${++names}`;
  const userId = await aMember(app, username);
  const device = new Device(app);
  expect((await device.login(username)).status).toBe(200);
  return Object.assign(device, { username, userId });
}

/** A thief with an access token and nothing else. */
function thief(token: string, from = '198.51.100.7') {
  const send = (method: 'post' | 'patch', path: string, body: object, headers: Record<string, string> = {}) =>
    request(app.server)
      [method](path)
      .set({ Authorization: `Bearer ${token}`, 'X-Forwarded-For': from, ...headers })
      .send(body);
  return {
    changePassword: (old_password: string, headers?: Record<string, string>) =>
      send('post', CHANGE, { old_password, new_password: 'another fine phrase' }, headers),
    changeAddress: (more: object = {}, headers?: Record<string, string>) =>
      send('patch', ME, { email: 'thief@mail.test', ...more }, headers),
  };
}

describe('a stolen access token', () => {
  beforeAll(async () => {
    app = await TestApp.start({ ...BEHIND_PROXY, ...AT_ONCE, PASSWORD_CONFIRMATION_FOR: 'email,users' });
  });
  afterAll(() => app.stop());

  it('does not change the address without the password', async () => {
    const device = await aDevice();
    const { changeAddress } = thief(device.access, anAddress());
    const without = await changeAddress();
    expect([without.status, without.body.code]).toEqual([422, 'password_required']);
    expect(without.body.errors).toMatchObject([{ field: 'current_password', code: 'password_required' }]);
    const wrong = await changeAddress({ current_password: WRONG });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_password']);
    expect(wrong.headers['x-new-access-token']).toBeUndefined();
    const tokens = await app.rows(sql`SELECT FROM email_verification_tokens WHERE email = 'thief@mail.test'`);
    expect(tokens).toEqual([]);
    const right = await changeAddress({ current_password: PASSWORD });
    expect([right.status, typeof right.body.verification_token]).toEqual([200, 'string']);
    expect(JSON.stringify(right.body)).not.toContain(PASSWORD);
  });

  it('needs no password for a change that changes no address', async () => {
    const device = await aDevice();
    const { body } = await device.get(ME);
    const answer = await thief(device.access).changeAddress(body as object);
    expect([answer.status, answer.body]).toEqual([200, body]);
  });

  it('does not change a user in a manager’s name without the password', async () => {
    const victim = await anActor(app, 'developer');
    const device = await aDevice();
    await app.rows(sql`UPDATE users SET role = 'manager' WHERE id = ${device.userId}`);
    const change = (more: object) =>
      request(app.server)
        .patch(`/api/auth/users/${victim.id}`)
        .set('Authorization', `Bearer ${device.access}`)
        .send({ role: 'manager', reason: 'Because I can', ...more });
    expect((await change({})).body).toMatchObject({ status: 422, code: 'password_required' });
    expect((await change({ current_password: WRONG })).body).toMatchObject({ status: 403, code: 'wrong_password' });
    expect(await app.rows(sql`SELECT role FROM users WHERE id = ${victim.id}`)).toEqual([{ role: 'developer' }]);
    expect((await change({ current_password: PASSWORD })).body).toMatchObject({ role: 'manager' });
  });

  it.each<[string, (token: string, password: string, headers?: Record<string, string>) => Promise<request.Response>]>([
    ['the password', async (token, password, headers) => thief(token).changePassword(password, headers)],
    [
      'the address',
      async (token, password, headers) => thief(token).changeAddress({ current_password: password }, headers),
    ],
  ])('guesses the password at the change of %s no faster than at the login', async (_, guess) => {
    const device = await aDevice();
    await app.rows(sql`DELETE FROM login_failures`);
    const statuses: number[] = [];
    for (let n = 0; n < 40; n++) statuses.push((await guess(device.access, `${WRONG} ${n}`)).status);
    const codes = (await guess(device.access, PASSWORD)).body as { code: string };
    expect([statuses.filter((status) => status === 403).length, codes.code]).toEqual([40, 'challenge_required']);
    const failed = await app.rows(sql`SELECT FROM login_failures`);
    expect(failed.length).toBeLessThanOrEqual(5);
    // The owner, whose device is known, is not in the way of the thief's network.
    device.headers = { 'X-Forwarded-For': '203.0.113.20' };
    expect((await device.post(CHANGE, { old_password: WRONG, new_password: 'x' })).body.code).toBe('validation_error');
    expect((await device.post(CHANGE, { old_password: WRONG, new_password: 'another phrase' })).body.code).toBe(
      'wrong_password',
    );
    expect((await device.post(CHANGE, { old_password: PASSWORD, new_password: 'another phrase' })).status).toBe(200);
  });

  it('counts guesses made at once as those one after the other', async () => {
    const device = await aDevice();
    await app.rows(sql`DELETE FROM login_failures`);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => thief(device.access, '198.51.100.8').changePassword(`${WRONG} ${n}`)),
    );
    expect(answers.every(({ status }) => status === 403)).toBe(true);
    expect(answers.filter(({ body }) => body.code === 'wrong_password').length).toBeLessThanOrEqual(5);
  });

  it('learns how to go on, and goes on with the right answer', async () => {
    const device = await aDevice();
    await app.rows(sql`DELETE FROM login_failures`);
    for (let n = 0; n < 5; n++) await thief(device.access, '198.51.100.9').changePassword(WRONG);
    const answer = solved(await thief(device.access, '198.51.100.9').changePassword(PASSWORD));
    const right = await thief(device.access, '198.51.100.9').changePassword(PASSWORD, { 'X-Captcha-Answer': answer });
    expect(right.status).toBe(200);
  });

  it('closes the login for its network as well, since the guesses are counted together', async () => {
    const device = await aDevice();
    await app.rows(sql`DELETE FROM login_failures`);
    for (let n = 0; n < 5; n++) await thief(device.access, '198.51.100.10').changePassword(WRONG);
    const elsewhere = new Device(app);
    elsewhere.headers = { 'X-Forwarded-For': '198.51.100.10' };
    expect((await elsewhere.login(device.username)).body.code).toBe('challenge_required');
  });
});

describe('X-New-Access-Token', () => {
  beforeAll(async () => {
    app = await TestApp.start({ REFRESH_TOKEN_EXPIRE_DAYS: '1' });
  });
  afterAll(() => app.stop());

  const renewed = async (device: Device, token: string) => {
    const answer = await device.get(ME, token);
    return [answer.status, answer.headers['x-new-access-token'] as string | undefined] as const;
  };

  it('keeps a client signed in without a refresh until its refresh token expires, and no longer', async () => {
    const device = await aDevice();
    let [token, lived] = [device.access, 0];
    for (; lived < 2 * DAY; lived += 19 * 60) {
      app.clock.advance(19 * 60);
      const [status, fresh] = await renewed(device, token);
      if (status !== 200) break;
      token = fresh ?? token;
    }
    expect(lived).toBeGreaterThan(DAY - 40 * 60);
    expect(lived).toBeLessThanOrEqual(DAY);
  });

  it('ends for a thief once the owner refreshes', async () => {
    const device = await aDevice();
    app.clock.advance(19 * 60);
    const [, stolen] = await renewed(device, device.access);
    expect(stolen).toBeDefined();
    expect((await device.refresh()).status).toBe(200);
    app.clock.advance(19 * 60);
    expect(await renewed(new Device(app), stolen as string)).toEqual([200, undefined]);
    app.clock.advance(90);
    expect((await new Device(app).get(ME, stolen)).status).toBe(401);
    expect((await device.refresh()).status).toBe(200);
  });

  it('ends for a thief once the owner chooses a new password', async () => {
    const device = await aDevice();
    const stolen = device.access;
    const change = { old_password: PASSWORD, new_password: 'another fine phrase' };
    const changed = await device.post(CHANGE, change);
    const fresh = changed.headers['x-new-access-token'] as string;
    expect([changed.status, typeof fresh]).toEqual([200, 'string']);
    app.clock.advance(19 * 60);
    expect(await renewed(new Device(app), stolen)).toEqual([200, undefined]);
    expect(await renewed(device, fresh)).toEqual([200, expect.any(String)]);
    expect((await device.refresh()).status).toBe(200);
    expect(await liveSessions(app, device.userId)).toHaveLength(1);
  });

  it('goes on for two tabs of which one refreshes', async () => {
    const [tab, device] = [new Device(app), await aDevice()];
    device.cookies.forEach((value, name) => tab.cookies.set(name, value));
    expect((await tab.refresh()).status).toBe(200);
    const access = (await device.refresh()).body.access as string;
    app.clock.advance(19 * 60);
    expect((await renewed(device, access))[1]).toBeDefined();
  });
});

describe('a session', () => {
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('lasts for seven days, however often it is refreshed', async () => {
    const device = await aDevice();
    let lived = 0;
    for (; lived < 10 * DAY; lived += 12 * 3600) {
      app.clock.advance(12 * 3600);
      const answer = await device.refresh();
      if (answer.status !== 200) {
        expect([answer.status, answer.body.code]).toEqual([401, 'invalid_refresh_token']);
        break;
      }
      device.access = answer.body.access as string;
    }
    expect(lived).toBe(6.5 * DAY);
    expect((await device.get(ME)).status).toBe(401);
  });

  it('has no access token that outlives it', async () => {
    const device = await aDevice();
    for (let n = 0; n < 3; n++) {
      app.clock.advance(2 * DAY);
      expect((await device.refresh()).status).toBe(200);
    }
    app.clock.advance(DAY - 5 * 60);
    const { access } = (await device.refresh()).body as { access: string };
    expect((await device.get(ME, access)).status).toBe(200);
    app.clock.advance(5 * 60);
    expect((await device.get(ME, access)).status).toBe(401);
  });
});

describe('configured otherwise', () => {
  it('SESSION_LIFETIME_DAYS=1 ends a session after a day', async () => {
    app = await TestApp.start({ SESSION_LIFETIME_DAYS: '1' });
    const device = await aDevice();
    app.clock.advance(DAY - 60);
    expect((await device.refresh()).status).toBe(200);
    app.clock.advance(60);
    expect((await device.refresh()).status).toBe(401);
    await app.stop();
  });

  it('existing clients change an address without a password, but never with a wrong one', async () => {
    app = await TestApp.start();
    const device = await aDevice();
    const patch = (more: object) => thief(device.access).changeAddress(more);
    expect((await patch({ current_password: WRONG })).body.code).toBe('wrong_password');
    expect((await patch({})).status).toBe(200);
    const manager = await anActor(app, 'manager');
    const role = { role: 'auditor', reason: 'Moved to audit' };
    const wrong = await as(manager).patch(`/api/auth/users/${device.userId}`, { ...role, current_password: WRONG });
    expect(wrong.body.code).toBe('wrong_password');
    expect((await as(manager).patch(`/api/auth/users/${device.userId}`, role)).status).toBe(200);
    await app.stop();
  });
});

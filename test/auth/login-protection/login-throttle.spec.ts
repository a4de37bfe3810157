import { LoginFailures } from '../../../src/auth/login-protection/login-failures.repository.js';
import { serviceUnavailable } from '../../../src/core/http/problem.js';
import { PasswordHasher } from '../../../src/auth/passwords/password-hasher.service.js';
import { sql, TestApp } from '../../support/app.js';
import { aMember, Device, PASSWORD } from '../../support/device.js';
import { anAddress, BEHIND_PROXY, loginsTo, solved, WRONG } from '../../support/logins.js';

let app: TestApp;
const { login, aUser, failures, aKnownDevice } = loginsTo(() => app);

beforeAll(async () => {
  app = await TestApp.start(BEHIND_PROXY);
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

describe('an address that keeps failing', () => {
  it('is challenged after the fifth failure, and not after the fourth', async () => {
    const [from, username] = [anAddress(), await aUser()];
    await failures(4, username, { from });
    expect((await login(await aUser(), PASSWORD, { from })).status).toBe(200);
    await failures(1, username, { from });
    const refused = await login(await aUser(), PASSWORD, { from });
    expect(refused.body).toMatchObject({ status: 403, captcha: expect.stringMatching(/^\d \+ \d$/) as string });
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect((await login(username, PASSWORD, { from: anAddress() })).status).toBe(200);
  });

  it('is challenged for any names, known or not', async () => {
    const from = anAddress();
    for (let n = 0; n < 5; n++) await failures(1, n % 2 ? await aUser() : `nobody${n}`, { from });
    solved(await login('another-user', WRONG, { from }));
  });

  it('is counted by /64 where it is IPv6, and as IPv4 where that was mapped into it', async () => {
    const username = await aUser();
    for (let n = 0; n < 5; n++) await failures(1, `v6-${n}`, { from: `2001:db8:7:7::${n}` });
    solved(await login(username, PASSWORD, { from: '2001:db8:7:7:a:b:c:d' }));
    expect((await login(username, PASSWORD, { from: '2001:db8:7:8::1' })).status).toBe(200);
    const from = anAddress();
    for (let n = 0; n < 5; n++) await failures(1, `v4-${n}`, { from: n % 2 ? from : `::ffff:${from}` });
    solved(await login(username, PASSWORD, { from }));
  });

  it('is free again when the first of five is ten minutes old, and not a second earlier', async () => {
    const [from, username] = [anAddress(), await aUser()];
    app.clock.hold();
    app.clock.set('2026-03-02T10:00:00Z');
    await failures(1, username, { from });
    app.clock.set('2026-03-02T10:05:00Z');
    await failures(4, username, { from });
    app.clock.set('2026-03-02T10:09:59Z');
    solved(await login(username, PASSWORD, { from }));
    app.clock.set('2026-03-02T10:10:01Z');
    expect((await login(username, PASSWORD, { from })).status).toBe(200);
  });

  it('is refused before any password is verified', async () => {
    const [from, username] = [anAddress(), await aUser()];
    await failures(5, username, { from });
    const verify = jest.spyOn(app.nest.get(PasswordHasher, { strict: false }), 'verify');
    await login(username, PASSWORD, { from });
    await login(username, PASSWORD, { from, answer: '99' });
    expect(verify.mock.calls).toEqual([]);
    verify.mockRestore();
  });
});

describe('only failed logins count', () => {
  it('not validation errors, expired tokens, failed refreshes or refusals of the question', async () => {
    const [from, username] = [anAddress(), await aUser()];
    const device = new Device(app);
    device.headers = { 'X-Forwarded-For': from };
    for (let n = 0; n < 6; n++) {
      expect((await device.post('/api/auth/login', { username })).status).toBe(422);
      expect((await device.refresh('1.0.' + 'A'.repeat(43))).status).toBe(401);
      expect((await device.get('/api/auth/users/me', 'garbage')).status).toBe(401);
    }
    await failures(4, username, { from });
    expect((await login(username, PASSWORD, { from })).status).toBe(200);
  });

  it('not a right password of an account that may not sign in', async () => {
    const [from, username] = [anAddress(), await aUser()];
    await app.rows(sql`UPDATE users SET is_active = false WHERE username = ${username}`);
    for (let n = 0; n < 6; n++) expect((await login(username, PASSWORD, { from })).body.code).toBe('user_inactive');
  });

  it('which is recorded up to a share in an hour, since entries are kept for ever', async () => {
    const limited = await TestApp.start({ RATE_LIMIT_ENABLED: 'true', BUDGETS: 'denied_logins.share=3' });
    const userId = await aMember(limited, 'disabled');
    await limited.rows(sql`UPDATE users SET is_active = false WHERE id = ${userId}`);
    const answers: unknown[] = [];
    for (let n = 0; n < 5; n++) answers.push((await new Device(limited).login('disabled')).body.code);
    expect(answers).toEqual([...Array(3).fill('user_inactive'), ...Array(2).fill('too_many_requests')] as unknown[]);
    const entries = sql`SELECT FROM audit_trail WHERE action = 'user.login_failed' AND entity_id = ${userId}`;
    expect(await limited.rows(entries)).toHaveLength(3);
    await limited.stop();
  });
});

describe('a wrong password whose failure cannot be recorded', () => {
  it('counts all the same where it was counted in advance', async () => {
    const [from, username] = [anAddress(), await aUser()];
    await failures(5, username, { from });
    const answer = solved(await login(username, WRONG, { from }));
    const counted = async () => (await app.rows(sql`SELECT FROM login_failures`)).length;
    const [before, stored] = [await counted(), app.nest.get(LoginFailures, { strict: false })];
    stored.record = () => Promise.reject(serviceUnavailable('The audit trail cannot be written'));
    expect((await login(username, WRONG, { from, answer })).status).toBe(503);
    Reflect.deleteProperty(stored, 'record');
    expect(await counted()).toBe(before + 1);
  });
});

describe('an account under attack from many addresses', () => {
  it('is challenged in any spelling of its name, known or not', async () => {
    const username = await aUser();
    for (const name of [username, 'no-such-account']) {
      for (let n = 0; n < 5; n++) await failures(1, n % 2 ? name.toUpperCase() : name, { from: anAddress() });
      solved(await login(name, WRONG, { from: anAddress() }));
    }
  });

  it('from one address alone, is not', async () => {
    const username = await aUser();
    await failures(5, username, { from: anAddress() });
    expect((await login(username, PASSWORD, { from: anAddress() })).status).toBe(200);
  });

  it('lets its user in on a known device, from the very address of the attack as well', async () => {
    const [from, username] = [anAddress(), await aUser()];
    const device = await aKnownDevice(username, from);
    for (let n = 0; n < 8; n++) await login(username, WRONG, { from: n % 2 ? from : anAddress() });
    for (let n = 0; n < 6; n++) await login('another-account', WRONG, { from });
    solved(await login(username, PASSWORD, { from }));
    expect((await login(username, PASSWORD, { from, device })).status).toBe(200);
    // Its session has ended; the device is known none the less.
    await app.rows(sql`UPDATE user_sessions SET ended_at = now(), end_reason = 'logout' WHERE ended_at IS NULL`);
    expect((await login(username, PASSWORD, { from, device })).status).toBe(200);
  });

  it('judges a known device by its own failures, which do not count against the account', async () => {
    const [from, username] = [anAddress(), await aUser()];
    const device = await aKnownDevice(username);
    await failures(5, username, { from, device });
    const answer = solved(await login(username, PASSWORD, { from, device }));
    expect((await login(username, PASSWORD, { from: anAddress() })).status).toBe(200);
    expect((await login(username, PASSWORD, { from, device, answer })).status).toBe(200);
  });

  it('knows no device of another user, and none that was made up', async () => {
    const username = await aUser();
    const [stranger, forger] = [await aKnownDevice(await aUser()), new Device(app)];
    forger.cookies.set('device_id', '0b0e8f0e-0000-4000-8000-000000000000');
    for (let n = 0; n < 5; n++) await failures(1, username, { from: anAddress(), device: n % 2 ? stranger : forger });
    for (const device of [stranger, forger]) solved(await login(username, WRONG, { from: anAddress(), device }));
  });

  it('locks no one out: an answer earns the attempt', async () => {
    const [from, username] = [anAddress(), await aUser()];
    for (let n = 0; n < 20; n++) await login(username, WRONG, { from: anAddress() });
    const answer = solved(await login(username, PASSWORD, { from }));
    expect((await login(username, PASSWORD, { from, answer })).status).toBe(200);
  });
});

describe('a success', () => {
  it('forgets the failures of that account from that address, and no others', async () => {
    const [from, username, own] = [anAddress(), await aUser(), await aUser()];
    await failures(3, username, { from });
    expect((await login(username, PASSWORD, { from })).status).toBe(200);
    await failures(4, username, { from });
    // An attacker cannot reset the count of their address by an account of their own.
    expect((await login(own, PASSWORD, { from })).status).toBe(200);
    await failures(1, username, { from });
    solved(await login(username, PASSWORD, { from }));
  });
});

describe('configured otherwise', () => {
  it('believes X-Forwarded-For of trusted proxies only', async () => {
    const exposed = await TestApp.start({ ...BEHIND_PROXY, TRUSTED_PROXIES: '' }, app);
    for (let n = 0; n < 5; n++) await failures(1, `exposed${n}`, { from: anAddress(), on: exposed });
    solved(await login('exposed', WRONG, { from: anAddress(), on: exposed }));
    await exposed.stop();
    // A client that writes the header itself is known by what the proxy added.
    const client = anAddress();
    for (let n = 0; n < 5; n++) await failures(1, `spoofed${n}`, { from: `${anAddress()}, ${client}` });
    solved(await login('spoofed', WRONG, { from: client }));
  });

  it('keeps 403 where credentials fail with 400, and takes another limit and window', async () => {
    const limits = { LOGIN_FAILURES_BEFORE_CHALLENGE: '2', LOGIN_FAILURE_WINDOW_MINUTES: '1' };
    const on = await TestApp.start({ ...BEHIND_PROXY, ...limits, CREDENTIAL_FAILURE_STATUS: '400' }, app);
    const way = { from: anAddress(), on };
    for (let n = 0; n < 2; n++) expect((await login('nobody', WRONG, way)).status).toBe(400);
    solved(await login('nobody', WRONG, way));
    on.clock.advance(61);
    expect((await login('nobody', WRONG, way)).status).toBe(400);
    await on.stop();
  });

  it('lets browsers of allowed origins send the answer', async () => {
    const preflight = await app.nest.inject({
      method: 'OPTIONS',
      url: '/api/auth/login',
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-captcha-answer',
      },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('x-captcha-answer');
  });
});

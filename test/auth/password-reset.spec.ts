import { as, signedIn } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { startWithMailbox } from '../support/app-with-mailbox.js';
import { aMember, Device, liveSessions, PASSWORD } from '../support/device.js';
import { aUser } from '../support/factories.js';
import { type Mailbox, tokenIn } from '../support/mailbox.js';
import { waitFor } from '../support/wait-for.js';

const NEXT = 'another fine phrase';
let app: TestApp;
let mailbox: Mailbox;

beforeAll(async () => {
  ({ app, mailbox } = await startWithMailbox());
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

const forgot = (email: string) => as(app).post('/api/auth/password/forgot', { email });
const resend = (email: string) => as(app).post('/api/auth/verify-email/resend/', { email });
const reset = (token: string, new_password = NEXT) => as(app).post('/api/auth/password/reset', { token, new_password });
const verify = (token: string) => as(app).post('/api/auth/verify-email', { token });
const login = (username: string, password: string) => new Device(app).login(username, password);
/** All requests for mails are worked on. */
const settled = () =>
  waitFor(async () => {
    const waiting = sql`SELECT FROM pgboss.job WHERE name NOT LIKE '\\_\\_%' AND state < 'completed'`;
    return (await app.rows(waiting)).length === 0;
  });
const resetMails = (username: string, count = 1) => mailbox.to(`${username}@mail.test`, count, 'Choose a new password');

describe('a forgotten password', () => {
  it('is replaced by the link of the mail, once, and every session ends', async () => {
    const id = await aMember(app, 'forgetful');
    const device = new Device(app);
    await device.login('forgetful');
    const asked = await forgot('Forgetful@MAIL.test');
    expect(asked.status).toBe(202);
    const [mail] = await resetMails('forgetful');
    expect(mail?.text).toContain('http://localhost:5173/reset-password?token=');
    const token = tokenIn(mail!);
    expect((await reset(token, 'forgetful')).body).toMatchObject({ status: 422, errors: [{ field: 'new_password' }] });
    const done = await reset(token);
    expect([done.status, done.body]).toEqual([200, { detail: 'Password changed; sign in with it' }]);
    expect((await device.get('/api/auth/users/me')).status).toBe(401);
    expect((await device.refresh()).status).toBe(401);
    expect(await liveSessions(app, id)).toEqual([]);
    expect((await login('forgetful', PASSWORD)).status).toBe(401);
    expect((await login('forgetful', NEXT)).status).toBe(200);
    expect((await reset(token, 'yet another phrase')).body).toMatchObject({ status: 400, code: 'invalid_reset_token' });
    expect(await mailbox.to('forgetful@mail.test', 1, 'Your password was changed')).toHaveLength(1);
    const trail = await app.rows(sql`SELECT action, actor_name AS by, request_id AS request FROM audit_trail
      WHERE (entity_type = 'password_reset' OR action = 'user.password_reset')
        AND request_id IN (${asked.headers['x-request-id']}, ${done.headers['x-request-id']}) ORDER BY id`);
    expect(trail).toEqual([
      { action: 'password_reset.created', by: 'visitor', request: asked.headers['x-request-id'] },
      { action: 'password_reset.used', by: 'forgetful', request: done.headers['x-request-id'] },
      { action: 'user.password_reset', by: 'forgetful', request: done.headers['x-request-id'] },
    ]);
  });

  it('is replaced by one of five who come at once', async () => {
    await aMember(app, 'five');
    await forgot('five@mail.test');
    const [mail] = await resetMails('five');
    const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => reset(tokenIn(mail!), `${NEXT} ${n}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  it('is replaced within an hour only', async () => {
    await aMember(app, 'late');
    await forgot('late@mail.test');
    const [mail] = await resetMails('late');
    app.clock.advance(60 * 60 + 1);
    expect((await reset(tokenIn(mail!))).body.code).toBe('invalid_reset_token');
    app.clock.reset();
    expect((await reset(tokenIn(mail!))).status).toBe(200);
  });

  it('makes no token of another kind good', async () => {
    await as(app).post('/api/auth/register', { username: 'kinds', email: 'kinds@mail.test', password: PASSWORD });
    const [first] = await mailbox.to('kinds@mail.test');
    await forgot('kinds@mail.test');
    const [second] = await resetMails('kinds');
    expect((await reset(tokenIn(first!))).status).toBe(400);
    expect((await verify(tokenIn(second!))).status).toBe(400);
    for (const bad of ['x', 'A'.repeat(43)]) expect((await reset(bad)).body.code).toBe('invalid_reset_token');
  });

  it('proves an address that was never verified, and ends what others may have begun', async () => {
    await as(app).post('/api/auth/register', { username: 'proved', email: 'proved@mail.test', password: PASSWORD });
    const [first] = await mailbox.to('proved@mail.test');
    await forgot('proved@mail.test');
    const [second] = await resetMails('proved');
    expect((await reset(tokenIn(second!))).status).toBe(200);
    expect((await login('proved', NEXT)).status).toBe(200);
    expect((await verify(tokenIn(first!))).body.code).toBe('invalid_verification_token');
  });

  it('sends nothing to strangers and to who is disabled, and answers them alike', async () => {
    const { id } = await aUser(app, 'developer', { username: 'disabled' });
    await app.rows(sql`UPDATE users SET is_active = false, email = 'disabled@stranger.test' WHERE id = ${id}`);
    await aMember(app, 'known');
    const bodies = new Set<string>();
    for (const email of ['disabled@stranger.test', 'nobody@stranger.test', 'known@mail.test']) {
      const { status, text } = await forgot(email);
      expect(status).toBe(202);
      bodies.add(text);
    }
    expect(bodies.size).toBe(1);
    await settled();
    expect(await resetMails('known')).toHaveLength(1);
    expect(mailbox.received.filter(({ to }) => to.endsWith('@stranger.test'))).toEqual([]);
    expect((await forgot('nowhere')).status).toBe(422);
  });

  it('does not work for a user who was disabled since', async () => {
    const id = await aMember(app, 'gone');
    await forgot('gone@mail.test');
    const [mail] = await resetMails('gone');
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${id}`);
    expect((await reset(tokenIn(mail!))).body.code).toBe('invalid_reset_token');
  });

  it('ends with a password that is changed, and so does a change of address under way', async () => {
    await aMember(app, 'changer');
    const device = new Device(app);
    await device.login('changer');
    const token = `Bearer ${device.access}`;
    await as(app).patch('/api/auth/users/me', { email: 'thief@mail.test' }, { Authorization: token });
    await forgot('changer@mail.test');
    const [mail] = await resetMails('changer');
    const [theft] = await mailbox.to('thief@mail.test');
    const body = { old_password: PASSWORD, new_password: NEXT };
    expect((await device.post('/api/auth/password/change', body)).status).toBe(200);
    expect((await reset(tokenIn(mail!))).status).toBe(400);
    expect((await verify(tokenIn(theft!))).status).toBe(400);
  });

  it('fills no mailbox: one mail in five minutes', async () => {
    await aMember(app, 'flooded');
    for (let n = 0; n < 5; n++) await forgot('flooded@mail.test');
    await settled();
    expect(await resetMails('flooded')).toHaveLength(1);
    app.clock.advance(5 * 60 + 1);
    await forgot('flooded@mail.test');
    const [first, second] = await resetMails('flooded', 2);
    expect((await reset(tokenIn(first!))).status).toBe(400);
    expect((await reset(tokenIn(second!))).status).toBe(200);
  });
});

describe('another verification mail', () => {
  it('comes at once after the sign-up, then once in five minutes, and replaces the one before', async () => {
    await as(app).post('/api/auth/register', { username: 'again', email: 'Again@mail.test', password: PASSWORD });
    // Mails on their way at once may overtake each other.
    expect(await mailbox.to('Again@mail.test')).toHaveLength(1);
    for (let n = 0; n < 4; n++) expect((await resend('aGAIN@mail.test')).status).toBe(202);
    await settled();
    const mails = await mailbox.to('Again@mail.test', 2);
    expect(mails).toHaveLength(2);
    const [first, second] = mails.map(tokenIn) as [string, string];
    expect((await verify(first)).status).toBe(400);
    expect((await verify(second)).status).toBe(200);
    expect(await app.rows(sql`SELECT email FROM users WHERE username = 'again'`)).toEqual([
      { email: 'Again@mail.test' },
    ]);
    app.clock.advance(5 * 60 + 1);
    await resend('again@mail.test');
    await settled();
    expect(await mailbox.to('Again@mail.test', 2)).toHaveLength(2);
  });

  it('comes for a new address, too', async () => {
    const user = await signedIn(app, await aUser(app, 'developer'));
    await as(user).patch('/api/auth/users/me', { email: 'moving@mail.test' });
    // A mail whose token is replaced before it is written is left out.
    await mailbox.to('moving@mail.test', 1, 'Verify your new e-mail address');
    await resend('moving@mail.test');
    const [, second] = await mailbox.to('moving@mail.test', 2, 'Verify your new e-mail address');
    expect((await verify(tokenIn(second!))).status).toBe(200);
    expect((await as(user).get('/api/auth/users/me')).body.email).toBe('moving@mail.test');
  });
});

describe('an address of which only the case is another', () => {
  it('is verified like a new one, and one that is sent back as it was read is no change', async () => {
    const user = await signedIn(app, await aUser(app, 'developer'));
    const read = async () => (await as(user).get('/api/auth/users/me')).body as { email: string };
    const { email } = await read();
    expect((await as(user).patch('/api/auth/users/me', { email })).body.verification_token).toBeUndefined();
    const other = email.replace('developer', 'Developer');
    expect((await as(user).patch('/api/auth/users/me', { email: other })).status).toBe(200);
    expect((await read()).email).toBe(email);
    const [mail] = await mailbox.to(other, 1, 'Verify your new e-mail address');
    expect((await verify(tokenIn(mail!))).status).toBe(200);
    expect((await read()).email).toBe(other);
  });
});

describe('a new address that is asked for again and again', () => {
  it('gets one mail in five minutes', async () => {
    const [one, other] = [
      await signedIn(app, await aUser(app, 'manager')),
      await signedIn(app, await aUser(app, 'auditor')),
    ];
    const ask = async (who: typeof one, email = 'victim@mail.test') =>
      (await as(who).patch('/api/auth/users/me', { email })).body.verification_token as string;
    const first = await ask(one);
    await mailbox.to('victim@mail.test');
    expect(await ask(one)).toBe(first);
    expect(await ask(other)).not.toBe(first);
    await ask(one, 'elsewhere@mail.test');
    const last = await ask(one);
    expect(last).not.toBe(first);
    await settled();
    expect(await mailbox.to('victim@mail.test')).toHaveLength(1);
    expect((await verify(last)).status).toBe(200);
  });

  it('is stored as it was spelled last', async () => {
    const user = await signedIn(app, await aUser(app, 'developer'));
    const spell = (email: string) => as(user).patch('/api/auth/users/me', { email });
    await spell('SPELLED@mail.test');
    const [mail, ...others] = await mailbox.to('SPELLED@mail.test', 1, 'Verify your new e-mail address');
    await spell('Spelled@mail.test');
    await settled();
    expect((await verify(tokenIn(mail!))).status).toBe(200);
    expect([(await as(user).get('/api/auth/users/me')).body.email, others]).toEqual(['Spelled@mail.test', []]);
  });
});

describe('whether an address is known', () => {
  it.each([
    ['forgot', '/api/auth/password/forgot', 'password-reset-requests'],
    ['resend', '/api/auth/verify-email/resend/', 'verification-requests'],
  ])('is found out for %s by a job alone: the request itself writes nothing else', async (_name, path, job) => {
    const idle = await TestApp.start(mailbox.env);
    await aUser(idle, 'developer', { username: 'idle' });
    const rows = async () =>
      idle.rows<{ name: string }>(sql`SELECT name FROM pgboss.job WHERE name NOT LIKE '\\_\\_%' ORDER BY created_on`);
    const answers = [];
    for (const email of ['idle@example.org', 'nobody@example.org']) {
      const { status, body } = await as(idle).post(path, { email });
      answers.push([status, body]);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(await rows()).toEqual([{ name: job }, { name: job }]);
    expect(await idle.rows(sql`SELECT FROM password_reset_tokens`)).toEqual([]);
    expect(await idle.rows(sql`SELECT FROM audit_trail`)).toEqual([]);
    await idle.stop();
  });
});

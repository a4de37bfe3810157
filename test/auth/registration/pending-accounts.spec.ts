import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { anActor, as } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { startWithMailbox } from '../../support/app-with-mailbox.js';
import { aMember, Device, PASSWORD } from '../../support/device.js';
import { aTask } from '../../support/factories.js';
import { type Mailbox, tokenIn } from '../../support/mailbox.js';
import { waitFor } from '../../support/wait-for.js';

const DAY = 86_400;
const THEIRS = 'the stranger knows it';
let app: TestApp;
let mailbox: Mailbox;

beforeAll(async () => {
  ({ app, mailbox } = await startWithMailbox());
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

const register = (username: string, email: string, more: object = {}, on = app) =>
  as(on).post('/api/auth/register', { username, email, password: PASSWORD, ...more });
const tokenOf = async (username: string, email: string, more: object = {}) => {
  const { status, body } = await register(username, email, more);
  expect([username, status]).toEqual([username, 201]);
  return body.verification_token as string;
};
const verify = (token: string, more: object = {}) => as(app).post('/api/auth/verify-email', { token, ...more });
const login = (username: string, password = PASSWORD) => new Device(app).login(username, password);
const usersWith = (email: string) =>
  app.rows<{ username: string; verified: boolean }>(
    sql`SELECT username, email_verified AS verified FROM users WHERE lower(email) = lower(${email}) ORDER BY id`,
  );
const settled = () =>
  waitFor(async () => {
    const waiting = sql`SELECT FROM pgboss.job WHERE name NOT LIKE '\\_\\_%' AND state < 'completed'`;
    return (await app.rows(waiting)).length === 0;
  });

describe('an address that a stranger signed up with', () => {
  it('is free for its owner, in any case, and each link activates the account that it was mailed for', async () => {
    const theirs = await tokenOf('mallory', 'Victim@mail.test', { password: THEIRS });
    const own = await tokenOf('victim', 'victim@MAIL.test');
    expect((await verify(own)).status).toBe(200);
    expect((await login('victim')).status).toBe(200);
    expect((await login('victim', THEIRS)).status).toBe(401);
    expect((await login('mallory', THEIRS)).body.code).toBe('email_not_verified');
    expect((await verify(theirs)).body).toMatchObject({ status: 400, code: 'email_taken' });
    expect(await usersWith('victim@mail.test')).toEqual([
      { username: 'mallory', verified: false },
      { username: 'victim', verified: true },
    ]);
  });

  it('is taken once it is verified', async () => {
    await aMember(app, 'settled');
    expect((await register('settled2', 'SETTLED@mail.test')).body.detail).toBe('Email already registered');
    expect((await register('Settled', 'other@mail.test')).body.detail).toBe('Username already registered');
  });

  it('has a mail for each account, which names it', async () => {
    await tokenOf('mallory2', 'two@mail.test');
    await tokenOf('owner2', 'two@mail.test');
    const mails = await mailbox.to('two@mail.test', 2);
    const own = mails.find(({ text }) => text.includes('Hello owner2,'));
    expect(own?.text).toContain('Its username is owner2.');
    expect(own?.text).toContain('Use the link only if you chose this username yourself');
    expect((await verify(tokenIn(own!))).status).toBe(200);
    expect((await login('owner2')).status).toBe(200);
  });

  it('is verified by one of six links that are followed at once', async () => {
    const tokens: string[] = [];
    for (let n = 0; n < 6; n++) tokens.push(await tokenOf(`race${n}`, n % 2 ? 'race@mail.test' : 'RACE@mail.test'));
    const answers = await Promise.all(tokens.map((token) => verify(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
    expect((await usersWith('race@mail.test')).filter(({ verified }) => verified)).toHaveLength(1);
  });

  it('can become the address of an existing account', async () => {
    await tokenOf('mallory3', 'wanted@mail.test');
    const developer = await anActor(app, 'developer');
    const { status, body } = await as(developer).patch('/api/auth/users/me', { email: 'wanted@mail.test' });
    expect(status).toBe(200);
    expect((await verify(body.verification_token as string)).status).toBe(200);
    expect((await as(developer).get('/api/auth/users/me')).body.email).toBe('wanted@mail.test');
  });

  it('lets its owner choose the password, by the link or by a forgotten one', async () => {
    const token = await tokenOf('mallory4', 'chosen@mail.test', { password: THEIRS });
    expect((await verify(token, { password: 'mallory4' })).body.errors).toMatchObject([{ field: 'password' }]);
    expect((await verify(token, { password: 'what the owner likes' })).status).toBe(200);
    expect((await login('mallory4', THEIRS)).status).toBe(401);
    expect((await login('mallory4', 'what the owner likes')).status).toBe(200);

    await tokenOf('mallory5', 'forgot@mail.test', { password: THEIRS });
    await as(app).post('/api/auth/password/forgot', { email: 'forgot@mail.test' });
    const [mail] = await mailbox.to('forgot@mail.test', 1, 'Choose a new password');
    const body = { token: tokenIn(mail!), new_password: 'what the owner likes' };
    expect((await as(app).post('/api/auth/password/reset', body)).status).toBe(200);
    expect((await login('mallory5', THEIRS)).status).toBe(401);
  });

  it('is mailed a link for each sign-up that waits, when it asks again', async () => {
    const [first, second] = [await tokenOf('again1', 'again@mail.test'), await tokenOf('again2', 'again@mail.test')];
    await mailbox.to('again@mail.test', 2);
    await as(app).post('/api/auth/verify-email/resend', { email: 'AGAIN@mail.test' });
    const mails = await mailbox.to('again@mail.test', 4);
    for (const superseded of [first, second]) expect((await verify(superseded)).status).toBe(400);
    const own = mails.slice(2).find(({ text }) => text.includes('Hello again1,'));
    expect((await verify(tokenIn(own!))).status).toBe(200);
  });

  it('opens nothing to a forgotten password once another account has verified it', async () => {
    const own = await tokenOf('late1', 'late@mail.test');
    await tokenOf('late2', 'late@mail.test');
    await as(app).post('/api/auth/password/forgot', { email: 'late@mail.test' });
    const [mail] = await mailbox.to('late@mail.test', 1, 'Choose a new password');
    expect((await verify(own)).status).toBe(200);
    const body = { token: tokenIn(mail!), new_password: 'another fine phrase' };
    const answer = await as(app).post('/api/auth/password/reset', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'email_taken']);
  });
});

describe('a name of an unverified sign-up', () => {
  it('is free a minute later, however often strangers ask for it', async () => {
    await tokenOf('Squat', 'squat0@mail.test');
    expect((await register('sQUAT', 'squat1@mail.test')).body.code).toBe('username_taken');
    app.clock.advance(61);
    for (let n = 2; n < 5; n++) await tokenOf('squat', `squat${n}@mail.test`);
    expect((await login('squat')).body.code).toBe('email_not_verified');
  });

  it.each([
    ['plain', 'PLAIN'],
    ['στοάς', 'ΣΤΟΆΣ'],
    ['gasse.ß', 'GASSE.SS'],
  ])('belongs to the first of %s and %s who verifies an address', async (name, other) => {
    const first = await tokenOf(name, `${name.length}a@name.test`);
    app.clock.advance(61);
    const second = await tokenOf(other, `${name.length}b@name.test`, { password: THEIRS });
    const answers = await Promise.all([verify(first), verify(second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const lost = answers.find(({ status }) => status === 400);
    expect(lost?.body.code).toBe('username_taken');
    const own = answers[0]?.status === 200 ? [name, PASSWORD] : [other, THEIRS];
    expect((await login(own[0] as string, own[1])).status).toBe(200);
    app.clock.reset();
    await app.rows(sql`UPDATE users SET username = 'old-' || id, email = 'old-' || id WHERE email LIKE '%@name.test'`);
  });

  it('is signed in with by the account that is verified, no matter which signed up later', async () => {
    await aMember(app, 'steady');
    await app.rows(sql`INSERT INTO users (username, email, hashed_password, pending)
      VALUES ('Steady', 'x@steady.test', '!', true)`);
    expect((await login('steady')).status).toBe(200);
  });
});

describe('a sign-up that is never verified', () => {
  const run = () => app.nest.get(JobQueue).runNow('clean-up-pending-accounts');
  /** Runs until an account is gone: a run that the clock began makes others stand back. */
  const runUntilGone = (email: string) =>
    waitFor(async () => {
      await run();
      return (await usersWith(email)).length === 0;
    });
  const trail = (username: string) =>
    app.rows(sql`SELECT action, actor_name AS by, reason FROM audit_trail
      WHERE entity_type = 'user' AND entity_name = ${username} ORDER BY id`);

  it('is deleted after seven days, with its tokens, and the trail says so', async () => {
    await settled();
    await run();
    await tokenOf('gone', 'gone@mail.test');
    await as(app).post('/api/auth/password/forgot', { email: 'gone@mail.test' });
    await mailbox.to('gone@mail.test', 1, 'Choose a new password');
    await aMember(app, 'stays');
    app.clock.advance(7 * DAY - 60);
    await run();
    expect(await usersWith('gone@mail.test')).toHaveLength(1);
    app.clock.advance(120);
    await runUntilGone('gone@mail.test');
    expect(await usersWith('stays@mail.test')).toHaveLength(1);
    const reason = 'The address was not verified within 7 days';
    expect(await trail('gone')).toEqual([
      { action: 'user.registered', by: 'gone', reason: null },
      { action: 'user.deleted', by: 'clean-up', reason },
    ]);
    await waitFor(async () => (await run()) === 0);
  });

  it('stays where records refer to it, and keeps no other from being deleted', async () => {
    await tokenOf('busy', 'busy@mail.test');
    await tokenOf('idle', 'idle@mail.test');
    const [user] = await app.rows<{ id: number }>(sql`SELECT id FROM users WHERE username = 'busy'`);
    await aTask(app, user!.id);
    app.clock.advance(8 * DAY);
    await runUntilGone('idle@mail.test');
    expect(await usersWith('busy@mail.test')).toHaveLength(1);
  });

  it('is what only a sign-up is: an account that was imported stays, with its name', async () => {
    await app.rows(sql`INSERT INTO users (username, email, hashed_password, created_at)
      VALUES ('imported', 'imported@mail.test', '!', now() - interval '1 year')`);
    await run();
    expect(await usersWith('imported@mail.test')).toHaveLength(1);
    expect((await register('Imported', 'else@mail.test')).body.code).toBe('username_taken');
    expect((await register('else', 'IMPORTED@mail.test')).body.code).toBe('email_taken');
  });
});

describe('configured otherwise', () => {
  it('SIGN_UP_PASSWORD=confirmation has the password chosen at the link, by the owner of the address', async () => {
    const strict = await TestApp.start({ ...mailbox.env, SIGN_UP_PASSWORD: 'confirmation' }, app);
    const given = await register('strict', 'strict@mail.test', {}, strict);
    expect([given.status, given.body.errors[0].field]).toEqual([422, 'password']);
    const { status, body } = await register('strict', 'strict@mail.test', { password: undefined }, strict);
    expect(status).toBe(201);
    const { verification_token: token } = body as { verification_token: string };
    for (const guess of ['!', PASSWORD]) expect((await new Device(strict).login('strict', guess)).status).toBe(401);
    const without = await as(strict).post('/api/auth/verify-email', { token });
    expect([without.status, without.body.errors]).toMatchObject([
      422,
      [{ field: 'password', code: 'password_required' }],
    ]);
    for (const password of ['short', 'strict', 'password1', null, 'x'.repeat(101)])
      expect((await as(strict).post('/api/auth/verify-email', { token, password })).status).toBe(422);
    expect((await as(strict).post('/api/auth/verify-email', { token, password: PASSWORD })).status).toBe(200);
    expect((await as(strict).post('/api/auth/verify-email', { token, password: THEIRS })).status).toBe(400);
    expect((await new Device(strict).login('strict', PASSWORD)).status).toBe(200);
    await strict.stop();
  });

  it('needs a password at sign-up otherwise', async () => {
    const { status, body } = await register('without', 'without@mail.test', { password: undefined });
    expect([status, body.errors]).toMatchObject([422, [{ field: 'password' }]]);
  });

  it('CONFIRM_SIGN_UP_TIMEZONE=true uses the zone of a sign-up once a manager has confirmed it', async () => {
    const strict = await TestApp.start({ CONFIRM_SIGN_UP_TIMEZONE: 'true' }, app);
    const manager = await anActor(strict, 'manager');
    const { body } = await register('traveller', 'traveller@mail.test', { timezone: 'Pacific/Auckland' }, strict);
    const requests = async () =>
      ((await as(manager).get('/api/auth/users/timezone-requests')).body as { username: string }[]).filter(
        ({ username }) => username === 'traveller',
      );
    expect(await requests()).toEqual([]);
    await as(strict).post('/api/auth/verify-email', { token: body.verification_token });
    const device = new Device(strict);
    await device.login('traveller');
    expect((await device.get('/api/auth/users/me')).body.timezone).toBe('Asia/Kolkata');
    expect((await device.get('/api/auth/users/timezone-requests')).status).toBe(403);
    const [wanted] = (await requests()) as unknown as { id: number }[];
    expect(wanted).toMatchObject({ timezone: 'Asia/Kolkata', requested_timezone: 'Pacific/Auckland' });
    const confirm = { timezone: 'Pacific/Auckland', reason: 'Works in Auckland' };
    expect((await as(manager).patch(`/api/auth/users/${wanted?.id}`, confirm)).status).toBe(200);
    expect((await device.get('/api/auth/users/me')).body.timezone).toBe('Pacific/Auckland');
    expect(await requests()).toEqual([]);
    await strict.stop();
  });
});

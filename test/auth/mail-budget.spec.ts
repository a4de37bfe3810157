import { JobQueue } from '../../src/infrastructure/jobs/job-queue.service.js';
import { RateBudgets } from '../../src/infrastructure/rate-limiting/rate-budgets.js';
import { as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aMember, Device, PASSWORD } from '../support/device.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { waitFor } from '../support/wait-for.js';

const LIMITED = {
  RATE_LIMIT_ENABLED: 'true',
  RATE_LIMIT_PUBLIC_PER_MINUTE: '100000',
  TRUSTED_PROXIES: '127.0.0.1,::1',
};

let app: TestApp;
let mailbox: Mailbox;
let sites = 0;

beforeAll(async () => {
  mailbox = await Mailbox.open();
});
afterAll(() => mailbox.close());

async function started(budgets: string): Promise<void> {
  app = await TestApp.start({ ...mailbox.env, ...LIMITED, BUDGETS: budgets });
  await app.nest.get(JobQueue).start();
}

/** An address in an unused network. */
const elsewhere = () => `198.18.${++sites}.1`;
const post = (path: string, body: object, from = elsewhere()) =>
  as(app).post(`/api/auth/${path}`, body, { 'X-Forwarded-For': from });
const signUp = (username: string, email: string, from?: string) =>
  post('register', { username, email, password: PASSWORD }, from);
const settled = () =>
  waitFor(async () => {
    const waiting = sql`SELECT FROM pgboss.job WHERE name NOT LIKE '\\_\\_%' AND state < 'completed'`;
    return (await app.rows(waiting)).length === 0;
  });
const subjects = async (address: string, part: string) => {
  await settled();
  return mailbox.received.filter(({ to, subject }) => to === address && subject.includes(part));
};
const refusals = async (scope: string) => {
  const { text } = await as(app).get('/metrics');
  const line = new RegExp(`^ctms_budget_refused_total\\{resource="mails_to_mailbox",scope="${scope}"\\} (\\d+)$`, 'm');
  return Number(line.exec(text)?.[1] ?? 0);
};

describe('mails to one mailbox', () => {
  beforeAll(() => started('mails_from_network.share=8'));
  afterEach(() => app.clock.reset());
  afterAll(() => app.stop());

  it('are six of sign-ups, which all get the usual answer, and asking for another one works', async () => {
    const email = 'flooded@mail.test';
    const refused = await refusals('share');
    for (let n = 0; n < 9; n++) expect((await signUp(`flood${n}x`, email)).status).toBe(201);
    expect(await subjects(email, 'Verify')).toHaveLength(6);
    expect(await refusals('share')).toBe(refused + 3);
    expect((await post('verify-email/resend', { email })).status).toBe(202);
    const mails = await subjects(email, 'Verify');
    expect(mails.length).toBeGreaterThan(6);
    expect((await post('verify-email', { token: tokenIn(mails.at(-1)!) })).status).toBe(200);
  });

  it('are six for forgotten passwords, and the last link works however often more are asked for', async () => {
    await aMember(app, 'forgetful');
    for (let n = 0; n < 9; n++) {
      expect((await post('password/forgot', { email: 'forgetful@mail.test' })).status).toBe(202);
      await settled();
      app.clock.advance(301);
    }
    const mails = await subjects('forgetful@mail.test', 'Choose a new password');
    expect(mails).toHaveLength(6);
    const chosen = { token: tokenIn(mails.at(-1)!), new_password: 'a much better phrase' };
    expect((await post('password/reset', chosen)).status).toBe(200);
  });

  it('are six of each notice, so that a flood of one hides no other', async () => {
    await aMember(app, 'noticed');
    for (let n = 0; n < 9; n++) expect((await new Device(app, `agent/${n}`).login('noticed')).status).toBe(200);
    expect(await subjects('noticed@mail.test', 'A new device has signed in')).toHaveLength(6);
    const device = new Device(app);
    await device.login('noticed');
    const change = { old_password: PASSWORD, new_password: 'another fine phrase' };
    expect((await device.post('/api/auth/password/change', change)).status).toBe(200);
    expect(await subjects('noticed@mail.test', 'Your password was changed')).toHaveLength(1);
  });
});

describe('requests for mails from one network', () => {
  beforeAll(() => started('mails_from_network.share=8'));
  afterAll(() => app.stop());

  it('are refused beyond its share, whether the address is known or not, and others are not', async () => {
    const site = ++sites;
    const from = (n: number) => `198.18.${site}.${n}`;
    await aMember(app, 'known');
    for (let n = 0; n < 8; n++) expect((await signUp(`member${n}x`, `member${n}@mail.test`, from(n))).status).toBe(201);
    const refused = [
      await signUp('member9x', 'member9@mail.test', from(9)),
      await post('password/forgot', { email: 'known@mail.test' }, from(10)),
      await post('password/forgot', { email: 'unknown@mail.test' }, from(11)),
      await post('verify-email/resend', { email: 'member0@mail.test' }, from(12)),
      await post('verify-email/resend', { email: 'unknown@mail.test' }, from(13)),
    ];
    for (const { status, body, headers } of refused) {
      expect([status, body.code]).toEqual([429, 'too_many_requests']);
      expect(body.detail).toMatch(/^Too many requests for mails: 8 are allowed; try again in \d+ s$/);
      expect(Number(headers['retry-after'])).toBeGreaterThan(3000);
    }
    expect((await post('password/forgot', { email: 'known@mail.test' })).status).toBe(202);
    expect(await subjects('known@mail.test', 'Choose a new password')).toHaveLength(1);
  });
});

describe('new addresses of one user', () => {
  beforeAll(() => started('mails_from_network.share=8'));
  afterAll(() => app.stop());

  it('are refused beyond the share of the network, and what is no change is not counted', async () => {
    const userId = await aMember(app, 'mover');
    const device = new Device(app);
    device.headers = { 'X-Forwarded-For': elsewhere() };
    await device.login('mover');
    const move = (email: string) => device.patch('/api/auth/users/me', { email });
    expect((await move('mover@mail.test')).status).toBe(200);
    for (let n = 0; n < 8; n++) expect((await move(`stranger${n}@mail.test`)).status).toBe(200);
    const refused = await move('stranger9@mail.test');
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect((await move('mover@mail.test')).status).toBe(200);
    const tokens = sql`SELECT email FROM email_verification_tokens WHERE user_id = ${userId} AND used_at IS NULL`;
    expect(await app.rows(tokens)).toEqual([{ email: 'stranger7@mail.test' }]);
  });
});

describe('mails of one process', () => {
  beforeAll(() => started('mails_to_mailbox.process=2'));
  afterAll(() => app.stop());

  it('wait where it has sent as many as it may', async () => {
    for (let n = 0; n < 3; n++) await signUp(`waiting${n}x`, `waiting${n}@mail.test`);
    const states = () =>
      app.rows<{ state: string }>(sql`SELECT state::text FROM pgboss.job WHERE name = 'mail' ORDER BY state`);
    const found = async () => (await states()).map(({ state }) => state).join();
    // A mail that waits for its first turn has the same state as one that was put off.
    await waitFor(async () => (await refusals('process')) === 1 && (await found()) === 'completed,completed,created');
    const sent = () => mailbox.received.filter(({ to }) => to.startsWith('waiting')).length;
    expect(sent()).toBe(2);
    // More often than a mail is retried that cannot be sent.
    const itsTurn = sql`UPDATE pgboss.job SET retry_limit = 1, start_after = now()
      WHERE name = 'mail' AND state < 'completed' AND start_after > now() + interval '5 minutes' RETURNING id`;
    for (let n = 2; n <= 4; n++) {
      expect(await app.rows(itsTurn)).toHaveLength(1);
      await waitFor(async () => (await refusals('process')) === n && (await found()).endsWith('created'));
    }
    expect((await as(app).get('/metrics')).text).not.toContain('ctms_job_runs_total{job="mail",outcome="failed"}');
    // As an hour later.
    app.nest.get(RateBudgets)['processWindows'].clear();
    await app.rows(itsTurn);
    await settled();
    expect(sent()).toBe(3);
  });
});

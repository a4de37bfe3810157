import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { renderEmail } from '../../../src/infrastructure/mail/email-template.js';
import { ConsoleMailer } from '../../../src/infrastructure/mail/console-mailer.js';
import { loadConfig } from '../../../src/core/config/load-config.js';
import { as } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { Device, PASSWORD } from '../../support/device.js';
import { Mailbox, tokenIn } from '../../support/mailbox.js';
import { waitFor } from '../../support/wait-for.js';

let app: TestApp;
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await Mailbox.open();
  const env = {
    EMAIL_FROM: 'CTMS <ctms@trial.test>',
    FRONTEND_URL: 'https://app.trial.test/',
    // An attempt may take half of it, a connection a quarter: a pause of this process, in which the mailbox runs too, is no failure.
    JOB_TIMEOUT_SECONDS: '20',
  };
  app = await TestApp.start({ ...mailbox.env, ...env });
  await app.nest.get(JobQueue).start();
});
afterAll(async () => {
  await app.stop();
  await waitFor(() => mailbox.connections === 0);
  expect(mailbox.connections).toBe(0);
  await mailbox.close();
});

const register = (username: string) =>
  as(app).post('/api/auth/register', { username, email: `${username}@mail.test`, password: PASSWORD });
/** The jobs of mails to a new user, and none of the waiting between the tries. */
const hurry = () => app.rows(sql`UPDATE pgboss.job SET start_after = now() WHERE name = 'mail' AND state = 'retry'`);
const states = async () =>
  (await app.rows<{ state: string }>(sql`SELECT state::text FROM pgboss.job WHERE name = 'mail' ORDER BY created_on`))
    .map(({ state }) => state)
    .at(-1);
/** Verification mails that had an outcome so far, by the metrics. */
const counted = async (outcome: string) => {
  const line = new RegExp(`^ctms_mails_total\\{kind="verification",outcome="${outcome}"\\} (\\d+)`, 'm');
  return Number(line.exec((await as(app).get('/metrics')).text)?.[1] ?? 0);
};

describe('mail', () => {
  it('contains the token of a sign-up, in text and HTML, with a working link', async () => {
    const { body } = await register('asha');
    const [mail] = await mailbox.to('asha@mail.test');
    expect(mail).toMatchObject({
      from: 'CTMS <ctms@trial.test>',
      subject: 'Verify your e-mail address',
      messageId: expect.stringMatching(/^<[\da-f-]{36}@trial\.test>$/) as string,
    });
    const { text, html, raw } = mail!;
    expect(tokenIn(mail!)).toBe(body.verification_token);
    expect(text).toContain(`https://app.trial.test/verify-email?token=${body.verification_token}\n`);
    expect(html).toContain(`<a href="https://app.trial.test/verify-email?token=${body.verification_token}">`);
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(html).toContain('<title>Verify your e-mail address</title>');
    expect(html).not.toMatch(/<img|<table|<script/);
    expect(raw).toContain('Auto-Submitted: auto-generated');
    expect((await new Device(app).login('asha')).status).toBe(403);
    expect((await as(app).post('/api/auth/verify-email', { token: tokenIn(mail!) })).status).toBe(200);
    expect((await new Device(app).login('asha')).status).toBe(200);
  });

  it('escapes names', async () => {
    await register('hostile');
    const [first] = await mailbox.to('hostile@mail.test');
    const name = `<img src=x onerror="alert('1')">&amp;`;
    await app.rows(sql`UPDATE users SET username = ${name} WHERE username = 'hostile'`);
    await as(app).post('/api/auth/verify-email/resend', { email: 'hostile@mail.test' });
    const [, second] = await mailbox.to('hostile@mail.test', 2);
    expect(second?.html).toContain('Hello &lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;,');
    expect(second?.html).not.toContain('<img');
    expect(second?.text).toContain(`Hello ${name},`);
    expect((await as(app).post('/api/auth/verify-email', { token: tokenIn(first!) })).status).toBe(400);
    expect((await as(app).post('/api/auth/verify-email', { token: tokenIn(second!) })).status).toBe(200);
  });

  it('is not sent for a rolled-back sign-up', async () => {
    await register('taken');
    await mailbox.to('taken@mail.test');
    const count = async () => (await app.rows(sql`SELECT FROM pgboss.job WHERE name = 'mail'`)).length;
    const before = await count();
    const answers = await Promise.all([register('twin'), register('Twin'), register('TWIN')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
    expect(await count()).toBe(before + 1);
    await waitFor(() => mailbox.received.some(({ to }) => to.toLowerCase() === 'twin@mail.test'));
  });

  it('is retried after a transient rejection, under the same Message-ID, without storing the reply of the server', async () => {
    const failed = await counted('failed');
    mailbox.troubles.push(451, 451);
    const { body } = await register('patient');
    await waitFor(async () => (await hurry(), mailbox.received.some(({ to }) => to === 'patient@mail.test')));
    const mails = await mailbox.to('patient@mail.test');
    expect(mails).toHaveLength(1);
    expect(mailbox.tried.filter((id) => id === mails[0]?.messageId)).toHaveLength(3);
    const kept = await app.rows<{ text: string }>(sql`SELECT j::text AS text FROM pgboss.job j`);
    const everywhere = `${kept.map(({ text }) => text).join()}${app.log.join()}`;
    expect(everywhere).toContain('The mail was not sent: ');
    expect(everywhere).not.toContain(body.verification_token);
    expect(await counted('failed')).toBe(failed + 2);
  });

  it('waits longer before each retry, for some hours in total', async () => {
    await register('plain');
    await mailbox.to('plain@mail.test');
    const [job] = await app.rows(sql`SELECT retry_limit, retry_delay, retry_backoff FROM pgboss.job
    WHERE name = 'mail' LIMIT 1`);
    expect(job).toEqual({ retry_limit: 10, retry_delay: 15, retry_backoff: true });
  });

  it('is given up when the address does not exist', async () => {
    mailbox.unknown.add('moved@mail.test');
    const [before, refused] = [mailbox.tried.length, await counted('refused')];
    await register('moved');
    await waitFor(async () => (await states()) === 'completed' && (await counted('refused')) > refused);
    expect([await states(), await counted('refused')]).toEqual(['completed', refused + 1]);
    expect(mailbox.tried).toHaveLength(before);
    expect(app.log.join()).toContain('A mail was refused for good');
  });

  it('times out on a silent server', async () => {
    mailbox.troubles.push('silence');
    await register('quiet');
    await waitFor(async () => (await states()) === 'retry', 40_000);
    expect([mailbox.stalled, await states()]).toEqual([1, 'retry']);
    await waitFor(async () => (await hurry(), mailbox.received.some(({ to }) => to === 'quiet@mail.test')));
    expect(await mailbox.to('quiet@mail.test')).toHaveLength(1);
  });

  it('is not sent once its token was used', async () => {
    const obsolete = await counted('obsolete');
    mailbox.troubles.push(451);
    const { body } = await register('quick');
    await waitFor(async () => (await states()) === 'retry');
    await as(app).post('/api/auth/verify-email', { token: body.verification_token });
    await waitFor(async () => (await hurry(), (await states()) === 'completed'));
    expect(await counted('obsolete')).toBe(obsolete + 1);
    expect(mailbox.received.filter(({ to }) => to === 'quick@mail.test')).toEqual([]);
  });

  it('accepts a token that was issued before tokens were derived', async () => {
    await register('early');
    await mailbox.to('early@mail.test');
    await app.rows(sql`UPDATE email_verification_tokens SET token_salt = NULL,
    token_hash = encode(sha256('an-old-random-token'), 'hex') WHERE email = 'early@mail.test'`);
    expect((await as(app).post('/api/auth/verify-email', { token: 'an-old-random-token' })).status).toBe(200);
  });

  describe('on the console', () => {
    const letter = {
      ...{ to: 'asha@mail.test', name: 'asha', subject: 'Choose a new password', paragraphs: ['Somebody asked.'] },
      link: { label: 'Choose', path: '/reset-password', token: 'secret-token' },
    };
    const printed = async (env: Record<string, string>) => {
      const config = loadConfig({ SECRET_KEY: 'b8Xv2Qm5Zr9Kt4Wn7Lp1Hd6Fs3Gj0Yc8Ae5Ru2', ...env });
      const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
      await new ConsoleMailer(config).send({ id: '1', ...renderEmail(letter, config) });
      const text = write.mock.calls.join();
      write.mockRestore();
      return text;
    };

    it('is printed', async () => {
      const text = await printed({});
      expect(text).toContain('--- mail to asha@mail.test: Choose a new password\nHello asha,');
      expect(text).toContain('http://localhost:5173/reset-password?token=secret-token\n');
    });

    it('has masked links in production', async () => {
      const text = await printed({ ENVIRONMENT: 'production', DATABASE_URL: 'postgres://u:p@db/ctms' });
      expect(text).toContain('/reset-password?token=***\n');
      expect(text).not.toContain('secret-token');
    });
  });
});

import { PasswordHasher } from '../../../src/auth/passwords/password-hasher.service.js';
import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { PURGE_JOB } from '../../../src/auth/login-protection/login-throttle.service.js';
import { sql, TestApp } from '../../support/app.js';
import { PASSWORD } from '../../support/device.js';
import { anAddress, BEHIND_PROXY, loginsTo, solved, WRONG } from '../../support/logins.js';

let app: TestApp;
const { login, aUser, failures } = loginsTo(() => app);

beforeAll(async () => {
  app = await TestApp.start(BEHIND_PROXY);
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

describe('the question', () => {
  it('is answered once', async () => {
    const [from, username] = [anAddress(), await aUser()];
    await failures(5, username, { from });
    const answer = solved(await login(username, WRONG, { from }));
    expect((await login(username, WRONG, { from, answer })).status).toBe(401);
    const next = solved(await login(username, PASSWORD, { from, answer }));
    expect(next).not.toBe(answer);
    app.clock.advance(1);
    expect((await login(username, PASSWORD, { from, answer: ` ${next} ` })).status).toBe(200);
  });

  it('stays the same until it is answered wrongly three times, which are no failed logins', async () => {
    const [from, username] = [anAddress(), await aUser()];
    await failures(5, username, { from });
    const first = (await login(username, PASSWORD, { from })).body.captcha as string;
    for (const answer of ['0', 'seven', ''])
      expect((await login(username, PASSWORD, { from, answer })).body.captcha).toBe(first);
    const next = await login(username, PASSWORD, { from, answer: '1' });
    const answer = solved(next);
    expect(next.body.captcha).not.toBe(first);
    const rows = await app.rows(sql`SELECT count(*)::int AS count FROM login_failures WHERE network = ${from}`);
    expect(rows).toEqual([{ count: 5 }]);
    expect((await login(username, PASSWORD, { from, answer })).status).toBe(200);
  });

  it('expires after ten minutes', async () => {
    const [from, username] = [anAddress(), await aUser()];
    app.clock.hold();
    app.clock.set('2026-03-02T10:00:00Z');
    await failures(5, username, { from });
    const answer = solved(await login(username, PASSWORD, { from }));
    app.clock.set('2026-03-02T10:09:00Z');
    await app.rows(sql`UPDATE login_failures SET failed_at = '2026-03-02T10:09:00Z' WHERE network = ${from}`);
    app.clock.set('2026-03-02T10:10:01Z');
    expect(solved(await login(username, PASSWORD, { from, answer }))).not.toBe(answer);
  });

  it('cannot be used up or replaced by another client', async () => {
    const username = await aUser();
    for (let n = 0; n < 5; n++) await failures(1, username, { from: anAddress() });
    const [own, strange] = [anAddress(), anAddress()];
    const refused = await login(username, PASSWORD, { from: own });
    const answer = solved(refused);
    for (let n = 0; n < 4; n++) await login(username, WRONG, { from: strange, answer: '1' });
    // The stranger's own question may have the same answer, and a guess that it admits delays the next one.
    await login(username, WRONG, { from: strange, answer });
    app.clock.advance(60);
    expect((await login(username, PASSWORD, { from: own })).body.captcha).toBe(refused.body.captcha);
    expect((await login(username, PASSWORD, { from: own, answer })).status).toBe(200);
  });

  // After three wrong answers there is a third question, which may have the first one's answer by chance.
  it('admits one of four requests that bring the same answer at once', async () => {
    const [from, username] = [anAddress(), await aUser()];
    await failures(5, username, { from });
    const answer = solved(await login(username, PASSWORD, { from }));
    const answers = await Promise.all(Array.from({ length: 4 }, () => login(username, WRONG, { from, answer })));
    expect(answers.map(({ status }) => status).sort()).toEqual([401, 403, 403, 403]);
  });
});

describe('guesses made at once', () => {
  it('are distinguished from a right password five times at most', async () => {
    const [from, username] = [anAddress(), await aUser()];
    const answers = await Promise.all(Array.from({ length: 10 }, () => login(username, WRONG, { from })));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(5).fill(401), ...Array<number>(5).fill(403)]);
    const rows = await app.rows(sql`SELECT count(*)::int AS count FROM login_failures WHERE network = ${from}`);
    expect(rows).toEqual([{ count: 5 }]);
  });

  it('that come from many addresses are counted by the account as well', async () => {
    const username = await aUser();
    const answers = await Promise.all(Array.from({ length: 10 }, () => login(username, WRONG, { from: anAddress() })));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it('hide a right one that was under way when the fifth of them failed', async () => {
    const [from, username] = [anAddress(), await aUser()];
    const passwords = app.nest.get(PasswordHasher, { strict: false });
    const verify = passwords.verify.bind(passwords);
    let [enter, release] = [() => {}, () => {}];
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const spy = jest.spyOn(passwords, 'verify').mockImplementation(async (password, hash) => {
      if (password !== PASSWORD) return verify(password, hash);
      enter();
      await released;
      return verify(password, hash);
    });
    const right = login(username, PASSWORD, { from });
    await entered;
    await failures(5, username, { from });
    release();
    solved(await right);
    spy.mockRestore();
  });

  it('of the right password are ten times right', async () => {
    const [from, username] = [anAddress(), await aUser()];
    const answers = await Promise.all(Array.from({ length: 10 }, () => login(username, PASSWORD, { from })));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  });
});

describe('the audit trail', () => {
  const entries = (username: string) =>
    app.rows<{ action: string; changes: object }>(sql`SELECT t.action, t.changes FROM audit_trail t
      JOIN users u ON u.id = t.entity_id AND t.entity_type = 'user'
      WHERE u.username = ${username} AND t.action IN ('user.login_failed', 'user.login_challenged') ORDER BY t.id`);

  it('records a challenge once, for any number of further attempts', async () => {
    const [from, username] = [anAddress(), await aUser()];
    await failures(5, username, { from });
    for (let n = 0; n < 3; n++) {
      const answer = solved(await login(username, WRONG, { from }));
      await login(username, WRONG, { from, answer });
      app.clock.advance(60);
    }
    const found = await entries(username);
    expect(found.filter(({ action }) => action === 'user.login_failed')).toHaveLength(8);
    expect(found.filter(({ action }) => action === 'user.login_challenged')).toEqual([
      {
        action: 'user.login_challenged',
        changes: { username: [username, username], challenged: [null, 'address'] },
      },
    ]);
  });
});

describe('what is kept', () => {
  it('holds no name that was typed, and goes when it counts no more', async () => {
    const typed = 'my-secret-by-mistake';
    app.clock.set('2026-03-02T10:00:00Z');
    await failures(5, typed, { from: anAddress() });
    await login(typed, WRONG, { from: anAddress() });
    await app.flushed();
    for (const table of ['login_failures', 'login_questions', 'audit_trail', 'api_audit_logs']) {
      const rows = await app.rows<{ text: string }>(sql([`SELECT t::text AS text FROM ${table} t`]));
      expect(rows.map(({ text }) => text).join('\n')).not.toContain(typed);
    }
    const left = () =>
      app.rows(sql`SELECT (SELECT count(*)::int FROM login_failures) AS failures,
      (SELECT count(*)::int FROM login_questions) AS questions`);
    app.clock.set('2100-01-01T00:00:00Z');
    expect(await app.nest.get(JobQueue).runNow(PURGE_JOB)).toBeGreaterThan(0);
    expect(await left()).toEqual([{ failures: 0, questions: 0 }]);
  });
});

describe('several replicas, one after the other or at once', () => {
  it('know the failures and the question of each other', async () => {
    const [from, username] = [anAddress(), await aUser()];
    const other = await TestApp.start(BEHIND_PROXY, app);
    await failures(3, username, { from });
    await failures(2, username, { from, on: other });
    const answer = solved(await login(username, PASSWORD, { from }));
    expect(solved(await login(username, PASSWORD, { from, on: other }))).toBe(answer);
    await other.stop();
    const restarted = await TestApp.start(BEHIND_PROXY, app);
    expect(solved(await login(username, PASSWORD, { from, on: restarted }))).toBe(answer);
    // Wrong ones: a right one that is answered first ends the questions.
    const both = await Promise.all([app, restarted].map((on) => login(username, WRONG, { from, answer, on })));
    await restarted.stop();
    expect(both.map(({ status }) => status).sort()).toEqual([401, 403]);
  });
});

import { SecondFactorCipher } from '../../src/auth/second-factor/second-factor-cipher.service.js';
import { SecondFactorEnrolment } from '../../src/auth/second-factor-enrolment.service.js';
import { systemPrincipal } from '../../src/core/authorization/actor.js';
import { anActor, as } from '../support/actors.js';
import { sql, type TestApp } from '../support/app.js';
import { startWithMailbox } from '../support/app-with-mailbox.js';
import { Device, liveSessions, PASSWORD } from '../support/device.js';
import { WRONG } from '../support/logins.js';
import { type Mailbox, tokenIn } from '../support/mailbox.js';
import { aCautiousOwner, anOwner, SECOND_FACTOR, SecondFactorOf } from '../support/second-factor.js';

const CONFIRM = `${SECOND_FACTOR}/confirm`;
const CODES = `${SECOND_FACTOR}/recovery-codes`;
const ME = '/api/auth/users/me';
const DAY = 86_400;

let app: TestApp;
let mailbox: Mailbox;

beforeAll(async () => {
  ({ app, mailbox } = await startWithMailbox());
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status).sort();
const refused = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

describe('setting up a second factor', () => {
  it('needs the current password, and asks for nothing at a login before it is confirmed', async () => {
    const { device, username } = await anOwner(app);
    expect(refused(await device.post(SECOND_FACTOR, { current_password: WRONG }))).toEqual([403, 'wrong_password']);
    expect(refused(await device.post(CONFIRM, { code: '123456' }))).toEqual([409, 'second_factor_inactive']);
    const factor = await SecondFactorOf.begin(device);
    expect(factor.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(factor.uri).toBe(
      `otpauth://totp/CTMS:${username}?issuer=CTMS&secret=${factor.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect((await device.get(SECOND_FACTOR)).body).toMatchObject({ active: false, unconfirmed: true, required: false });
    expect((await new Device(app).login(username)).status).toBe(200);
  });

  it('is confirmed by a code, ends the other sessions and shows neither secret nor codes again', async () => {
    const { device, username, userId } = await anOwner(app);
    const other = new Device(app);
    await other.login(username);
    const factor = await SecondFactorOf.begin(device);
    expect(refused(await device.post(CONFIRM, { code: factor.wrongCode() }))).toEqual([403, 'wrong_code']);
    const codes = await factor.confirm();
    expect([new Set(codes).size, codes.every((code) => /^(?:[A-Z2-7]{6}-){3}[A-Z2-7]{6}$/.test(code))]).toEqual([
      10,
      true,
    ]);
    expect([(await other.get(ME)).status, (await device.get(ME)).status]).toEqual([401, 200]);
    expect(await liveSessions(app, userId)).toHaveLength(1);
    const { body } = await device.get(SECOND_FACTOR);
    expect(body).toEqual({
      active: true,
      since: expect.any(String) as string,
      unconfirmed: false,
      required: false,
      recovery_codes_left: 10,
    });
    expect(refused(await device.post(SECOND_FACTOR, { current_password: PASSWORD }))).toEqual([
      409,
      'second_factor_active',
    ]);
    expect(refused(await device.post(CONFIRM, { code: factor.code() }))).toEqual([409, 'second_factor_active']);
  });

  it('leaves nothing in the database from which codes could be made, and binds the secret to its user', async () => {
    const [one, other] = [await aCautiousOwner(app), await aCautiousOwner(app)];
    const [row] = await app.rows<{ stored: string }>(
      sql`SELECT second_factor_secret AS stored FROM users WHERE id = ${one.userId}`,
    );
    const { stored = '' } = row ?? {};
    expect(stored).toMatch(/^v1\.[\w-]{16}\.[\w-]{64}$/);
    const secrets = app.nest.get(SecondFactorCipher, { strict: false });
    expect(secrets.decrypt(one.userId, stored)).toBe(one.factor.secret);
    expect(secrets.decrypt(other.userId, stored)).toBeUndefined();
    const forged = `${stored.slice(0, -2)}${stored.endsWith('AA') ? 'BB' : 'AA'}`;
    expect(secrets.decrypt(one.userId, forged)).toBeUndefined();
    expect(secrets.decrypt(one.userId, 'v1.')).toBeUndefined();
    // Put into another row, it does not sign in.
    await app.rows(sql`UPDATE users SET second_factor_secret = ${stored} WHERE id = ${other.userId}`);
    const planted = await new Device(app).login(other.username, PASSWORD, one.factor.code());
    expect(refused(planted)).toEqual([401, 'wrong_second_factor']);
  });

  it('is in the audit trail, in words', async () => {
    const { device, factor, codes, userId } = await aCautiousOwner(app);
    await device.post(CODES, { current_password: PASSWORD, code: codes[0] });
    await device.delete(SECOND_FACTOR, { current_password: PASSWORD, code: factor.code() });
    const auditor = await anActor(app, 'auditor');
    const { body } = await as(auditor).get(`/api/audit/entries?entity_type=user&entity_id=${userId}&limit=20`);
    const sentences = (body as { action: string; sentence: string }[]).map(({ sentence }) => sentence);
    const words = [
      'began to set up a second factor',
      'switched on',
      '; 9 are left',
      'replaced the recovery codes',
      'off the',
    ];
    expect(words.filter((part) => !sentences.some((sentence) => sentence.includes(part)))).toEqual([]);
  });
});

describe('a login with a second factor', () => {
  it('needs the password and a code, on a known device as well', async () => {
    const { device, username, factor } = await aCautiousOwner(app);
    for (const known of [device, new Device(app)]) {
      expect(refused(await known.login(username))).toEqual([401, 'second_factor_required']);
      expect(refused(await known.login(username, WRONG, factor.code()))).toEqual([401, 'wrong_credentials']);
      expect(refused(await known.login(username, PASSWORD, factor.wrongCode()))).toEqual([401, 'wrong_second_factor']);
      const code = factor.code();
      const answer = await known.login(username, PASSWORD, ` ${code.slice(0, 3)} ${code.slice(3)} `);
      expect([answer.status, answer.body.token_type]).toEqual([200, 'bearer']);
      expect((await known.get(ME)).status).toBe(200);
      app.clock.advance(30);
    }
  });

  it('takes each code once, also of those that come at the same moment', async () => {
    const { username, factor } = await aCautiousOwner(app);
    const code = factor.code();
    const answers = await Promise.all(Array.from({ length: 8 }, () => new Device(app).login(username, PASSWORD, code)));
    expect(statuses(answers)).toEqual([200, ...Array.from({ length: 7 }, () => 401)]);
    expect((await new Device(app).login(username, PASSWORD, factor.code(-1))).body.code).toBe('wrong_second_factor');
    app.clock.advance(30);
    expect((await new Device(app).login(username, PASSWORD, factor.code())).status).toBe(200);
  });

  it('takes codes of the step before and after by the clock of the database, and no others', async () => {
    const { username, factor } = await aCautiousOwner(app);
    const step = Math.ceil(app.clock.now().getTime() / 30_000) * 30_000 + 300_000;
    for (const steps of [-2, 2]) {
      app.clock.set(new Date(step));
      const answer = await new Device(app).login(username, PASSWORD, factor.code(steps));
      expect([steps, ...refused(answer)]).toEqual([steps, 401, 'wrong_second_factor']);
    }
    for (const steps of [-1, 1]) {
      app.clock.set(new Date(step));
      expect((await new Device(app).login(username, PASSWORD, factor.code(steps))).status).toBe(200);
    }
  });

  it('takes each recovery code once in its place, also of those that come at the same moment', async () => {
    const { username, codes, email } = await aCautiousOwner(app);
    const typed = codes[0]?.toLowerCase().replaceAll('-', ' ') ?? '';
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => new Device(app).login(username, PASSWORD, typed)),
    );
    expect(statuses(answers)).toEqual([200, ...Array.from({ length: 5 }, () => 401)]);
    expect((await new Device(app).login(username, PASSWORD, codes[1])).status).toBe(200);
    await mailbox.to(email, 2, 'A recovery code of yours was used');
  });
});

describe('wrong codes on one account', () => {
  it('are judged 20 times a day, with a right or a changed password too; a recovery code still works', async () => {
    const { device, username, factor, codes, email } = await aCautiousOwner(app);
    const guesses: { status: number }[] = [];
    // No more at once than there are connections; the last round passes the limit.
    for (const atOnce of [8, 7, 10])
      guesses.push(
        ...(await Promise.all(
          Array.from({ length: atOnce }, () => new Device(app).login(username, PASSWORD, factor.wrongCode())),
        )),
      );
    expect(statuses(guesses)).toEqual([
      ...Array.from({ length: 20 }, () => 401),
      ...Array.from({ length: 5 }, () => 429),
    ]);
    await mailbox.to(email, 1, 'Many wrong codes were tried');
    const early = await new Device(app).login(username, PASSWORD, factor.code());
    expect(refused(early)).toEqual([429, 'second_factor_locked']);
    expect(Number(early.headers['retry-after'])).toBeGreaterThan(DAY - 600);
    const proof = { current_password: PASSWORD, code: factor.code() };
    expect(refused(await device.delete(SECOND_FACTOR, proof))).toEqual([429, 'second_factor_locked']);
    await device.post('/api/auth/password/forgot', { email });
    const [mail] = await mailbox.to(email, 1, 'Choose a new password');
    const chosen = { token: mail && tokenIn(mail), new_password: 'a much better phrase' };
    expect((await device.post('/api/auth/password/reset', chosen)).status).toBe(200);
    const again = await new Device(app).login(username, chosen.new_password, factor.code());
    expect(refused(again)).toEqual([429, 'second_factor_locked']);
    expect((await new Device(app).login(username, chosen.new_password, codes[0])).status).toBe(200);
    expect((await new Device(app).login(username, chosen.new_password, factor.code())).status).toBe(200);
  });

  it('are judged again a day later', async () => {
    const { username, factor } = await aCautiousOwner(app);
    app.clock.hold();
    for (let n = 0; n < 20; n++) await new Device(app).login(username, PASSWORD, factor.wrongCode());
    app.clock.advance(DAY - 60);
    expect((await new Device(app).login(username, PASSWORD, factor.code())).status).toBe(429);
    app.clock.advance(120);
    expect((await new Device(app).login(username, PASSWORD, factor.code())).status).toBe(200);
  });
});

describe('a new password by a mailed link', () => {
  it('leaves the second factor as it is', async () => {
    const { device, username, email, factor } = await aCautiousOwner(app);
    await device.post('/api/auth/password/forgot', { email });
    const [mail] = await mailbox.to(email, 1, 'Choose a new password');
    const chosen = { token: mail && tokenIn(mail), new_password: 'a much better phrase' };
    expect((await device.post('/api/auth/password/reset', chosen)).status).toBe(200);
    expect(refused(await device.login(username, chosen.new_password))).toEqual([401, 'second_factor_required']);
    expect((await device.login(username, chosen.new_password, factor.code())).status).toBe(200);
  });
});

describe('taking a second factor away', () => {
  it('needs the password and a code', async () => {
    const { device, username, factor, email } = await aCautiousOwner(app);
    const attempt = (current_password: string, code: string) =>
      device.delete(SECOND_FACTOR, { current_password, code });
    expect(refused(await attempt(WRONG, factor.code()))).toEqual([403, 'wrong_password']);
    expect(refused(await attempt(PASSWORD, factor.wrongCode()))).toEqual([403, 'wrong_code']);
    const causes = sql`SELECT changes -> 'code' ->> 1 AS code FROM audit_trail
      WHERE action = 'user.login_failed' AND entity_name = ${username} ORDER BY id`;
    expect(await app.rows(causes)).toEqual([{ code: null }, { code: 'wrong_code' }]);
    expect((await attempt(PASSWORD, factor.code())).status).toBe(204);
    expect(
      await app.rows(sql`SELECT FROM recovery_codes c JOIN users u ON u.id = c.user_id
      WHERE username = ${username}`),
    ).toEqual([]);
    expect((await device.get(SECOND_FACTOR)).body).toMatchObject({ active: false, recovery_codes_left: 0 });
    expect((await new Device(app).login(username)).status).toBe(200);
    expect(refused(await attempt(PASSWORD, factor.code()))).toEqual([409, 'second_factor_inactive']);
    await mailbox.to(email, 1, 'A second factor was switched on');
    await mailbox.to(email, 1, 'Your second factor was switched off');
  });

  it('by an administrator of the installation ends all sessions, and is recorded and mailed', async () => {
    const { device, username, userId, email } = await aCautiousOwner(app);
    const enrolment = app.nest.get(SecondFactorEnrolment, { strict: false });
    const author = systemPrincipal('user:reset-second-factor', 'Lost telephone');
    await expect(enrolment.reset(author, 'nobody-of-that-name')).rejects.toThrow('No user is named');
    await expect(enrolment.reset(author, username.toUpperCase())).resolves.toEqual({ id: userId, username });
    await expect(enrolment.reset(author, username)).rejects.toThrow('has no second factor');
    expect((await device.get(ME)).status).toBe(401);
    expect((await device.login(username)).status).toBe(200);
    const entries = await app.rows(sql`SELECT actor_name, reason FROM audit_trail
      WHERE action = 'user.second_factor_reset' AND entity_id = ${userId}`);
    expect(entries).toEqual([{ actor_name: 'user:reset-second-factor', reason: 'Lost telephone' }]);
    await mailbox.to(email, 1, 'Your second factor was reset');
  });
});

describe('wrong codes of a second factor that was taken away', () => {
  it('do not keep the user from setting up another one', async () => {
    const { device, username, factor } = await aCautiousOwner(app);
    for (let n = 0; n < 20; n++) await device.login(username, PASSWORD, factor.wrongCode());
    expect(refused(await device.login(username, PASSWORD, factor.code()))).toEqual([429, 'second_factor_locked']);
    await app.nest.get(SecondFactorEnrolment, { strict: false }).reset(systemPrincipal('test'), username);
    expect((await device.login(username)).status).toBe(200);
    expect(await (await SecondFactorOf.begin(device)).confirm()).toHaveLength(10);
  });
});

describe('new recovery codes', () => {
  it('need password and code, and end the earlier ones', async () => {
    const { device, username, factor, codes } = await aCautiousOwner(app);
    const ask = (current_password: string, code: string) => device.post(CODES, { current_password, code });
    expect(refused(await ask(WRONG, factor.code()))).toEqual([403, 'wrong_password']);
    expect(refused(await ask(PASSWORD, factor.wrongCode()))).toEqual([403, 'wrong_code']);
    const { status, body } = await ask(PASSWORD, factor.code());
    const fresh = body.recovery_codes as string[];
    expect([status, fresh.length, fresh.some((code) => codes.includes(code))]).toEqual([200, 10, false]);
    expect((await new Device(app).login(username, PASSWORD, codes[0])).status).toBe(401);
    expect((await new Device(app).login(username, PASSWORD, fresh[0])).status).toBe(200);
  });
});

import { type Response } from 'supertest';
import { sql, type TestApp } from '../../support/app.js';
import { startWithMailbox } from '../../support/app-with-mailbox.js';
import { Device, PASSWORD, setCookies } from '../../support/device.js';
import { anAddress, BEHIND_PROXY, loginsTo, WRONG, type Way } from '../../support/logins.js';
import { type Mailbox } from '../../support/mailbox.js';

let app: TestApp;
let mailbox: Mailbox;
const { login, aUser, failures, aKnownDevice } = loginsTo(() => app);

beforeAll(async () => {
  ({ app, mailbox } = await startWithMailbox(BEHIND_PROXY));
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

/** The answer to the question of a refusal, if it asks one. */
function answerTo({ body }: Response): string | undefined {
  const [, a, b] = /^(\d) \+ (\d)$/.exec((body as { captcha?: string }).captcha ?? '') ?? [];
  return a === undefined ? undefined : String(Number(a) + Number(b));
}

/** A script that guesses, and solves every question that it is asked. @returns the statuses of its attempts */
async function guess(username: string, way: Way, password = WRONG): Promise<number[]> {
  const first = await login(username, password, way);
  const answer = answerTo(first);
  if (answer === undefined) return [first.status];
  return [first.status, (await login(username, password, { ...way, answer })).status];
}

const judged = (statuses: readonly number[]) => statuses.filter((status) => status === 401).length;
const retryAfter = ({ headers }: Response) => Number(headers['retry-after']);

/** Fails so often that the account is at the given count, however long that takes. */
async function exhaust(username: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    expect(judged(await guess(username, { from: anAddress() }))).toBe(1);
    app.clock.advance(61);
  }
}

describe('guesses on one account by a script that solves each question', () => {
  it('are judged a few times only, from one address', async () => {
    const [username, from, start] = [await aUser(), anAddress(), Date.now()];
    const statuses = [];
    for (let n = 0; n < 75; n++) statuses.push(...(await guess(username, { from })));
    const seconds = (Date.now() - start) / 1000;
    expect(judged(statuses)).toBeGreaterThanOrEqual(6);
    expect(judged(statuses)).toBeLessThanOrEqual(6 + Math.ceil(Math.log2(1 + seconds)));
    expect(new Set(statuses)).toEqual(new Set([401, 403]));
  }, 60_000);

  it('are judged a few times only, from 40 addresses at once', async () => {
    const [username, start] = [await aUser(), Date.now()];
    const addresses = Array.from({ length: 40 }, anAddress);
    const statuses = [];
    for (let round = 0; round < 3; round++)
      statuses.push(...(await Promise.all(addresses.map((from) => guess(username, { from })))).flat());
    const seconds = (Date.now() - start) / 1000;
    expect(judged(statuses)).toBeGreaterThanOrEqual(5);
    expect(judged(statuses)).toBeLessThanOrEqual(7 + Math.ceil(Math.log2(1 + seconds)));
  }, 60_000);

  it('are judged one at a time where 200 solved questions come at the same moment', async () => {
    const username = await aUser();
    await exhaust(username, 6);
    app.clock.advance(61);
    const ways = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const from = anAddress();
        return { from, answer: answerTo(await login(username, WRONG, { from })) };
      }),
    );
    const start = Date.now();
    const answers = await Promise.all(ways.map((way) => login(username, WRONG, way)));
    const seconds = (Date.now() - start) / 1000;
    const count = judged(answers.map(({ status }) => status));
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(1 + Math.log2(1 + seconds));
    // Perhaps shed by the load: 503.
    expect(answers.filter(({ status }) => ![401, 403, 429, 503].includes(status))).toEqual([]);
  }, 60_000);
});

describe('the pause between two guesses', () => {
  // As if no time passed between the requests.
  beforeEach(() => app.clock.hold());

  it('is 1, 2, 4 … 60 s, and an early attempt says how long it is', async () => {
    const username = await aUser();
    for (let n = 0; n < 5; n++) await failures(1, username, { from: anAddress() });
    for (const pause of [0, 1, 2, 4, 8, 16, 32, 60, 60]) {
      const from = anAddress();
      const early = await login(username, PASSWORD, { from });
      expect([early.status, early.body.code]).toEqual([403, 'challenge_required']);
      if (pause === 0) expect(early.headers['retry-after']).toBeUndefined();
      else expect(retryAfter(early)).toBe(pause);
      const answer = answerTo(early);
      if (pause > 1) {
        app.clock.advance(pause - 1);
        const refused = await login(username, PASSWORD, { from, answer });
        expect([refused.status, answerTo(refused)]).toEqual([403, answer]);
        app.clock.advance(1);
      } else app.clock.advance(pause);
      expect((await login(username, WRONG, { from, answer })).status).toBe(401);
    }
  });

  it('holds for one address also where nothing else is suspect any more', async () => {
    const [username, from] = [await aUser(), anAddress()];
    await exhaust(username, 7);
    for (let n = 0; n < 7; n++) {
      app.clock.advance(61);
      await guess(username, { from });
    }
    app.clock.advance(700);
    expect((await login(username, WRONG, { from })).status).toBe(401);
    const early = await login(username, PASSWORD, { from });
    expect([early.status, early.body.code, retryAfter(early)]).toEqual([429, 'login_too_soon', 60]);
  });

  it('is one for all the ways to write a name', async () => {
    const username = await aUser();
    const ways = [username, username.toUpperCase(), ` ${username}`, username.replaceAll('g', 'ｇ')];
    const statuses: number[] = [];
    for (let n = 0; n < 40; n++) statuses.push(...(await guess(ways[n % 4] as string, { from: anAddress() })));
    expect(judged(statuses)).toBeLessThanOrEqual(9);
  });

  it('does not keep out a user on another address, while one address alone guesses', async () => {
    const [username, from] = [await aUser(), anAddress()];
    for (let n = 0; n < 10; n++) await guess(username, { from });
    expect((await login(username, PASSWORD, { from: anAddress() })).status).toBe(200);
  });

  it('is there for one address that tries many accounts', async () => {
    const from = anAddress();
    const statuses: number[] = [];
    for (let n = 0; n < 60; n++) statuses.push(...(await guess(`sprayed${n}`, { from })));
    expect(judged(statuses)).toBeGreaterThanOrEqual(20);
    expect(judged(statuses)).toBeLessThanOrEqual(25);
  });
});

describe('an account with 100 wrong passwords within a day', () => {
  it('admits no unknown device, with the right password either; known ones go on, and a mailed link helps', async () => {
    const username = await aUser();
    const [known, signedOut] = [await aKnownDevice(username), await aKnownDevice(username)];
    await signedOut.post('/api/auth/logout');
    signedOut.access = '';
    expect(signedOut.cookies.has('device_id')).toBe(false);
    for (const name of [username, 'no-such-account']) await exhaust(name, 100);
    for (const name of [username, 'no-such-account']) {
      const refused = await login(name, PASSWORD, { from: anAddress() });
      expect([refused.status, refused.body.code]).toEqual([429, 'login_locked']);
      expect(retryAfter(refused)).toBeGreaterThan(80_000);
    }
    for (const device of [known, signedOut])
      expect((await login(username, PASSWORD, { from: anAddress(), device })).status).toBe(200);
    const [mail] = await mailbox.to(`${username}@mail.test`, 1, 'Many wrong passwords');
    const [, token] = /reset-password\?token=([\w-]+)/.exec(mail?.text ?? '') ?? [];
    const fresh = new Device(app);
    const chosen = { token, new_password: 'a much better phrase' };
    expect((await fresh.post('/api/auth/password/reset', chosen)).status).toBe(200);
    expect((await login(username, chosen.new_password, { from: anAddress() })).status).toBe(200);
    // The device of the link stays in, however the attack goes on.
    for (let n = 0; n < 40; n++) await guess(username, { from: anAddress() });
    expect((await login(username, chosen.new_password, { from: anAddress(), device: fresh })).status).toBe(200);
    expect(await mailbox.to(`${username}@mail.test`, 1, 'Many wrong passwords')).toHaveLength(1);
  }, 600_000);

  it('takes guesses again a day later', async () => {
    const username = await aUser();
    await exhaust(username, 100);
    app.clock.advance(86_400 - 120);
    expect((await login(username, PASSWORD, { from: anAddress() })).status).toBe(429);
    app.clock.advance(120);
    expect((await login(username, PASSWORD, { from: anAddress() })).status).toBe(200);
  }, 600_000);
});

describe('what is counted', () => {
  it('is no attempt that succeeds, or whose account may not sign in', async () => {
    const username = await aUser();
    await exhaust(username, 6);
    await app.rows(sql`UPDATE users SET is_active = false WHERE username = ${username}`);
    for (let n = 0; n < 3; n++) {
      const from = anAddress();
      const answer = answerTo(await login(username, PASSWORD, { from }));
      expect((await login(username, PASSWORD, { from, answer })).body.code).toBe('user_inactive');
    }
    const rows = await app.rows(sql`SELECT count(*)::int AS count FROM login_failures f
      WHERE account IN (SELECT account FROM login_failures GROUP BY account HAVING max(id) = (SELECT max(id) FROM login_failures))`);
    expect(rows).toEqual([{ count: 6 }]);
  });
});

describe('the cookie of a device', () => {
  const DEVICE = 'device_id';

  it('is ignored unless this installation signed it', async () => {
    const username = await aUser();
    const device = await aKnownDevice(username);
    const signed = decodeURIComponent(device.cookies.get(DEVICE) ?? '');
    const [id = '', signature = ''] = signed.split('.');
    const planted = [id, `${id}.`, `${id}.${signature.slice(1)}`, `0b0e8f0e-0000-4000-8000-000000000000.${signature}`];
    for (let n = 0; n < 5; n++) await failures(1, username, { from: anAddress() });
    for (const value of planted) {
      const forger = new Device(app);
      forger.cookies.set(DEVICE, encodeURIComponent(value));
      forger.cookies.set('known_device', encodeURIComponent(value));
      expect((await login(username, PASSWORD, { from: anAddress(), device: forger })).body.code).toBe(
        'challenge_required',
      );
    }
    expect((await login(username, PASSWORD, { from: anAddress(), device })).status).toBe(200);
  });

  it('that was planted is replaced by a fresh one at the login', async () => {
    const username = await aUser();
    const victim = new Device(app);
    victim.cookies.set(DEVICE, '0b0e8f0e-0000-4000-8000-000000000000');
    expect((await login(username, PASSWORD, { device: victim })).status).toBe(200);
    expect(victim.cookies.get(DEVICE)).not.toContain('0b0e8f0e');
    const sessions = await app.rows<{ device_id: string }>(sql`SELECT device_id FROM user_sessions s
      JOIN users u ON u.id = s.user_id WHERE username = ${username}`);
    expect(sessions.map(({ device_id }) => device_id)).not.toContain('0b0e8f0e-0000-4000-8000-000000000000');
  });

  it('of an earlier release is signed at the next refresh, and its session goes on', async () => {
    const username = await aUser();
    const device = await aKnownDevice(username);
    const id = device.cookies.get(DEVICE)?.split('.')[0] ?? '';
    device.cookies.set(DEVICE, id);
    const refreshed = await device.refresh();
    expect(refreshed.status).toBe(200);
    expect(setCookies(refreshed).join()).toContain(`${DEVICE}=${id}.`);
  });
});

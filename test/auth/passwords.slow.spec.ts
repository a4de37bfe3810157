import { createHash, pbkdf2Sync } from 'node:crypto';
import bcrypt from 'bcrypt';
import { anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aMember, Device, liveSessions, PASSWORD } from '../support/device.js';
import { aUser } from '../support/factories.js';
import { waitFor } from '../support/wait-for.js';

let app: TestApp;
/** Belongs to the names of one try: a slow spec may be tried again. */
let attempt = 0;

beforeEach(() => void attempt++);
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const named = (name: string) => `${name}-${attempt}`;
const login = (username: string, password = PASSWORD) => new Device(app).login(username, password);
const hashOf = async (id: number) =>
  (await app.rows<{ hash: string }>(sql`SELECT hashed_password AS hash FROM users WHERE id = ${id}`))[0]?.hash ?? '';

describe('the hash of a password', () => {
  const digest = createHash('sha256').update(PASSWORD).digest('hex');
  const salted = pbkdf2Sync(PASSWORD, 'pepperSalt', 1000, 32, 'sha256').toString('base64');
  const crypted = bcrypt.hashSync(PASSWORD, 4);
  it.each([
    ['$2b$', crypted],
    ['$2y$', crypted.replace('$2b$', '$2y$')],
    ['bcrypt$', `bcrypt$${crypted}`],
    ['bcrypt_sha256$ of another cost', `bcrypt_sha256$${bcrypt.hashSync(digest, 5)}`],
    ['pbkdf2_sha256$', `pbkdf2_sha256$1000$pepperSalt$${salted}`],
  ])('verifies and upgrades a %s hash, also with five logins at once', async (kind, hash) => {
    const { id, username } = await aUser(app, 'developer', {
      hash,
      username: named(`legacy-${kind.replace(/\W/g, '')}`),
    });
    expect((await login(username, 'wrong horse battery')).status).toBe(401);
    expect(await hashOf(id)).toBe(hash);
    const answers = await Promise.all(Array.from({ length: 5 }, () => login(username)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const upgraded = await hashOf(id);
    expect(upgraded).toMatch(/^bcrypt_sha256\$\$2b\$04\$/);
    expect((await login(username)).status).toBe(200);
    expect(await hashOf(id)).toBe(upgraded);
  });

  it.each(['!', '!unusable', '', '$2b$12$broken', 'pbkdf2_sha256$x$y', 'argon2$z'])(
    'rejects every password for the hash "%s"',
    async (hash) => {
      const { username } = await aUser(app, 'developer', {
        hash,
        username: named(`odd-${Buffer.from(hash).toString('hex')}`),
      });
      for (const password of [PASSWORD, hash || ' ']) expect((await login(username, password)).status).toBe(401);
    },
  );

  it('minds every byte of a long password', async () => {
    const long = `${'é'.repeat(40)}${'x'.repeat(50)}`;
    const name = named('long');
    await aMember(app, name, `${long}1`);
    expect((await login(name, `${long}2`)).status).toBe(401);
    expect((await login(name, long)).status).toBe(401);
    expect((await login(name, `${long}1`)).status).toBe(200);
  });
});

describe('password change', () => {
  it('needs the old password and ends the other sessions', async () => {
    const name = named('changer');
    const id = await aMember(app, name);
    const [here, there] = [new Device(app), new Device(app)];
    for (const device of [here, there]) await device.login(name);
    const change = (old_password: string, new_password: string) =>
      here.post('/api/auth/password/change', { old_password, new_password });
    expect((await change('wrong horse', 'another fine phrase')).status).toBe(403);
    expect((await change(PASSWORD, `${name}1`)).body).toMatchObject({
      status: 422,
      errors: [{ field: 'new_password' }],
    });
    expect(await liveSessions(app, id)).toHaveLength(2);
    expect((await change(PASSWORD, 'another fine phrase')).status).toBe(200);
    expect((await there.get('/api/auth/users/me')).status).toBe(401);
    expect((await there.refresh()).status).toBe(401);
    expect((await here.get('/api/auth/users/me')).status).toBe(200);
    expect((await login(name)).status).toBe(401);
    expect((await login(name, 'another fine phrase')).status).toBe(200);
  });

  it('is for those who are signed in', async () => {
    const body = { old_password: PASSWORD, new_password: 'another fine phrase' };
    expect((await as(app).post('/api/auth/password/change', body)).status).toBe(401);
    expect((await as(await anActor(app, 'auditor')).post('/api/auth/password/change', body)).status).toBe(403);
  });
});

describe('a failed login', () => {
  it('takes the same time for an unknown name, a wrong password and an account without one', async () => {
    const slow = await TestApp.start({ BCRYPT_COST: '10' }, app);
    const name = named('timed');
    await aMember(slow, name);
    const without = await aUser(slow, 'developer', { hash: '!' });
    const times = new Map(['nobody-here', name, without.username].map((username) => [username, [] as number[]]));
    // In turns: a busy moment of the machine slows all three alike.
    for (let n = 0; n < 11; n++)
      for (const [username, own] of times) {
        const start = performance.now();
        expect((await new Device(slow).login(username, 'wrong horse battery')).status).toBe(401);
        own.push(performance.now() - start);
      }
    const least = [...times.values()].map((own) => Math.min(...own));
    await slow.stop();
    expect(Math.max(...least) / Math.min(...least)).toBeLessThan(1.7);
  });
});

describe('a flood of log-ins', () => {
  it('is refused beyond a queue, while other requests are served', async () => {
    const slow = await TestApp.start({ BCRYPT_COST: '10' }, app);
    try {
      const name = named('flooded');
      await aMember(slow, name);
      const developer = await anActor(slow, 'developer');
      let open = 300;
      const logins = Array.from({ length: open }, () =>
        new Device(slow).login(name, 'wrong horse battery').finally(() => open--),
      );
      await Promise.race(logins);
      // Until the log-ins wait for their turn, one more request may be too much.
      const me = async () => (await as(developer).get('/api/auth/users/me')).status;
      await waitFor(async () => (await me()) === 200);
      for (let n = 0; n < 5; n++) expect(await me()).toBe(200);
      expect(open).toBeGreaterThan(0);
      const answers = await Promise.all(logins);
      const refused = answers.filter(({ status }) => status !== 401);
      // 200 may wait, for 30 s each: on a busy machine some of them for too long.
      expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(100);
      expect(refused.length).toBeGreaterThan(0);
      for (const { status, body, headers } of refused) {
        expect(['429 too_many_requests', '503 busy']).toContain(`${status} ${body.code}`);
        expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      }
    } finally {
      await slow.stop();
    }
  }, 120_000);
});

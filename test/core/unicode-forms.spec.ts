import { createHash } from 'node:crypto';
import bcrypt from 'bcrypt';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aUser } from '../support/factories.js';

const COMPOSED = 'Größe-München-2026'.normalize('NFC');
const DECOMPOSED = COMPOSED.normalize('NFD');
const CITY = { NFC: 'Zürich'.normalize('NFC'), NFD: 'Zürich'.normalize('NFD') };

describe('texts that look the same', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  const aTask = (title: string, description = '') =>
    as(manager).post('/api/tasks', {
      ...{ title, description, estimated_hours: '1.00', deadline: '2100-01-01T00:00:00Z', assigned_to: manager.id },
    });

  it('are one title, one description and one name of a tag, composed', async () => {
    const { body: task } = await aTask(`Visit ${CITY.NFD}`, `Site ${CITY.NFD}`);
    expect([task.title, task.description]).toEqual([`Visit ${CITY.NFC}`, `Site ${CITY.NFC}`]);
    const { body: tag } = await as(manager).post('/api/tags', { name: CITY.NFD });
    expect(tag.name).toBe(CITY.NFC);
    const twin = await as(manager).post('/api/tags', { name: CITY.NFC });
    expect([twin.status, twin.body.code]).toEqual([409, 'tag_exists']);
  });

  it.each(['NFC', 'NFD'] as const)('are found in either form: tasks and entries of the audit, by %s', async (form) => {
    const { body: task } = await aTask(`Audit of ${CITY.NFD} ${form}`);
    const q = encodeURIComponent(`${CITY[form]} ${form}`.toLowerCase());
    const tasks = await as(manager).get(`/api/tasks?q=${q}`);
    expect(tasks.body.map(({ id }: { id: number }) => id)).toEqual([task.id]);
    const entries = await as(auditor).get(`/api/audit/entries?q=${q}`);
    expect(entries.body.map(({ entity_id }: { entity_id: number }) => entity_id)).toEqual([task.id]);
  });

  it.each(['NFC', 'NFD'] as const)('are found in either form: users, by %s', async (form) => {
    const found = await aUser(app, 'developer', { username: `${CITY.NFC}-${form}` });
    await app.rows(sql`UPDATE users SET email = ${`${form}@example.org`} WHERE id = ${found.id}`);
    const q = encodeURIComponent(`${CITY[form]}-${form}`.toLowerCase());
    const { body } = await as(auditor).get(`/api/auth/users?q=${q}`);
    expect(body.map(({ id }: { id: number }) => id)).toEqual([found.id]);
  });

  it('are one address', async () => {
    const email = `büro@example.org`;
    const account = { username: 'buero', email: email.normalize('NFD'), password: 'a quiet harbour' };
    expect((await as(app).post('/api/auth/register', account)).status).toBe(201);
    const [stored] = await app.rows<{ email: string }>(sql`SELECT email FROM users WHERE username = 'buero'`);
    expect(stored?.email).toBe(email.normalize('NFC'));
  });
});

describe('a password', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ MAX_SESSIONS_PER_USER: '100' });
  });
  afterAll(() => app.stop());

  const login = async (username: string, password: string) =>
    (await as(app).post('/api/auth/login', { username, password })).status;

  it.each([
    ['composed', COMPOSED, DECOMPOSED],
    ['decomposed', DECOMPOSED, COMPOSED],
  ])('that was chosen %s signs in in either form, and no other does', async (_, chosen, typed) => {
    const username = `user${createHash('sha256').update(chosen).digest('hex').slice(0, 8)}`;
    const account = { username, email: `${username}@example.org`, password: chosen };
    const { status, body } = await as(app).post('/api/auth/register', account);
    expect(status).toBe(201);
    await as(app).post('/api/auth/verify-email', { token: body.verification_token });
    expect([await login(username, chosen), await login(username, typed)]).toEqual([200, 200]);
    expect(await login(username, chosen.replaceAll(/\p{M}/gu, '').replace('ß', 'ss'))).toBe(401);
  });

  it.each([
    ['composed', COMPOSED],
    ['decomposed', DECOMPOSED],
  ])('whose hash was made of it as it was typed, %s, goes on to sign in in either form', async (_, typed) => {
    const { id, username } = await aUser(app, 'developer');
    const digest = createHash('sha256').update(typed).digest('hex');
    for (const hash of [`bcrypt_sha256$${await bcrypt.hash(digest, 4)}`, await bcrypt.hash(typed, 4)]) {
      await app.rows(sql`UPDATE users SET hashed_password = ${hash} WHERE id = ${id}`);
      expect([await login(username, COMPOSED), await login(username, DECOMPOSED)]).toEqual([200, 200]);
    }
  });

  it('has its length counted composed, in which it is hashed', async () => {
    const password = 'öäüÖÄ'.normalize('NFD');
    const { status, body } = await as(app).post('/api/auth/register', {
      ...{ username: 'short', email: 'short@example.org', password },
    });
    expect([status, body.errors?.[0]?.message]).toEqual([422, 'password must have 8 to 100 characters']);
  });
});

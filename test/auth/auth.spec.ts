import { as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aMember, Device, PASSWORD, setCookies } from '../support/device.js';

const DAY = 86_400;
let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

const register = (username: string, more: object = {}) =>
  as(app).post('/api/auth/register', { username, email: `${username}@mail.test`, password: PASSWORD, ...more });
const verify = (token: unknown) => as(app).post('/api/auth/verify-email/', { token });
const login = (username: string, password = PASSWORD) => new Device(app).login(username, password);

describe('registration', () => {
  it('makes an unverified developer in Asia/Kolkata', async () => {
    const { status, body } = await register('asha');
    expect(status).toBe(201);
    expect(body).toEqual({
      message: 'User registered. Verify email to activate account.',
      verification_token: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
    const rows = await app.rows(sql`SELECT role, timezone, email_verified, is_active FROM users
      WHERE username = 'asha'`);
    expect(rows).toEqual([{ role: 'developer', timezone: 'Asia/Kolkata', email_verified: false, is_active: true }]);
  });

  it('refuses a name or address that is taken, in any case', async () => {
    const { body } = await register('Ümit', { email: 'umit@mail.test' });
    expect((await verify(body.verification_token)).status).toBe(200);
    const name = await register('üMIT', { email: 'other@mail.test' });
    expect([name.status, name.body.detail, name.body.code]).toEqual([
      400,
      'Username already registered',
      'username_taken',
    ]);
    const address = await register('umit2', { email: 'UMIT@Mail.TEST' });
    expect([address.status, address.body.detail]).toEqual([400, 'Email already registered']);
  });

  it.each([
    '1234567890',
    'password1',
    'iloveyou',
    'liam.brown',
    'short',
    'x'.repeat(101),
    '        ',
    'ctms2026!',
    '७३९१५२८४',
    '١٢٣٤٥٦٧٨',
  ])('refuses the password %s in words that help and do not repeat it', async (password) => {
    const { status, body, text } = await register('liam.brown', { password });
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'password']);
    expect(body.detail.length).toBeGreaterThan(20);
    expect(text.replaceAll('liam.brown@mail.test', '')).not.toContain(password);
  });

  it('names a missing password like any other missing field', async () => {
    const { status, body } = await as(app).post('/api/auth/register', { username: 'liam', email: 'liam@mail.test' });
    const errors = [{ field: 'password', code: 'required', message: 'password is required' }];
    expect([status, body.errors]).toEqual([422, errors]);
  });

  it.each(['aaaa bbbb', 'пароль-крепкий', 'x y'.repeat(33)])('takes the password "%s"', async (password) => {
    expect((await register(`taker${password.length}`, { password })).status).toBe(201);
  });

  it.each(['Asia/Kolkata', 'Asia/Calcutta', 'UTC', 'Europe/Berlin', 'America/New_York'])(
    'takes the zone %s',
    async (timezone) => {
      const username = timezone.replaceAll('/', '.');
      expect((await register(username, { timezone })).status).toBe(201);
      expect(await app.rows(sql`SELECT timezone FROM users WHERE username = ${username}`)).toEqual([{ timezone }]);
    },
  );

  it.each([
    ['timezone', 'Mars/Base'],
    ['timezone', '+05:30'],
    ['timezone', null],
    ['role', 'manager'],
    ['username', 'no'],
    ['username', 'a b c'],
    ['username', 'x'.repeat(151)],
    ['email', 'nowhere'],
    ['password', null],
    ['password', 12345678],
  ])('refuses %s = %s with 422', async (field, value) => {
    const { status, body } = await register('refused', { [field]: value });
    expect([status, body.errors?.[0]?.field]).toEqual([422, field]);
  });

  it('gives a name once, to one of six at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => register(n % 2 ? 'Rush' : 'rush', { email: `rush${n}@mail.test` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400]);
  });

  it.each([
    ['οδος', 'ΟΔΟΣ', 'οδοσ', 'Οδος'],
    ['i̇st', 'İst', 'İST'],
    ['straße', 'STRASSE', 'strasse', 'STRAẞE'],
    ['μαΐου', 'ΜΑΪ́ΟΥ'],
    ['Սևան', 'ՍԵՒԱՆ'],
    ['ŞÜkrü', 'şükrü'],
  ])('takes %s and %s for the same name, also at the same time', async (...names) => {
    for (const first of names) {
      const answers = await Promise.all(
        [first, ...names].map((name, n) => register(name, { email: `form${n}@mail.test` })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...names.map(() => 400)]);
      const late = await register(first, { email: 'late-form@mail.test' });
      expect([late.status, late.body.code]).toEqual([400, 'username_taken']);
      await app.rows(sql`UPDATE users SET username = 'old-' || id, email = 'old-' || id WHERE email LIKE 'form%'`);
    }
  });

  it('distinguishes names that differ by more than case', async () => {
    for (const [n, name] of ['ışıl', 'isil', 'resume', 'résumé', 'μια', 'μία'].entries())
      expect([name, (await register(name, { email: `apart${n}@mail.test` })).status]).toEqual([name, 201]);
  });

  it('verifies an address once, within a day', async () => {
    const { verification_token: token } = (await register('once')).body;
    expect((await login('once')).body).toMatchObject({ status: 403, detail: 'Email not verified' });
    const first = await verify(token);
    expect([first.status, first.body]).toEqual([200, { message: 'Email verified successfully' }]);
    for (const bad of [token, 'unknown']) {
      const again = await verify(bad);
      expect([again.status, again.body.detail]).toEqual([400, 'Invalid or expired verification token']);
    }
    const { verification_token: late } = (await register('late')).body;
    app.clock.advance(DAY + 60);
    expect((await verify(late)).body).toMatchObject({ status: 400, detail: 'Invalid or expired verification token' });
  });

  it('verifies only once when the token comes five times at once', async () => {
    const { verification_token: token } = (await register('five')).body;
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });
});

describe('login', () => {
  it('answers with an access token, cookies and a last_login', async () => {
    const id = await aMember(app, 'Login');
    const answer = await login(' lOGIN ');
    expect([answer.status, answer.body]).toEqual([200, { access: expect.any(String) as string, token_type: 'bearer' }]);
    const [refresh = '', device = ''] = setCookies(answer);
    expect(refresh).toMatch(/^refresh_token=\d+\.0\.[\w-]{43}; Max-Age=259200; Path=\/api\/auth; HttpOnly/);
    expect(device).toMatch(/^device_id=[\da-f-]{36}\.[^;]{40,80}; Max-Age=31536000; Path=\/api\/auth; HttpOnly/);
    for (const cookie of [refresh, device]) expect(cookie).toMatch(/; Secure; SameSite=Lax$/);
    const rows = await app.rows<{ recent: boolean }>(
      sql`SELECT last_login > now() - interval '1 minute' AS recent FROM users WHERE id = ${id}`,
    );
    expect(rows).toEqual([{ recent: true }]);
    const claims = JSON.parse(Buffer.from(answer.body.access.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ sub: String(id), sid: expect.any(Number) as number, type: 'access' });
    expect(claims.exp - claims.iat).toBe(1200);
  });

  it('answers alike to an unknown name and a wrong password', async () => {
    await aMember(app, 'alike');
    const bodies = [];
    for (const answer of [await login('nobody-here'), await login('alike', 'wrong horse battery')]) {
      const { request_id, ...body } = answer.body as Record<string, unknown>;
      expect(request_id).toBeTruthy();
      expect(setCookies(answer)).toEqual([]);
      bodies.push(body);
    }
    expect(bodies[0]).toMatchObject({ status: 401, detail: 'Incorrect username or password' });
    expect(bodies[1]).toEqual(bodies[0]);
  });

  it('discloses an inactive account only with its password', async () => {
    const id = await aMember(app, 'inactive');
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${id}`);
    expect((await login('inactive')).body).toMatchObject({ status: 403, detail: 'Inactive user' });
    expect((await login('inactive', 'wrong horse')).status).toBe(401);
  });
});

describe('configured otherwise', () => {
  it('discloses no token that travels by e-mail', async () => {
    const silent = await TestApp.start({ EXPOSE_VERIFICATION_TOKEN: 'false' }, app);
    const body = { username: 'silent', email: 'silent@mail.test', password: PASSWORD };
    expect((await as(silent).post('/api/auth/register', body)).body).toMatchObject({ verification_token: null });
    await silent.stop();
  });

  it('sends cookies without Secure in development', async () => {
    const dev = await TestApp.start({ ENVIRONMENT: 'development', DEMO_DATA: 'false' }, app);
    await aMember(dev, 'devcookie');
    const cookies = setCookies(await new Device(dev).login('devcookie'));
    await dev.stop();
    expect(cookies).toHaveLength(2);
    expect(cookies.join()).not.toContain('Secure');
  });

  it('SECURE_COOKIE_PREFIX=true names the cookies so, and takes those of before', async () => {
    await aMember(app, 'prefixed');
    const device = new Device(app);
    await device.login('prefixed');
    const strict = await TestApp.start({ SECURE_COOKIE_PREFIX: 'true' }, app);
    const later = new Device(strict);
    device.cookies.forEach((value, name) => later.cookies.set(name, value));
    const answer = await later.refresh();
    expect(answer.status).toBe(200);
    const [refresh = '', id = ''] = setCookies(answer).filter((cookie) => cookie.startsWith('__Secure-'));
    expect(refresh).toMatch(/^__Secure-refresh_token=\d+\.1\.[\w-]{43};.*Path=\/api\/auth; HttpOnly; Secure/);
    expect(id).toMatch(/^__Secure-device_id=/);
    expect([...later.cookies.keys()].sort()).toEqual(['__Secure-device_id', '__Secure-refresh_token']);
    expect((await later.post('/api/auth/refresh')).status).toBe(200);
    later.access = answer.body.access;
    expect((await later.post('/api/auth/logout')).status).toBe(200);
    expect([...later.cookies.keys()]).toEqual(['__Secure-known_device']);
    await strict.stop();
  });

  it('answers 400 to failed credentials where so configured, but 401 to a bad token', async () => {
    const lenient = await TestApp.start({ CREDENTIAL_FAILURE_STATUS: '400' }, app);
    const device = new Device(lenient);
    expect((await device.login('nobody-here')).body).toMatchObject({
      status: 400,
      detail: 'Incorrect username or password',
    });
    expect((await device.refresh()).status).toBe(400);
    expect((await device.refresh('1.0.' + 'A'.repeat(43))).status).toBe(400);
    const me = await device.get('/api/auth/users/me', 'garbage');
    expect([me.status, me.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
    await lenient.stop();
  });
});

import { sql, TestApp } from '../../support/app.js';
import { aMember, Device, liveSessions, setCookies } from '../../support/device.js';

const ME = '/api/auth/users/me';
let app: TestApp;
let names = 0;

beforeAll(async () => {
  app = await TestApp.start();
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

async function aDevice(of?: string, userAgent?: string): Promise<Device & { username: string; userId: number }> {
  const username = of ?? `sessions${++names}`;
  const userId = of ? 0 : await aMember(app, username);
  const device = new Device(app, userAgent);
  expect((await device.login(username)).status).toBe(200);
  return Object.assign(device, { username, userId });
}

const endings = (userId: number) =>
  app.rows<{ reason: string }>(
    sql`SELECT t.changes->'end_reason'->>1 AS reason FROM audit_trail t JOIN user_sessions s ON s.id = t.entity_id
      WHERE t.action = 'session.ended' AND s.user_id = ${userId} ORDER BY t.id`,
  );

describe('at most three sessions', () => {
  it('leaves exactly three after ten logins at once', async () => {
    const userId = await aMember(app, 'crowd');
    const answers = await Promise.all(Array.from({ length: 10 }, () => new Device(app).login('crowd')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await liveSessions(app, userId)).toHaveLength(3);
    expect(new Set(answers.map(({ body }) => body.access)).size).toBe(10);
  });

  it('ends the least recently used one, and answers its device with the reason', async () => {
    const first = await aDevice();
    app.clock.advance(10);
    const second = await aDevice(first.username);
    app.clock.advance(10);
    const third = await aDevice(first.username);
    app.clock.advance(10);
    expect((await first.get(ME)).status).toBe(200);
    app.clock.advance(10);
    await aDevice(first.username);
    expect((await Promise.all([first, second, third].map((d) => d.get(ME)))).map((a) => a.status)).toEqual([
      200, 401, 200,
    ]);
    expect((await second.get(ME)).body.code).toBe('session_replaced');
    expect((await second.refresh()).body).toMatchObject({ status: 401, code: 'session_replaced' });
    expect(await endings(first.userId)).toEqual([{ reason: 'session_replaced' }]);
  });

  it('replaces the session of a known device', async () => {
    const device = await aDevice();
    const [before, id] = [device.access, device.cookies.get('device_id')];
    for (let n = 0; n < 4; n++) await device.login(device.username);
    expect(device.cookies.get('device_id')).toBe(id);
    expect(await liveSessions(app, device.userId)).toHaveLength(1);
    expect((await device.get(ME, before)).status).toBe(401);
    device.cookies.set('device_id', "nonsense'--");
    expect((await device.login(device.username)).status).toBe(200);
    expect(await liveSessions(app, device.userId)).toHaveLength(2);
  });
});

describe('refresh', () => {
  it('rotates, and ends the session when an older generation comes back', async () => {
    const device = await aDevice();
    const first = device.cookies.get('refresh_token');
    const answer = await device.refresh();
    expect([answer.status, answer.body.token_type]).toEqual([200, 'bearer']);
    expect(answer.body.access).not.toBe(device.access);
    const successor = device.cookies.get('refresh_token') as string;
    expect(successor).not.toBe(first);
    // Two tabs: the token before is answered with the same successor.
    expect((await device.refresh(first)).status).toBe(200);
    expect(device.cookies.get('refresh_token')).toBe(successor);
    expect((await device.refresh()).status).toBe(200);
    const current = device.cookies.get('refresh_token');
    expect((await device.refresh(first)).body).toMatchObject({ status: 401, code: 'refresh_token_reused' });
    expect((await device.refresh(current)).status).toBe(401);
    expect((await device.get(ME)).status).toBe(401);
    expect(await endings(device.userId)).toEqual([{ reason: 'token_reused' }]);
  });

  it('revokes when the token before comes back after the grace', async () => {
    const device = await aDevice();
    const first = device.cookies.get('refresh_token');
    await device.refresh();
    app.clock.advance(11);
    expect((await device.refresh(first)).status).toBe(401);
    expect(await liveSessions(app, device.userId)).toEqual([]);
  });

  it('has one successor for ten at once, and revokes nothing', async () => {
    const device = await aDevice();
    const token = device.cookies.get('refresh_token');
    const tabs = Array.from({ length: 10 }, () => new Device(app));
    const answers = await Promise.all(tabs.map((tab) => tab.refresh(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(tabs.map((tab) => tab.cookies.get('refresh_token'))).size).toBe(1);
    expect((await device.get(ME, answers[7]?.body.access)).status).toBe(200);
    const rows = await app.rows(sql`SELECT generation FROM user_sessions WHERE user_id = ${device.userId}`);
    expect(rows).toEqual([{ generation: 1 }]);
    expect(await endings(device.userId)).toEqual([]);
  });

  it('is found among cookies of its name that other systems set for longer paths, which browsers send first', async () => {
    const device = await aDevice();
    const [own, id] = [device.cookies.get('refresh_token'), device.cookies.get('device_id')];
    const others = ['eyJhbGciOiJIUzI1NiJ9.e30.abc', `1.0.${'A'.repeat(43)}`, '%zz'];
    for (const other of others) {
      const cookie = `refresh_token=${other}; device_id=legacy; refresh_token=${own}; device_id=${id}`;
      const answer = await app.nest.inject({ method: 'POST', url: '/api/auth/refresh', headers: { cookie } });
      expect([other, answer.statusCode]).toEqual([other, 200]);
      app.clock.reset();
    }
  });

  it('is refused without, with a made-up, a forged future, an expired or an ended token', async () => {
    const device = await aDevice();
    const own = device.cookies.get('refresh_token') as string;
    const [id = '', , mac = ''] = own.split('.');
    for (const token of [
      undefined,
      '',
      'x',
      '1.0.',
      `${id}.1.${mac}`,
      `${id}.0.${'A'.repeat(43)}`,
      `2000000000.0.${mac}`,
    ]) {
      const answer = await new Device(app).refresh(token);
      expect([token, answer.status, answer.body.code]).toEqual([token, 401, 'invalid_refresh_token']);
    }
    expect(await liveSessions(app, device.userId)).toHaveLength(1);
    app.clock.advance(3 * 86_400 + 1);
    expect((await device.refresh(own)).status).toBe(401);
    app.clock.reset();
    await device.post('/api/auth/logout');
    expect((await device.refresh(own)).status).toBe(401);
  });
});

describe('the end of a session', () => {
  it('is immediate at logout, and the cookies go', async () => {
    const device = await aDevice();
    const other = await aDevice(device.username);
    const answer = await device.post('/api/auth/logout/');
    expect([answer.status, answer.body]).toEqual([200, { detail: 'Logged out successfully' }]);
    expect(setCookies(answer).join()).toMatch(/refresh_token=;.*Path=\/api\/auth.*device_id=;/);
    expect((await device.get(ME)).status).toBe(401);
    expect((await other.get(ME)).status).toBe(200);
    expect(await endings(device.userId)).toEqual([{ reason: 'logout' }]);
  });

  it('is no error when logout is clicked five times at once', async () => {
    const device = await aDevice();
    const answers = await Promise.all(Array.from({ length: 5 }, () => device.post('/api/auth/logout')));
    for (const { status } of answers) expect([200, 401]).toContain(status);
  });

  it('comes to all devices at logout-all', async () => {
    const device = await aDevice();
    const other = await aDevice(device.username);
    const answer = await device.post('/api/auth/logout-all');
    expect([answer.status, answer.body]).toEqual([200, { detail: 'Logged out from all devices' }]);
    for (const one of [device, other]) expect((await one.get(ME)).status).toBe(401);
    expect((await other.refresh()).status).toBe(401);
  });

  it("can be chosen from the list of one's own", async () => {
    const device = await aDevice();
    const other = await aDevice(device.username, 'curl/8.5.0');
    const stranger = await aDevice();
    const { body } = (await device.get('/api/auth/sessions')) as { body: { id: number; current: boolean }[] };
    expect(body).toHaveLength(2);
    expect(body).toContainEqual(expect.objectContaining({ device: 'Firefox on Linux', current: true }));
    const curl = body.find(({ current }) => !current) as { id: number };
    expect(curl).toMatchObject({ device: 'curl', user_agent: 'curl/8.5.0', ip_address: expect.any(String) as string });
    expect(Object.keys(curl).sort()).toEqual(
      ['created_at', 'current', 'device', 'id', 'ip_address', 'last_used_at', 'user_agent'].sort(),
    );
    expect((await stranger.delete(`/api/auth/sessions/${curl.id}`)).status).toBe(404);
    expect((await device.delete(`/api/auth/sessions/${curl.id}`)).status).toBe(204);
    expect((await device.delete(`/api/auth/sessions/${curl.id}`)).status).toBe(404);
    expect((await other.get(ME)).status).toBe(401);
  });
});

import { TestApp } from './support/app.js';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ PUBLIC_ORIGINS: 'https://ctms.example.org,http://10.0.0.7:8000' });
});
afterAll(() => app.stop());

const post = (headers: Record<string, string>, url = '/api/auth/refresh', on = app) =>
  on.nest.inject({ method: 'POST', url, headers });
const code = ({ body, statusCode }: { body: string; statusCode: number }) => [
  statusCode,
  (JSON.parse(body) as { code: string }).code,
];

describe('with PUBLIC_ORIGINS, a request under /api', () => {
  it.each(['ctms.example.org', 'ctms.example.org:443', 'CTMS.example.org', '10.0.0.7:8000'])(
    'is answered for the host %s',
    async (host) => {
      expect(code(await post({ host }))).toEqual([401, 'invalid_refresh_token']);
    },
  );

  it.each(['evil.example', 'ctms.example.org.evil.example', 'ctms.example.org:8443', '10.0.0.7', 'localhost:8000'])(
    'is refused for the host %s, whatever its origin is',
    async (host) => {
      expect(code(await post({ host }))).toEqual([421, 'host_not_allowed']);
      expect(code(await post({ host, origin: `http://${host}` }))).toEqual([421, 'host_not_allowed']);
    },
  );

  it('is foreign where its origin is another one, and own where it is configured', async () => {
    const host = 'ctms.example.org';
    expect(code(await post({ host, origin: 'http://ctms.example.org' }))).toEqual([403, 'origin_not_allowed']);
    expect(code(await post({ host, origin: 'https://ctms.example.org' }))).toEqual([401, 'invalid_refresh_token']);
  });

  it('is not judged by the X-Forwarded-Host of a client that is no trusted proxy', async () => {
    const forwarded = { 'x-forwarded-host': 'ctms.example.org', 'x-forwarded-proto': 'https' };
    expect(code(await post({ host: 'evil.example', ...forwarded }))).toEqual([421, 'host_not_allowed']);
    const behind = await TestApp.start(
      { PUBLIC_ORIGINS: 'https://ctms.example.org', TRUSTED_PROXIES: '127.0.0.1' },
      app,
    );
    expect(code(await post({ host: 'backend:8000', ...forwarded }, undefined, behind))).toEqual([
      401,
      'invalid_refresh_token',
    ]);
    await behind.stop();
  });

  it('is refused, while health is answered for any host', async () => {
    expect((await app.nest.inject({ url: '/health/live', headers: { host: '172.17.0.2:8000' } })).statusCode).toBe(200);
  });
});

import { TestApp } from '../support/app.js';

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
  it.each([
    'ctms.example.org',
    'ctms.example.org:443',
    'CTMS.example.org',
    'ctms.example.org.',
    'Ctms.example.org.:443',
    '10.0.0.7:8000',
  ])('is answered for the host %s', async (host) => {
    expect(code(await post({ host }))).toEqual([401, 'invalid_refresh_token']);
  });

  it.each(['evil.example', 'ctms.example.org.evil.example', 'ctms.example.org:8443', '10.0.0.7', 'localhost:8000'])(
    'is refused for the host %s with any origin',
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

  it.each([
    'https://ctms.example.org:443',
    'https://CTMS.example.org',
    'https://ctms.example.org.',
    'HTTPS://ctms.example.org',
  ])('is own where its origin is written as %s', async (origin) => {
    expect(code(await post({ host: 'ctms.example.org:443', origin }))).toEqual([401, 'invalid_refresh_token']);
  });

  it('is not judged by the X-Forwarded-Host of a client that is no trusted proxy', async () => {
    const forwarded = { 'x-forwarded-host': 'ctms.example.org', 'x-forwarded-proto': 'https' };
    expect(code(await post({ host: 'evil.example', ...forwarded }))).toEqual([421, 'host_not_allowed']);
    const proxied = await TestApp.start(
      { PUBLIC_ORIGINS: 'https://ctms.example.org', TRUSTED_PROXIES: '127.0.0.1' },
      app,
    );
    expect(code(await post({ host: 'backend:8000', ...forwarded }, undefined, proxied))).toEqual([
      401,
      'invalid_refresh_token',
    ]);
    await proxied.stop();
  });

  it('is refused, while health is answered for any host', async () => {
    expect((await app.nest.inject({ url: '/health/live', headers: { host: '172.17.0.2:8000' } })).statusCode).toBe(200);
  });
});

describe('without PUBLIC_ORIGINS, a request under /api', () => {
  let open: TestApp;

  beforeAll(async () => {
    open = await TestApp.start({ ALLOWED_ORIGINS: 'https://Prüfung.example:443' }, app);
  });
  afterAll(() => open.stop());

  it.each([
    ['ctms.example.org:443', 'https://ctms.example.org'],
    ['ctms.example.org', 'https://ctms.example.org'],
    ['CTMS.example.org.', 'https://ctms.example.org:443'],
    ['ctms.example.org:8443', 'https://ctms.example.org:8443'],
    ['xn--prfung-4ya.example', 'https://prüfung.example'],
    ['backend:8000', 'https://xn--prfung-4ya.example'],
  ])('to %s is own or allowed for a page of %s', async (host, origin) => {
    const { statusCode, headers } = await post(
      { host, origin: Buffer.from(origin).toString('latin1') },
      undefined,
      open,
    );
    expect([statusCode, headers['access-control-allow-credentials']]).toEqual([401, 'true']);
  });

  it.each([
    ['ctms.example.org', 'https://ctms.example.org:8443'],
    ['ctms.example.org:443', 'http://ctms.example.org'],
    ['ctms.example.org', 'https://ctms.example.org.evil.example'],
    ['ctms.example.org', 'null'],
  ])('to %s is foreign to a page of %s', async (host, origin) => {
    expect(code(await post({ host, origin }, undefined, open))).toEqual([403, 'origin_not_allowed']);
  });
});

import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import supertest from 'supertest';
import { TestApp } from '../support/app.js';

const PRODUCTION = {
  ENVIRONMENT: 'production',
  SECRET_KEY: 'b8Xv2Qm5Zr9Kt4Wn7Lp1Hd6Fs3Gj0Yc8Ae5Ru2',
  DATABASE_URL: 'postgres://unused:unused@db/unused',
  BCRYPT_COST: '12',
};
const YEAR_SECONDS = 31_536_000;

describe('the headers of every answer', () => {
  let app: TestApp;
  let production: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    production = await TestApp.start(PRODUCTION, app);
  });
  afterAll(async () => {
    await production.stop();
    await app.stop();
  });

  const get = (path: string, of = app) => supertest(of.server).get(path);

  it.each(['/', '/health', '/docs', '/openapi.json', '/api/tasks', '/api/nowhere', '/nowhere', '/api/%zz'])(
    '%s loads nothing from elsewhere, is in no frame, and is taken for what it says it is',
    async (path) => {
      const { headers } = await get(path);
      const policy = String(headers['content-security-policy']);
      for (const directive of [
        "default-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]) {
        expect(policy.split(';')).toContain(directive);
      }
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers.server).toBeUndefined();
    },
  );

  it('ask browsers for TLS from then on, subdomains included, in production alone', async () => {
    const { headers } = await get('/health', production);
    const [, seconds] = /max-age=(\d+); includeSubDomains/i.exec(String(headers['strict-transport-security'])) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(YEAR_SECONDS);
    expect((await get('/health')).headers['strict-transport-security']).toBeUndefined();
  });

  it.each(['TRACE', 'TRACK', 'DEBUG'])('%s is no method that is served, and echoes nothing', async (method) => {
    const answer = await raw(app, `${method} /api/tasks HTTP/1.1\r\nHost: ctms\r\nCookie: a=kept-to-itself\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|404|405) /);
    expect(answer).not.toContain('kept-to-itself');
  });
});

/** Sends bytes as they are, since no client sends such methods. */
async function raw(app: TestApp, request: string): Promise<string> {
  if (!app.server.listening) await app.nest.listen(0, '127.0.0.1');
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}

import { get as httpGet } from 'node:http';
import { hash } from 'bcrypt';
import { as } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aUser } from '../../support/factories.js';
import { startProduct } from '../../support/product.js';

const status = (url: string, headers: Record<string, string> = {}) =>
  new Promise<number>((resolve, reject) => {
    httpGet(url, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    }).on('error', reject);
  });

describe('metrics and documents', () => {
  it('are public by default', async () => {
    const app = await TestApp.start();
    for (const path of ['/metrics', '/docs', '/redoc', '/openapi.json'])
      expect((await as(app).get(path)).status).toBe(200);
    await app.stop();
  });

  it('require the token, or are not served, where configured so', async () => {
    const app = await TestApp.start({ METRICS_TOKEN: 'a-token-of-a-scraper', DOCS_ENABLED: 'false' });
    expect((await as(app).get('/metrics')).status).toBe(401);
    expect((await as(app).get('/metrics', { Authorization: 'Bearer a-token-of-a-scrapes' })).status).toBe(401);
    expect((await as(app).get('/metrics', { Authorization: 'Bearer a-token-of-a-scraper' })).status).toBe(200);
    for (const path of ['/docs', '/redoc', '/openapi.json', '/openapi.yaml', '/docs/swagger-ui.css'])
      expect([path, (await as(app).get(path)).status]).toEqual([path, 404]);
    expect((await as(app).get('/')).body.docs).toBe('');
    await app.stop();
  });

  it('have a port of their own, with workers too', async () => {
    const product = await startProduct({ METRICS_PORT: '27431', WORKERS: '2', DEMO_DATA: 'false' });
    try {
      expect(await status(`${product.url}/metrics`)).toBe(404);
      expect(await status('http://127.0.0.1:27431/metrics')).toBe(200);
      expect(await status('http://127.0.0.1:27431/api/tasks')).toBe(404);
    } finally {
      expect(await product.stop()).toBe(0);
    }
  }, 120_000);
});

describe('the password of the demo accounts', () => {
  it('does not work in production', async () => {
    const production = {
      ENVIRONMENT: 'production',
      SECRET_KEY: 'b8Xv2Qm5Zr9Kt4Wn7Lp1Hd6Fs3Gj0Yc8Ae5Ru2',
      BCRYPT_COST: '12',
      DATABASE_URL: 'postgres://ctms@127.0.0.1/ctms',
    };
    const password = 'trial-demo-2026';
    for (const [env, expected] of [
      [{}, 200],
      [production, 401],
    ] as const) {
      const app = await TestApp.start(env);
      await aUser(app, 'manager', { username: 'manager', hash: await hash(password, 4) });
      const answer = await as(app).post('/api/auth/login', { username: 'manager', password });
      expect([answer.status, answer.body.code]).toEqual([expected, expected === 200 ? undefined : 'wrong_credentials']);
      await app.stop();
    }
  }, 60_000);
});

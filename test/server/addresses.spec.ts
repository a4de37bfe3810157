import { as } from '../support/actors.js';
import { TestApp } from '../support/app.js';

describe('the server', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('says what it is', async () => {
    const { status, body, headers } = await as(app).get('/health/');
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'healthy', app: 'CTMS', version: '1.0.0', environment: 'test' });
    expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    expect(headers['x-process-time']).toMatch(/^\d+\.\d{6}$/);
    const [, ms] = /total;dur=([\d.]+)/.exec(String(headers['server-timing'])) ?? [];
    expect(Number(headers['x-process-time']) * 1000).toBeCloseTo(Number(ms), 1);
  });

  it('leads a browser to Swagger UI, and every other client to the addresses', async () => {
    const page = await as(app).get('/', { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' });
    expect([page.status, page.headers.location]).toEqual([303, '/docs']);
    for (const accept of ['*/*', 'application/json']) {
      const { status, body } = await as(app).get('/', { Accept: accept });
      expect([status, body]).toEqual([200, { message: 'Welcome to CTMS', docs: '/docs', health: '/health' }]);
    }
  });
});

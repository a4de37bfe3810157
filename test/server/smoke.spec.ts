import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';

describe('the product answers', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  it('says what it is', async () => {
    const { status, body, headers } = await as(app).get('/health/');
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'healthy', app: 'CTMS', version: '1.0.0', environment: 'test' });
    expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    expect(Number(headers['x-process-time'])).toBeGreaterThan(0);
  });

  it('leads a browser to Swagger UI, and every other client to the addresses', async () => {
    const page = await as(app).get('/', { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' });
    expect([page.status, page.headers.location]).toEqual([303, '/docs']);
    for (const accept of ['*/*', 'application/json']) {
      const { status, body } = await as(app).get('/', { Accept: accept });
      expect([status, body]).toEqual([200, { message: 'Welcome to CTMS', docs: '/docs', health: '/health' }]);
    }
  });

  it('creates, changes, lists and deletes a task', async () => {
    const created = await as(manager).post('/api/tasks/', {
      title: 'Visit',
      estimated_hours: 8,
      deadline: '2100-01-01T00:00:00+02:00',
      assigned_to: developer.id,
    });
    expect(created.body).toMatchObject({
      title: 'Visit',
      estimated_hours: '8.00',
      deadline: '2099-12-31T22:00:00.000Z',
      version: 1,
      created_by: manager.id,
      assigned_to_user: developer.username,
      tags: [],
    });
    expect(created.status).toBe(201);
    const { id } = created.body as { id: number };
    const changed = await as(manager).patch(`/api/tasks/${id}`, { status: 'in_progress' }, { 'If-Match': '"1"' });
    expect([changed.status, changed.body.status, changed.headers.etag]).toEqual([200, 'in_progress', '"2"']);
    expect((await as(developer).get('/api/tasks')).body).toEqual([changed.body]);
    expect((await as(developer).get(`/api/tasks/${id}/history`)).body).toMatchObject([
      { action: 'status_changed', from_status: 'pending', to_status: 'in_progress', changed_by: manager.id },
    ]);
    expect((await as(manager).delete(`/api/tasks/${id}`)).status).toBe(204);
    expect((await as(manager).get(`/api/tasks/${id}`)).status).toBe(404);
  });
});

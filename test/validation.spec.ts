import { anActor, as, type TestActor } from './support/actors.js';
import { TestApp } from './support/app.js';

describe('a refusal of invalid values, which clients show to people,', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  it.each([
    [{}, ['title is required', 'estimated_hours is required', 'deadline is required', 'assigned_to is required']],
    [{ title: null, tags: null, description: null, foo: null }, ['foo is not a known field', 'title must not be null']],
    [{ description: 5 }, ['description must be text of at most 50000 characters']],
    [{ tags: '1' }, ['tags must be a list of at most 100 ids']],
  ])('says of %j what is wrong with it', async (body, messages) => {
    const { detail, errors } = (await as(manager).post('/api/tasks', body)).body;
    expect(errors.map(({ message }: { message: string }) => message)).toEqual(expect.arrayContaining(messages));
    expect(detail).toContain(messages[0]);
  });

  it('tells of twenty faults at once and how many more there are, by names that are cut', async () => {
    const fields = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${'k'.repeat(400)}${i}`, null]));
    const { status, body, text } = await as(manager).post('/api/tasks', fields);
    expect([status, body.errors.length]).toEqual([422, 20]);
    expect(body.detail).toMatch(/; and 19\d\d more$/);
    expect(text.length).toBeLessThan(10_000);
  });

  it('keeps a mark of byte order that is part of a text', async () => {
    const task = { title: 'a\ufeffb', estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: manager.id };
    expect((await as(manager).post('/api/tasks', task)).body.title).toBe('a\ufeffb');
  });

  it.each(['limit=x', 'limit=0', 'limit=1001', 'limit=5&limit=6'])(
    'says of ?%s what is wrong with it',
    async (query) => {
      const { body } = await as(manager).get(`/api/tasks?${query}`);
      expect(body.detail).toBe('limit must be a whole number from 1 to 1000, given once');
    },
  );

  it.each([
    ...[
      '/tasks?q=a&q=b',
      '/tasks?q=',
      '/auth/users?q=a&q=b',
      '/audit/entries?q=a&q=b',
      '/audit/entries?reason=a&reason=b',
    ],
    ...['/audit/entries?request_id=a&request_id=b', '/audit/requests?request_id=a&request_id=b'],
    ...['/audit/requests?path=/api&path=/api', '/tasks/export.csv?q=a&q=b'],
  ])('says of a text that it is given once: %s', async (path) => {
    const { status, body } = await as(auditor).get(`/api${path}`);
    expect([status, body.detail]).toEqual([
      422,
      expect.stringMatching(/^(q|reason|request_id|path) must be text of 1 to \d+ characters, given once$/),
    ]);
  });

  it.each(['/tasks', '/auth/users', '/tags', '/notifications', '/audit/entries', '/audit/redactions'])(
    'says of a cursor that it is given once: %s',
    async (path) => {
      const { status, body } = await as(auditor).get(`/api${path}?limit=1&cursor=a&cursor=b`);
      expect([status, body.detail]).toEqual([422, 'cursor must be that of the Link of the page before, given once']);
    },
  );
});

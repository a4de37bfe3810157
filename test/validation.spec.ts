import { anActor, as, type TestActor } from './support/actors.js';
import { TestApp } from './support/app.js';

describe('a refusal of invalid values, which clients show to people,', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
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

  it.each(['limit=x', 'limit=0', 'limit=1001', 'limit=5&limit=6'])(
    'says of ?%s what is wrong with it',
    async (query) => {
      const { body } = await as(manager).get(`/api/tasks?${query}`);
      expect(body.detail).toBe('limit must be a whole number from 1 to 1000, given once');
    },
  );
});

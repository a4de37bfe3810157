import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { operations, type Operation } from '../support/operations.js';

/** By its cookie alone: no access token says who gives a reason. */
const REFRESH = '/api/auth/refresh';

/** Operations that change something, of a signed-in user. */
const changes = operations.filter(
  ({ method, path, anyone, mediaType }) =>
    method !== 'GET' && path !== REFRESH && !anyone && (mediaType === undefined || mediaType === 'application/json'),
);

interface FieldFault {
  readonly field: string;
  readonly code: string;
}

describe('a reason in the body of', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());
  // A session for each: some operations end it.
  beforeEach(async () => {
    manager = await anActor(app, 'manager');
  });

  async function send({ method, path }: Operation, payload: object) {
    const { statusCode, body } = await app.nest.inject({
      method: method as 'POST',
      url: path.replaceAll(/\{\w+\}/g, '999999'),
      headers: { authorization: `Bearer ${manager.token}` },
      payload,
    });
    return { status: statusCode, body: (body === '' ? {} : JSON.parse(body)) as { errors?: FieldFault[] } };
  }

  it.each(changes.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    '%s is a known field',
    async (_, operation) => {
      const { status, body } = await send(operation, { reason: 'as agreed by phone' });
      expect(status).toBeLessThan(500);
      const errors = (body.errors ?? []).filter(({ field }) => field === 'reason');
      expect(errors).toEqual([]);
    },
  );

  it('a sign-up, which anyone may call, is an unknown field', async () => {
    expect(changes.length).toBeGreaterThan(30);
    const signUp = { username: 'new-one', email: 'new@example.org', password: 'a quiet harbour', reason: 'curious' };
    const { status, body } = await as(app).post('/api/auth/register', signUp);
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ field: 'reason', code: 'unknown_field' })]);
  });
});

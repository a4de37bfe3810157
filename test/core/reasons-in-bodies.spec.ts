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
  let actors: Record<'manager' | 'auditor', TestActor>;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());
  // A session for each: some operations end it.
  beforeEach(async () => {
    actors = { manager: await anActor(app, 'manager'), auditor: await anActor(app, 'auditor') };
  });

  async function send({ method, path }: Operation, role: 'manager' | 'auditor', payload: object) {
    const { statusCode, body } = await app.nest.inject({
      method: method as 'POST',
      url: path.replaceAll(/\{\w+\}/g, '999999'),
      headers: { authorization: `Bearer ${actors[role].token}` },
      payload,
    });
    return { status: statusCode, body: (body === '' ? {} : JSON.parse(body)) as { errors?: FieldFault[] } };
  }

  it.each(changes.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    '%s is a known field',
    async (_, operation) => {
      const answers = [];
      for (const role of ['manager', 'auditor'] as const)
        answers.push(await send(operation, role, { reason: 'as agreed by phone' }));
      // A guard that denies has not read the body.
      const read = answers.filter(({ status }) => status !== 403);
      expect(read).not.toEqual([]);
      for (const { status, body } of read) {
        expect(status).toBeLessThan(500);
        expect((body.errors ?? []).filter(({ field }) => field === 'reason')).toEqual([]);
      }
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

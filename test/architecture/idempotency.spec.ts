import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { isOfProduct } from '../support/openapi.js';
import { operations, type Operation } from '../support/operations.js';

const READS = new Set(['GET', 'HEAD']);
const named = ({ method, path }: Operation) => `${method} ${path}`;

describe('Every operation that changes something', () => {
  let app: TestApp;
  let actors: (TestActor | TestApp)[];
  const changes = operations.filter(({ method }) => !READS.has(method));
  const takes = ({ parameters }: Operation) => parameters.some(({ name }) => name === 'Idempotency-Key');

  beforeAll(async () => {
    app = await TestApp.start();
    actors = [app, ...(await Promise.all((['manager', 'auditor'] as const).map((role) => anActor(app, role))))];
  });
  afterAll(() => app.stop());

  /** Answer to a malformed key, sent by the first role that the route admits. */
  async function answerTo(operation: Operation) {
    const path = operation.path.replaceAll(/\{\w+\}/g, '1');
    const method = operation.method.toLowerCase() as 'post' | 'put' | 'patch' | 'delete';
    for (const actor of actors) {
      const { mediaType = 'application/json' } = operation;
      const headers = { 'Idempotency-Key': 'no key', 'Content-Type': mediaType };
      const given = mediaType.endsWith('json') ? {} : 'text';
      const { status, body } =
        method === 'delete' ? await as(actor).delete(path, headers) : await as(actor)[method](path, given, headers);
      if (status !== 401 && status !== 403)
        return body as { code: string; detail: string; errors?: { field: string }[] };
    }
    throw new Error(`Nobody may call ${named(operation)}`);
  }

  it('takes an Idempotency-Key or says why not, as its document says', async () => {
    expect(changes.length).toBeGreaterThan(25);
    const wrong: string[] = [];
    for (const operation of changes) {
      const { code, errors = [], detail } = await answerTo(operation);
      const taken = code === 'validation_error' && errors.some(({ field }) => field === 'Idempotency-Key');
      const refused = code === 'idempotency_key_not_taken' && /: \w.{10,}/.test(detail);
      if (takes(operation) ? !taken : !refused) wrong.push(`${named(operation)}: ${code}`);
    }
    expect(wrong).toEqual([]);
  });

  it('does so in the product because no user is signed in, its answer is a secret, it changes nothing, or a repetition could not be let in', () => {
    const ours = changes.filter(({ method, path }) => isOfProduct(path, method));
    expect(ours.filter((operation) => !takes(operation)).map(named)).toEqual([
      'POST /api/auth/register',
      'POST /api/auth/verify-email',
      'POST /api/auth/verify-email/resend',
      'POST /api/auth/login',
      'POST /api/auth/refresh',
      'POST /api/auth/logout',
      'POST /api/auth/logout-all',
      'POST /api/auth/password/change',
      'POST /api/auth/password/forgot',
      'POST /api/auth/password/reset',
      'POST /api/auth/second-factor',
      'DELETE /api/auth/second-factor',
      'POST /api/auth/second-factor/confirm',
      'POST /api/auth/second-factor/recovery-codes',
      'POST /api/policy/explain',
      'POST /api/auth/socket-ticket',
    ]);
  });
});

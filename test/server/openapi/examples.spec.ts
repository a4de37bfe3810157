import { anActor, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { operations, resolved, type JsonSchema } from '../../support/operations.js';

/** Builds a value as Swagger UI fills in a body: from the examples of its fields, with 1 for ids. */
function valueOf(given: JsonSchema): unknown {
  const schema = resolved(given);
  const { example, default: usual, type, properties = {} } = schema;
  const [choice] = (schema.enum ?? []) as unknown[];
  const [shown] = (schema.examples ?? []) as unknown[];
  const [variant] = (schema.oneOf ?? schema.anyOf ?? schema.allOf ?? []) as JsonSchema[];
  const known = [example, shown, usual, choice].find((value) => value !== undefined);
  if (known !== undefined) return known;
  if (variant) return valueOf(variant);
  if (type === 'array') return [valueOf(schema.items as JsonSchema)];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return false;
  if (type === 'string') return 'text';
  return Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, valueOf(member)]));
}

interface Fault {
  readonly code?: string;
  readonly errors?: object[];
}

const WITH_BODY = operations
  .filter(({ body, anyone, path }) => body && !anyone && path.startsWith('/api/'))
  .map((operation) => [operation.method, operation.path, valueOf(operation.body as JsonSchema)] as const);

describe('a body made of the examples of the document', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  // The calls before may have signed the last one out, or given it another role.
  beforeEach(async () => {
    manager = await anActor(app, 'manager');
  });
  afterAll(() => app.stop());

  it.each(WITH_BODY)('has the form that %s %s takes', async (method, path, payload) => {
    const answer = await app.nest.inject({
      method: method as 'POST',
      url: path.replaceAll(/\{\w+\}/g, '1'),
      headers: { authorization: `Bearer ${manager.token}` },
      payload: payload as object,
    });
    // A reason is left to who fills the body in.
    const { errors, code } = answer.statusCode === 422 ? answer.json<Fault>() : ({} as Fault);
    expect([code, errors]).toEqual(code === 'reason_required' ? [code, errors] : [undefined, undefined]);
    expect(answer.statusCode).toBeLessThan(500);
  });
});

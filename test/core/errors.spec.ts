import fc from 'fast-check';
import request from 'supertest';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { document } from '../support/openapi.js';

interface Operation {
  readonly responses: Record<string, unknown>;
}

const LONE_SURROGATE = '\ud800';
const manyKeys = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1])));
const deep = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

describe('a malformed request', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    await app.nest.listen(0, '127.0.0.1');
  });
  afterAll(() => app.stop());

  const post = (body: string, type = 'application/json', path = '/api/tasks') =>
    request(app.server).post(path).set('Authorization', `Bearer ${manager.token}`).set('Content-Type', type).send(body);

  it.each([
    ['broken JSON', '{"title": ', 400, 'invalid_json'],
    ['a duplicate key', '{"title":"a","title":"b"}', 400, 'invalid_json'],
    ['a duplicate key with escapes', '{"title":"a","\\u0074itle":"b"}', 400, 'invalid_json'],
    ['deep JSON', deep(100), 400, 'invalid_json'],
    ['very deep JSON', deep(100_000), 400, 'invalid_json'],
    ['a poisoned prototype', '{"__proto__":{"a":1}}', 400, 'invalid_json'],
    ['more keys than any call needs', manyKeys(90_000), 400, 'invalid_json'],
    ['more values than any call needs', JSON.stringify({ tags: Array(6000).fill('\0') }), 400, 'invalid_json'],
    ['an array', '[1,2]', 422, 'validation_error'],
    ['a string', '"x"', 422, 'validation_error'],
    ['null', 'null', 422, 'validation_error'],
    ['nothing', '', 422, 'validation_error'],
    ['a NUL', '{"title":"a\\u0000b"}', 422, 'validation_error'],
    ['half a surrogate pair', JSON.stringify({ title: LONE_SURROGATE }), 422, 'validation_error'],
    ['5 MB', JSON.stringify({ title: 'x'.repeat(5_000_000) }), 413, 'payload_too_large'],
  ])('answers %s with a clear refusal', async (_name, body, status, code) => {
    const answer = await post(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `urn:ctms:problem:${code}`,
      status,
      instance: '/api/tasks',
      request_id: answer.headers['x-request-id'],
    });
    expect(answer.body.detail.length).toBeGreaterThan(10);
  });

  it('rejects invalid UTF-8', async () => {
    const payload = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    const headers = { 'content-type': 'application/json' };
    const answer = await app.nest.inject({ method: 'POST', url: '/api/auth/login', headers, payload });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalid_json']);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'nonsense',
  ])('refuses %s', async (type) => {
    const answer = await post('a=b', type);
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, identity'])(
    'refuses a body encoded by %s, by its name',
    async (encoding) => {
      const call = request(app.server).post('/api/auth/login').set('Content-Type', 'application/json');
      const answer = await call.set('Content-Encoding', encoding).send('{"username":"a","password":"b"}');
      expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
      expect(answer.body.detail).toMatch(/without Content-Encoding/);
    },
  );

  it.each(['identity', 'Identity', ''])('takes a body encoded by "%s" as it is', async (encoding) => {
    const call = request(app.server).post('/api/auth/login').set('Content-Type', 'application/json');
    const answer = await call.set('Content-Encoding', encoding).send('{"username":"nobody","password":"bbbbbbbb"}');
    expect(answer.status).toBe(401);
  });

  it.each(['/api/tasks', '/docs', '/openapi.json', '/redoc'])(
    'refuses a foreign origin on %s as a problem',
    async (path) => {
      const foreign = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'PATCH' };
      for (const call of [request(app.server).options(path), request(app.server).get(path)]) {
        const answer = await call.set(foreign);
        expect([answer.status, answer.body.code]).toEqual([403, 'origin_not_allowed']);
        expect(answer.headers['content-type']).toContain('application/problem+json');
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
    },
  );

  it.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'nonsense'])(
    'takes an empty body for what it is, also as %s',
    async (type) => {
      const call = request(app.server).post('/api/auth/logout').set('Content-Type', type);
      expect((await call.set('Authorization', `Bearer ${(await anActor(app, 'auditor')).token}`)).status).toBe(200);
      expect((await post('', type)).body.code).toBe('validation_error');
    },
  );

  it.each([
    ['/api/nowhere', 404],
    ['/api/tasks/99999999999', 404],
    ['/api/tasks/0', 404],
    ['/api/tasks/abc', 422],
    ['/api/tasks/1.5', 422],
    ['/api/tasks/01', 422],
    ['/api/tasks/-1', 422],
    ['/api/tasks/%00', 422],
    [`/api/tasks/${'9'.repeat(400)}`, 422],
    ['/api/tasks/%zz', 422],
    ['/api/%ff', 404],
    [`/api/tasks/${'x'.repeat(9000)}`, 422],
    ['/api/tasks?constructor=1', 422],
    ['/api/tasks?__proto__=1', 422],
    ['/ws/notifications/', 426],
    ['/api/tasks?q=%00', 422],
    ['/api/tasks?q=a&q=b', 422],
    ['/api/tasks?nonsense=1', 422],
    ['/api/tasks?limit=0', 422],
    ['/api/tasks?limit=1e3', 422],
    ['/api/tasks?assigned_to=99999999999', 422],
    ['/api/tasks?status=done', 422],
    ['/api/tasks?deadline_before=2026-02-31', 422],
    ['/api/tasks?limit=5&cursor=%7B%7D', 422],
    ['/api/tasks?__proto__[a]=1', 422],
    ['/api/auth/users?role=king', 422],
    ['/api/audit/requests', 403],
  ])('GET %s is %i', async (path, status) => {
    const answer = await as(manager).get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, code: expect.any(String), detail: expect.any(String) });
  });

  it.each(['/api/tasks', '/api/nowhere', '/api/%zz'])(
    'has its headers on every answer, and keeps none: %s',
    async (path) => {
      const { headers } = await as(manager).get(path);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      expect(Object.keys(headers)).toEqual(expect.arrayContaining(['x-request-id', 'x-process-time', 'server-timing']));
    },
  );

  it.each(['constructor', 'toString', 'hasOwnProperty', '__defineGetter__'])('rejects the field %s', async (name) => {
    const answer = await as(manager).post('/api/tags', { name: 'x', [name]: 1 });
    expect([answer.status, answer.body.errors]).toEqual([
      422,
      [{ field: name, code: 'unknown_field', message: `${name} is not a known field` }],
    ]);
  });

  it('rejects fields where no body is read, and accepts an empty body', async () => {
    const path = '/api/notifications/mark_all_read';
    const refused = await as(manager).post(path, { refresh: 'x' });
    expect([refused.status, refused.body.errors?.[0].field]).toEqual([422, 'refresh']);
    expect((await as(manager).post(path, [1])).status).toBe(422);
    expect((await as(manager).post(path, {})).status).toBe(200);
    expect((await as(manager).post(path)).status).toBe(200);
  });

  it.each([
    ['application/json', '{', 400],
    ['text/plain', 'a', 415],
  ])('describes the faults of a body only to those who may call, and logs their id: %s', async (type, body, status) => {
    const anonymous = await request(app.server).post('/api/tasks').set('Content-Type', type).send(body);
    expect(anonymous.status).toBe(401);
    const { headers, status: answered } = await post(body, type);
    expect(answered).toBe(status);
    await app.flushed();
    const [line] = await app.rows<{ username: string }>(
      sql`SELECT username FROM api_audit_logs WHERE request_id = ${headers['x-request-id']}`,
    );
    expect(line?.username).toBe(manager.username);
  });

  it('repeats no rejected password', async () => {
    const body = { username: 'someone', email: 'no address', password: 'hunter2hunter2', extra: 'hunter2hunter2' };
    const answer = await as(app).post('/api/auth/register', body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).not.toContain('hunter2hunter2');
  });

  it('rejects foreign origins, preflights included, and accepts its own and the configured ones', async () => {
    const from = (origin: string, method: 'get' | 'options' = 'get') =>
      request(app.server)
        [method]('/health')
        .set('Origin', origin)
        .set('Access-Control-Request-Method', 'PATCH')
        .set('Host', 'ctms.test');
    expect((await from('https://evil.example')).body.code).toBe('origin_not_allowed');
    expect((await from('https://evil.example', 'options')).status).toBe(403);
    expect((await from('null')).status).toBe(403);
    const allowed = await from('http://localhost:5173');
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:5173',
      'access-control-allow-credentials': 'true',
    });
    expect(allowed.headers['access-control-expose-headers']).toContain('X-New-Access-Token');
    expect((await from('http://localhost:5173', 'options')).status).toBe(204);
    expect((await from('http://ctms.test')).status).toBe(200);
  });

  it('keeps a well-formed request id and replaces any other', async () => {
    expect((await as(app).get('/health', { 'X-Request-Id': 'client-1.2:3' })).headers['x-request-id']).toBe(
      'client-1.2:3',
    );
    const longest = 'x'.repeat(128);
    expect((await as(app).get('/health', { 'X-Request-Id': longest })).headers['x-request-id']).toBe(longest);
    for (const given of ['no good', `${longest}x`])
      expect((await as(app).get('/health', { 'X-Request-Id': given })).headers['x-request-id']).toMatch(
        /^[\da-f-]{36}$/,
      );
  });

  it('never answers 500, and only with documented statuses, to random bodies and queries', async () => {
    const routes = Object.entries(document.paths as unknown as Record<string, Record<string, Operation>>).flatMap(
      ([path, item]) =>
        Object.entries(item).map(([method, operation]) => ({
          path,
          method,
          documented: Object.keys(operation.responses).map(Number),
        })),
    );
    const skip = /logout|metrics/;
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(null, 0, -1, 2 ** 31, 1e300, '', ' ', '2026-01-01', 'pending', '٣', '\u0000'),
    );
    const fields = fc.constantFrom(
      'title',
      'status',
      'estimated_hours',
      'deadline',
      'assigned_to',
      'parent_task',
      'tags',
      'task_ids',
      'username',
      'password',
      'email',
      'token',
      'role',
      'limit',
      'cursor',
      'sort',
      'q',
      'from',
      'to',
      'bucket',
      'x',
    );
    const thing = fc.dictionary(fields, value, { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes.filter(({ path }) => !skip.test(path))),
        thing,
        thing,
        async (route, body, query) => {
          const path = route.path.replace('{id}', '1');
          const pairs = Object.entries(query).map(([name, inner]): [string, string] => [
            name,
            typeof inner === 'string' ? inner : JSON.stringify(inner),
          ]);
          const text = new URLSearchParams(pairs).toString();
          const call = request(app.server)
            [route.method as 'get'](`${path}?${text}`)
            .set('Authorization', `Bearer ${manager.token}`);
          const answer = await (route.method === 'get' ? call : call.send(body));
          expect(route.documented).toContain(answer.status);
          expect(answer.status).not.toBe(500);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);
});

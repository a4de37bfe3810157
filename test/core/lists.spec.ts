import { operations as operationTypes } from '../support/operations.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { document, isOfProduct } from '../support/openapi.js';
import { aTask } from '../support/factories.js';

interface Operation {
  readonly responses: Record<string, { content?: Record<string, { schema: { type?: string } }> } | undefined>;
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item as unknown as Record<string, Operation>).map(([method, operation]) => ({
    ...{ path, method, operation },
  })),
);
const ALL_LISTS = operations
  .filter(({ operation }) => operation.responses['200']?.content?.['application/json']?.schema.type === 'array')
  .map(({ path }) => path);
/** Those that have rows here; the specs of an extension fill its own. */
const LISTS = ALL_LISTS.filter((path) => isOfProduct(path, 'get'));
/** Those that are there without a record of an extension. */
const STANDING = ALL_LISTS.filter((path) => isOfProduct(path, 'get') || !path.includes('{'));
const API = operations
  .filter(({ path }) => path.startsWith('/api/'))
  .map(({ path, method }) => [method, path] as const);

describe('every list', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let task: number;
  let ready: string;

  beforeAll(async () => {
    app = await TestApp.start();
    [manager, auditor] = [await anActor(app, 'manager'), await anActor(app, 'auditor')];
    ({ id: task } = await aTask(app, manager.id));
    for (const who of [manager, auditor])
      await app.rows(sql`INSERT INTO user_sessions (user_id, device_id, refresh_token_hash, refresh_salt, expires_at, last_used_at)
        SELECT ${who.id}, gen_random_uuid(), '', '', '2200-01-01', now() - (n / 2) * interval '1 day' FROM generate_series(1, 6) n`);
    // Reading uses their own session, which must not change its place during that.
    await app.rows(sql`UPDATE user_sessions SET last_used_at = now() + interval '1 day'
      WHERE id IN (${manager.sessionId}, ${auditor.sessionId})`);
    for (const status of ['in_progress', 'blocked', 'pending', 'completed', 'pending', 'blocked'])
      await as(manager).patch(`/api/tasks/${task}`, { status });
    for (let n = 0; n < 6; n++) {
      await as(manager).post('/api/tags', { name: `tag ${n}` });
      await aTask(app, (await anActor(app, 'developer')).id, { created: `2026-01-0${n + 1}` });
    }
    await app.rows(sql`INSERT INTO notifications (user_id, task_id, message, notification_type)
      SELECT u.id, ${task}, 'm', 'task_assigned' FROM users u, generate_series(1, 6)`);
    await app.rows(sql`INSERT INTO redactions (entry_id, fields, reason, status, requested_by_id, requested_by)
      SELECT id, '{reason}', 'typed by accident', 'pending', ${manager.id}, 'm' FROM audit_trail ORDER BY id LIMIT 6`);
    await app.rows(sql`UPDATE users SET requested_timezone = 'Asia/Tokyo' WHERE role = 'developer'`);
    await app.flushed();
    ready = new Date().toISOString();
  });
  afterAll(() => app.stop());

  /** Entries that the reads themselves add are left out. */
  const until = (path: string) => (/^\/api\/audit\/(entries|requests)$/.test(path) ? `to=${ready}` : '');
  const addressOf = (path: string) => path.replace('{type}', 'task').replaceAll(/\{\w+\}/g, String(task));
  const asked = (path: string, query = '') => `${addressOf(path)}?${[until(path), query].filter(Boolean).join('&')}`;
  const linkOf = (headers: Record<string, string>) => /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];

  const named = (list: unknown) =>
    (list as { id?: number; user_id?: number }[]).map(({ id, user_id }) => id ?? user_id);

  it.each(LISTS)('%s comes whole, or in pages that make up the whole, with a total', async (path) => {
    const { status, body: whole } = await as(auditor).get(asked(path));
    expect([status, Array.isArray(whole)]).toEqual([200, true]);
    expect(whole.length).toBeGreaterThan(5);
    const found: unknown[] = [];
    for (let next: string | undefined = asked(path, 'limit=4&include_total=true'); next;) {
      const { body, headers } = await as(auditor).get(next);
      expect([headers['x-total-count'], body.length <= 4]).toEqual([String(whole.length), true]);
      found.push(...named(body));
      next = linkOf(headers as Record<string, string>);
    }
    expect(found).toEqual(named(whole));
    const counted = await as(auditor).get(asked(path, 'include_total=true'));
    expect([counted.headers['x-total-count'], named(counted.body)]).toEqual([String(whole.length), named(whole)]);
  });

  it.each(STANDING)('%s refuses a cursor that is none', async (path) => {
    const { status, body } = await as(auditor).get(`${addressOf(path)}?limit=4&cursor=x`);
    expect([status, body.code]).toEqual([422, 'invalid_cursor']);
  });

  it('takes no cursor of another one', async () => {
    const { id: other } = await aTask(app, manager.id);
    await as(manager).patch(`/api/tasks/${other}`, { status: 'blocked' });
    const life = '/api/audit/entities/task';
    const lists = [...LISTS.map((path) => asked(path)), `${addressOf('/api/tasks')}?sort=-id`, `${life}/${task}?`];
    const others = [...lists, `/api/tasks/${other}/history?`, `${life}/${other}?`];
    for (const list of lists) {
      const { headers } = await as(auditor).get(`${list}&limit=2`);
      const next = new URL(linkOf(headers as Record<string, string>) ?? '', 'http://x');
      const cursor = next.searchParams.get('cursor');
      expect([list, typeof cursor]).toEqual([list, 'string']);
      for (const foreign of others.filter((path) => path !== list)) {
        const { status, body } = await as(auditor).get(`${foreign}&cursor=${cursor}`);
        expect([list, foreign, status, body.code]).toEqual([list, foreign, 422, 'invalid_cursor']);
      }
    }
  });

  describe('of the audit is never cut in silence:', () => {
    beforeAll(() =>
      app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, entity_name, changes)
        SELECT 'many', 'manager', 'tag.updated', 'tag', 77, 'a', '{"name": ["a", "b"]}' FROM generate_series(1, 1201) n`),
    );
    type Entry = { id: number; sentence: string; action: string };
    const reads = () => app.rows(sql`SELECT id FROM audit_trail WHERE action = 'audit.read'`);

    it('the trail comes whole, newest first, with sentences, up to the reading itself', async () => {
      const before = await reads();
      const { body, headers } = await as(auditor).get('/api/audit/entries?include_total=true');
      const entries = body as Entry[];
      expect(entries.length).toBeGreaterThan(1201);
      expect(headers['x-total-count']).toBe(String(entries.length));
      expect(entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).sort((a, b) => b - a));
      const [latest] = entries.filter(({ action }) => action !== 'audit.read');
      expect(latest?.sentence).toBe('many renamed tag "a" to "b"');
      expect(await reads()).toHaveLength(before.length + 1);
      const again = (await as(auditor).get('/api/audit/entries')).body as Entry[];
      expect([again[0]?.action, again[1]]).toEqual(['audit.read', entries[0]]);
      const page = await as(auditor).get('/api/audit/entries?limit=1000&entity_type=tag&entity_id=77');
      const cursor = new URL(linkOf(page.headers as Record<string, string>) ?? '', 'http://x').searchParams.get(
        'cursor',
      );
      const rest = await as(auditor).get(`/api/audit/entries?entity_type=tag&entity_id=77&cursor=${cursor}`);
      expect(rest.body).toHaveLength(201);
    });

    it('the life of a record comes whole, or in pages', async () => {
      const { body, headers } = await as(auditor).get('/api/audit/entities/tag/77?include_total=true');
      expect([body.entry_count, body.entries.length, headers['x-total-count']]).toEqual([1201, 1201, '1201']);
      expect((body.entries as Entry[])[1200]?.sentence).toBe('many renamed tag "a" to "b"');
      const page = await as(auditor).get('/api/audit/entities/tag/77?limit=1000');
      expect([page.body.entry_count, page.body.entries.length]).toEqual([1201, 1000]);
      const next = await as(auditor).get(linkOf(page.headers as Record<string, string>) ?? '');
      expect([...page.body.entries, ...next.body.entries]).toEqual(body.entries);
    });

    it('and what is refused is not recorded as read', async () => {
      const before = await reads();
      for (const path of ['entries', 'requests', 'redactions', 'entities/tag/77'])
        expect((await as(auditor).get(`/api/audit/${path}?cursor=x`)).body.code).toBe('invalid_cursor');
      expect(await reads()).toHaveLength(before.length);
    });
  });

  it('of what became of a task is that of a task that may be seen', async () => {
    const stranger = await anActor(app, 'developer');
    for (const query of ['', '?limit=1', '?limit=1&include_total=true']) {
      expect((await as(stranger).get(`/api/tasks/${task}/history${query}`)).body.code).toBe('task_not_found');
      const { id } = await aTask(app, stranger.id);
      expect((await as(stranger).get(`/api/tasks/${id}/history${query}`)).body).toEqual([]);
    }
  });

  it.each(API)('and every call refuses a parameter that it does not know: %s %s', async (method, path) => {
    const address = `${addressOf(path)}?bogus=1`;
    const content = operationTypes.find((one) => one.path === path && one.method.toLowerCase() === method);
    const type = content?.mediaType ?? 'application/json';
    const given = (type.endsWith('json') ? {} : 'text') as never;
    const headers = { 'Content-Type': type } as never;
    const send = (who: TestActor) =>
      method === 'get' || method === 'delete'
        ? as(who)[method](address)
        : as(who)[method as 'post'](address, given, headers);
    const answers = [await send(manager), await send(auditor)];
    const admitted = answers.filter(({ status }) => status !== 403);
    expect(admitted.length).toBeGreaterThan(0);
    const fault = { field: 'bogus', code: 'unknown_field', message: 'bogus is not a known field' };
    for (const { status, body } of admitted) expect([status, body.errors]).toEqual([422, [fault]]);
  });

  it.each(API.filter(([method]) => method === 'get'))(
    'answers alike with a slash at the end: %s %s',
    async (_, path) => {
      const address = addressOf(path);
      const statuses = [(await as(auditor).get(address)).status, (await as(auditor).get(`${address}/`)).status];
      expect(statuses[1]).toBe(statuses[0]);
      expect((statuses[1] ?? 0) < 300 || (statuses[1] ?? 0) >= 400).toBe(true);
    },
  );

  it('but not those of monitors and browsers', async () => {
    for (const path of ['/', '/health', '/health/live', '/health/ready', '/metrics', '/docs', '/openapi.json'])
      expect([path, (await as(app).get(`${path}?bogus=1`)).status]).toEqual([path, 200]);
  });

  it('names parameters in words that can be stored, cut where they are long', async () => {
    const long = await as(manager).get(`/api/auth/users/me?${'k'.repeat(400)}=1`);
    expect(long.body.errors).toMatchObject([{ field: `${'k'.repeat(100)}…`, code: 'unknown_field' }]);
    expect((await as(manager).get('/api/auth/users/me?%00=1')).body.errors).toMatchObject([{ field: 'query' }]);
    await app.flushed();
    const logged = await app.rows(sql`SELECT operation, status_code FROM api_audit_logs ORDER BY id DESC LIMIT 1`);
    expect(logged).toEqual([{ operation: 'OwnAccountController.readOwn', status_code: 422 }]);
  });
});

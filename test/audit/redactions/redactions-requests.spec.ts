import sql, { raw } from 'sql-template-tag';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';

const SECRET = 'Subject 0471 is Erika Mustermann';
const LONG = `${SECRET} ${'und so weiter 🧪 '.repeat(300)}`;
const WHY = 'Name of a trial subject, typed by accident';

interface Entry {
  readonly id: number;
  readonly entity_name: string | null;
  readonly changes: Record<string, [unknown, unknown]>;
}

describe('a redaction, in the request log', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  const draft = (more: object = {}) => ({
    ...{ title: 'Visit', estimated_hours: 1, deadline: '2100-01-01', assigned_to: manager.id },
    ...more,
  });
  const aNewTask = async (more: object = {}) =>
    ((await as(manager).post('/api/tasks', draft(more))).body as { id: number }).id;
  /** Takes the secret out of all entries of a task that have it, wherever in them it stands. */
  const redactAll = async (task: number) => {
    await app.flushed();
    const { body } = await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${task}`);
    for (const { id, entity_name, changes } of body as Entry[]) {
      const sides = Object.entries(changes).flatMap(([field, [before, after]]) => [
        ...(String(before).includes(SECRET) ? [`${field}.before`] : []),
        ...(String(after).includes(SECRET) ? [`${field}.after`] : []),
      ]);
      const fields = [...sides, ...(entity_name?.includes(SECRET) ? ['entity_name'] : [])];
      if (fields.length === 0) continue;
      const asked = await as(auditor).post(`/api/audit/entries/${id}/redactions`, { fields, reason: WHY });
      expect((await as(manager).post(`/api/audit/redactions/${asked.body.id}/approve`)).status).toBe(200);
    }
    await app.flushed();
  };
  const linesWith = async (text: string) =>
    (
      await app.rows<{ line: string }>(sql`SELECT l::text AS line FROM api_audit_logs l
        WHERE strpos(l::text, ${text}) > 0 ORDER BY id`)
    ).map(({ line }) => line);
  const bodies = (prefix: string) =>
    app.rows<{ request_body: unknown }>(sql`SELECT request_body FROM api_audit_logs
      WHERE starts_with(request_id, ${prefix}) ORDER BY id`);

  it('leaves nothing of a title in refusals that quoted it, nor in what was looked for', async () => {
    const parent = await aNewTask();
    const child = await aNewTask({ title: SECRET, parent_task: parent, status: 'in_progress' });
    const name = { 'X-Request-Id': 'quoted' };
    const refused = await as(manager).patch(`/api/tasks/${parent}`, { status: 'completed' }, name);
    expect(refused.body.detail).toContain(SECRET);
    await as(manager).get(`/api/tasks?q=${encodeURIComponent(SECRET)}`);
    await as(auditor).get(`/api/audit/entries?reason=${encodeURIComponent(SECRET)}&q=Mustermann`);
    const page = await as(manager).get('/api/tasks?sort=title&limit=1');
    const [, next = ''] = /<(.*)>/.exec(String(page.headers.link)) ?? [];
    const cursor = new URL(next, 'http://x').searchParams.get('cursor') ?? '';
    await as(manager).get(`/api/tasks?sort=title&limit=1&cursor=${cursor}`);
    await as(manager).patch(`/api/tasks/${child}`, { title: 'Visit' });
    await redactAll(child);
    for (const text of [SECRET, encodeURIComponent(SECRET), cursor, 'Mustermann'])
      expect(await linesWith(text)).toEqual([]);
    const trail = await app.rows(sql`SELECT FROM audit_trail a WHERE strpos(a::text, 'Mustermann') > 0`);
    expect(trail).toEqual([]);
    const [line] = await app.rows(sql`SELECT response_body FROM api_audit_logs WHERE request_id = 'quoted'`);
    const detail = (refused.body.detail as string).replace(/".*"/, '"…"');
    expect(line).toEqual({ response_body: { ...refused.body, detail } });
  });

  it.each([SECRET, LONG])('takes a text out of all requests that sent it again: %.40s', async (text) => {
    const id = await aNewTask({ description: text });
    const other = await aNewTask({ description: text });
    const send = (more: object, slash = '') =>
      as(manager).put(`/api/tasks/${id}${slash}`, draft({ description: text, ...more }), {
        'X-Request-Id': `again-${id}`,
      });
    for (const answer of [await send({ status: 'in_progress' }), await send({ status: 'in_progress' }, '/')])
      expect(answer.status).toBe(200);
    await as(manager).patch(`/api/tasks/${id}`, { description: 'Subject 0471' });
    await redactAll(id);
    expect(await bodies(`again-${id}`)).toEqual(
      Array(2).fill({ request_body: { ...draft({ status: 'in_progress' }), description: null } }),
    );
    expect(await linesWith(SECRET)).toHaveLength(1);
    await as(manager).patch(`/api/tasks/${other}`, { description: '' });
    await redactAll(other);
    expect(await linesWith(SECRET)).toEqual([]);
  });

  it('finds no text in what was refused, since no entry stands for it', async () => {
    const named = { 'X-Request-Id': 'refused' };
    await as(manager).post('/api/tasks', draft({ title: SECRET, priority: 'odd' }), named);
    await as(manager).post('/api/tags', { name: SECRET, colour: 'red' }, named);
    await app.flushed();
    expect(await bodies('refused')).toEqual([
      { request_body: { ...draft({ title: '***' }), priority: 'odd' } },
      { request_body: { name: '***', colour: '***' } },
    ]);
    expect(await linesWith(SECRET)).toEqual([]);
    const [line] = await app.rows(sql`SELECT response_body->'errors' AS errors FROM api_audit_logs
      WHERE request_id = 'refused' ORDER BY id LIMIT 1`);
    expect(line).toMatchObject({ errors: [{ field: 'priority', code: 'is_in' }] });
  });

  it('finds them by their address, however many there are', async () => {
    await app.rows(sql`INSERT INTO api_audit_logs (timestamp, method, path, status_code, duration_ms, request_id, request_body)
      SELECT now(), 'PATCH', '/api/tasks/' || n, 200, 1, 'many-' || n, '{}' FROM generate_series(1, 20000) n`);
    await app.rows(sql`ANALYZE api_audit_logs`);
    const [body] = await app.rows<{ prosrc: string }>(sql`SELECT prosrc FROM pg_proc WHERE proname = 'requests_of'`);
    const ofOne = body?.prosrc.replaceAll(/entry\.(\w+)/g, '(SELECT $1 FROM audit_trail ORDER BY id LIMIT 1)');
    const plan = await app.rows(raw(`EXPLAIN ${ofOne}`));
    // Each partition has the index under a name of its own.
    expect(JSON.stringify(plan)).toMatch(/Index Scan (?:using|on) api_audit_logs_\d{4}_\d\d_left_idx/);
  });
});

import { parse } from 'csv-parse/sync';
import { Client } from 'pg';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';
import { waitFor } from '../../support/wait-for.js';

type Row = Record<string, unknown>;
const NDJSON = 'application/x-ndjson; charset=utf-8';
const CSV = 'text/csv; charset=utf-8';

describe('an export of the audit', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  async function read(path: string): Promise<{ type: string; text: string }> {
    await app.flushed();
    const headers = { authorization: `Bearer ${auditor.token}` };
    const { statusCode, body, headers: received } = await app.nest.inject({ url: `/api/audit/${path}`, headers });
    expect(statusCode).toBe(200);
    return { type: String(received['content-type']), text: body };
  }
  const list = async (path: string) => JSON.parse((await read(path)).text) as Row[];
  const lines = (text: string) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  /** A cell as a file of CSV has it. */
  const cell = (value: unknown) =>
    value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

  async function assertExported(kind: string, filter: string, expected: number): Promise<void> {
    const rows = (await list(`${kind}?${filter}`)).reverse();
    expect(rows).toHaveLength(expected);
    const ndjson = await read(`${kind}/export?${filter}`);
    expect(ndjson.type).toBe(NDJSON);
    expect(lines(ndjson.text)).toEqual(rows);
    const csv = await read(`${kind}/export?${filter}&format=csv`);
    expect(csv.type).toBe(CSV);
    const [header = [], ...cells] = parse(csv.text, { delimiter: ',' });
    expect([...header].sort()).toEqual(Object.keys(rows[0] ?? {}).sort());
    expect(cells).toEqual(rows.map((row) => header.map((name) => cell(row[name]))));
  }

  it('of requests has the rows of the list, oldest first, as NDJSON and CSV', async () => {
    await as(manager).post('/api/tags', { name: 'Semicolons; "quotes", commas' });
    await as(manager).post('/api/tags', { name: '' });
    await as(manager).get('/api/tags?limit=5');
    await as(manager).delete('/api/tags/999999', { 'X-Request-Id': 'exported-1' });
    await assertExported('requests', `actor=${manager.id}&path=/api/tags`, 4);
    await assertExported('requests', `actor=${manager.id}&method=POST&path=/api/tags`, 2);
    await assertExported('requests', 'status_code=404&request_id=exported-1', 1);
    const statuses = lines((await read(`requests/export?actor=${manager.id}&path=/api/tags`)).text);
    expect(statuses.map(({ status_code }) => status_code)).toEqual([201, 422, 200, 404]);
  });

  it('of entries has the rows of the list, oldest first, as NDJSON and CSV', async () => {
    const { body } = await as(manager).post('/api/tags', { name: 'Lines\nand tabs' });
    await as(manager).patch(`/api/tags/${body.id}`, { name: 'Renamed' });
    await as(manager).delete(`/api/tags/${body.id}`);
    await assertExported('entries', `entity_type=tag&entity_id=${body.id}`, 3);
  });

  it('of requests has a header without rows, and is recorded', async () => {
    const csv = await read('requests/export?request_id=none-such&format=csv');
    expect(csv.text).toMatch(/^"id","timestamp",.*"omitted_bytes"\r\n$/);
    const [entry] = (await list('entries?action=audit.exported&limit=1')) as [Row];
    expect(entry.actor_id).toBe(auditor.id);
  });

  it('has the duration of each request, in milliseconds', async () => {
    const { id } = await aTask(app, manager.id);
    const holder = new Client({ connectionString: app.database.ownerUrl });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id]);
    const began = performance.now();
    const patch = as(manager).patch(`/api/tasks/${id}`, { title: 'Held' }, { 'X-Request-Id': 'timed-1' });
    await waitFor(async () => (await app.lockWaits()) === 1);
    const waiting = performance.now();
    await waitFor(() => performance.now() - waiting >= 200);
    await holder.query('COMMIT');
    await holder.end();
    expect((await patch).status).toBe(200);
    const whole = performance.now() - began;
    const [row] = lines((await read('requests/export?request_id=timed-1')).text) as [Row];
    expect(row.duration_ms).toBeGreaterThanOrEqual(200);
    expect(row.duration_ms).toBeLessThanOrEqual(whole);
  });
});

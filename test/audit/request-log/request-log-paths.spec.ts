import sql, { type Sql } from 'sql-template-tag';
import { Database } from '../../../src/infrastructure/database/database.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';

const LONG = `/long/${'ж'.repeat(193)}`;
const PATHS = [
  '/odd/a%b',
  '/odd/aXb',
  '/odd/a_b',
  '/odd/a\\b',
  '/odd/a\\\\b',
  '/odd/A%b',
  '/odd/ж',
  '/odd/жж',
  '/odd/é',
  '/odd/🧪',
  '/odd/z',
  LONG,
  `${LONG}a`,
  `${LONG}ab`,
  `${LONG}b`,
  `${LONG}🧪`,
  `/long/${'🧪'.repeat(240)}`,
  `/long/${'🧪'.repeat(240)}z`,
];
const PREFIXES = [
  ...PATHS,
  '/odd/',
  '/odd/a',
  '/odd/a%',
  '/odd/a_',
  '/odd/a\\',
  '/odd/%',
  '/odd',
  '/odd/none',
  '/long/',
  LONG.slice(0, -1),
  `${LONG}c`,
  `/long/${'🧪'.repeat(150)}`,
];

describe('GET /api/audit/requests?path=', () => {
  let app: TestApp;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  const insert = (paths: Sql) =>
    app.rows(sql`INSERT INTO api_audit_logs (timestamp, method, path, status_code, duration_ms, request_id)
      SELECT now(), 'GET', path, 200, 1, 'paths' FROM ${paths}`);
  const found = async (query: string) => {
    const { status, body } = await as(auditor).get(`/api/audit/requests?${query}`);
    expect(status).toBe(200);
    return (body as { path: string }[]).map(({ path }) => path);
  };

  it('finds the paths that begin so, character by character, also beyond the part that the index has', async () => {
    await insert(sql`unnest(${PATHS}::text[]) path`);
    for (const prefix of PREFIXES) {
      const expected = PATHS.filter((path) => path.startsWith(prefix)).reverse();
      expect([prefix, await found(`request_id=paths&limit=50&path=${encodeURIComponent(prefix)}`)]).toEqual([
        prefix,
        expected,
      ]);
    }
  });

  it.each([
    ['a page', 'limit=10'],
    ['a long page', 'limit=100'],
    ['the whole list', ''],
    ['a total', 'limit=10&include_total=true'],
  ])('is found by its index among many: %s', async (_, query) => {
    await insert(sql`(SELECT '/api/tasks/' || n FROM generate_series(1, 20000) n) many(path)`);
    await app.rows(sql`ANALYZE api_audit_logs`);
    const database = app.nest.get(Database);
    const run = jest.spyOn(database.pool, 'query');
    const paths = await found(`path=/api/tasks/4242&${query}`);
    const statements = run.mock.calls
      .map(([given]) => given as unknown as { text: string; values: unknown[] })
      .filter(({ text }) => text.includes('FROM api_audit_logs a'));
    run.mockRestore();
    expect(new Set(paths)).toEqual(new Set(['/api/tasks/4242']));
    expect(statements.length).toBeGreaterThan(0);
    for (const { text, values } of statements) {
      const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ANALYZE ${text}`, values);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      // Each partition has the index under a name of its own.
      expect(plan).toMatch(/Index Scan (using|on) api_audit_logs_\d{4}_\d\d_left_idx/);
      const passedOver = [...plan.matchAll(/Rows Removed by Filter: (\d+)/g)].map(([, count]) => Number(count));
      expect(Math.max(0, ...passedOver)).toBeLessThan(100);
    }
  });
});

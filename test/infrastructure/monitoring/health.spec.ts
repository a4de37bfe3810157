import { as } from '../../support/actors.js';
import { TestApp, sql } from '../../support/app.js';

describe('GET /health/ready', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const ready = () => as(app).get('/health/ready');
  const record = (name: string) => app.rows(sql`INSERT INTO migrations (timestamp, name) VALUES (1, ${name})`);
  const forget = (name: string) => app.rows(sql`DELETE FROM migrations WHERE name = ${name}`);

  it('is 503 and names the migration that is missing, although one of another release makes up the number', async () => {
    await forget('table_comments_1764000000009');
    await record('visits_1770000000000');
    const { status, body, headers } = await ready();
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    expect(body).toMatchObject({
      code: 'not_ready',
      detail:
        '1 migration(s) have not been run: table_comments_1764000000009; run, but not known to this release: visits_1770000000000',
      missing_migrations: ['table_comments_1764000000009'],
      unknown_migrations: ['visits_1770000000000'],
    });
    const logged = app.log.filter((line) => line.includes('Migrations have not been run'));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/table_comments_1764000000009.*visits_1770000000000/);
  });

  it('is 200 and names the migrations that a newer release has run, for replicas of this one serve on', async () => {
    await record('table_comments_1764000000009');
    expect(await ready()).toMatchObject({
      status: 200,
      body: { status: 'ok', unknown_migrations: ['visits_1770000000000'] },
    });
    await ready();
    expect(app.log.filter((line) => line.includes('does not know'))).toHaveLength(1);
  });

  it('is 200 without a further word where the names are the same, in any order', async () => {
    await forget('visits_1770000000000');
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect((await ready()).body).toEqual({ status: 'ok' });
    expect(app.log.at(-1)).toContain('The schema is that of this release');
  });

  it('is 503 where the role may not read what was migrated, or nothing was', async () => {
    await app.rows(sql`ALTER TABLE migrations RENAME TO migrations_elsewhere`);
    const { status, body } = await ready();
    expect([status, body.code]).toEqual([503, 'not_ready']);
    expect(body.detail).toContain('users_and_sessions_1764000000000');
    await app.rows(sql`ALTER TABLE migrations_elsewhere RENAME TO migrations`);
    expect((await ready()).status).toBe(200);
  });
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../../../src/infrastructure/database/database.js';
import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { RollupReconciler } from '../../../src/analytics/rollups/rollup-reconciler.job.js';
import { RollupCompactor } from '../../../src/analytics/rollups/rollup-compactor.worker.js';
import { as } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { connected } from '../../support/database.js';
import { aTask } from '../../support/factories.js';
import { readers, recounted } from '../../support/recount.js';

const ROOT = join(__dirname, '../../..');

describe('totals of tasks, checked', () => {
  let app: TestApp;
  let people: Awaited<ReturnType<typeof readers>>;

  beforeAll(async () => {
    app = await TestApp.start();
    people = await readers(app, app);
    for (const status of ['pending', 'blocked', 'completed']) {
      for (const { id } of people.developers) await aTask(app, id, { status, actual: '2.50' });
    }
  });
  afterAll(() => app.stop());

  const fold = () => app.nest.get(RollupCompactor, { strict: false }).compact();
  const agree = async () => {
    const [read, wanted] = await recounted(app, [people.manager, people.auditor, ...people.developers]);
    expect(read).toEqual(wanted);
  };
  const version = async () =>
    (await app.rows<{ n: string }>(sql`SELECT blocked_changes AS n FROM task_totals WHERE assignee_id = 0`))[0]?.n ??
    '0';
  const spoil = async () => {
    await fold();
    await app.rows(sql`UPDATE task_totals SET completed = completed + 3, actual = 0 WHERE assignee_id = 0`);
    await app.rows(sql`DELETE FROM task_totals WHERE assignee_id IN (999, ${people.developers[0].id})`);
    await app.rows(sql`INSERT INTO task_totals SELECT 999, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0`);
  };

  it('are repaired while tasks change, and the difference is logged', async () => {
    await spoil();
    const before = BigInt(await version());
    let writing = true;
    const write = async (who: number) => {
      for (let n = 0; writing || n < 5; n++) {
        await as(people.manager).post('/api/tasks', {
          ...{ title: `T ${n}`, estimated_hours: 1, deadline: '2020-01-01', assigned_to: who },
          status: n % 2 ? 'blocked' : 'pending',
        });
      }
    };
    const folding = async () => {
      while (writing) await fold();
    };
    const beside = [write(people.developers[0].id), write(people.developers[1].id), folding()];
    const differences = await app.nest.get(RollupReconciler, { strict: false }).reconcile();
    writing = false;
    await Promise.all(beside);
    await agree();
    expect(differences.map(({ assignee }) => assignee)).toEqual([0, people.developers[0].id, 999]);
    const [everyone] = differences;
    expect((everyone?.stored.completed ?? 0) - (everyone?.actual.completed ?? 0)).toBe(3);
    expect(BigInt(await version()) > before).toBe(true);
    expect(await app.nest.get(RollupReconciler, { strict: false }).reconcile()).toEqual([]);
  }, 60_000);

  it('are checked every night, which says what was wrong in the log and the metrics', async () => {
    const jobs = app.nest.get(JobQueue);
    expect(await jobs.runNow('check-task-totals')).toBe(0);
    await spoil();
    expect(await jobs.runNow('check-task-totals')).toBe(3);
    expect((await as(app).get('/metrics')).text).toContain('ctms_task_totals_repaired_total 3');
    expect(app.log.filter((line) => line.includes('Totals of tasks were wrong'))).toHaveLength(3);
    await agree();
  });

  it('are rebuilt by a command', async () => {
    const rebuild = () =>
      new Promise<string>((resolve, reject) => {
        const env = { ...process.env, ENVIRONMENT: 'test', DATABASE_URL: app.url };
        const command = join(ROOT, 'dist/cli/rebuild-analytics.command.js');
        execFile(process.execPath, [command], { env }, (error, out, err) =>
          error ? reject(new Error(err)) : resolve(out),
        );
      });
    await spoil();
    const out = await rebuild();
    expect(out).toMatch(
      /^everyone: completed was \d+, is \d+; actual was 0, is [\d.]+\nuser \d+: .*\nuser 999: .*\n3 rows repaired\n$/,
    );
    expect(await rebuild()).toBe('OK: the totals equal a full count\n');
    await agree();
  });

  it('are counted by the migration, and of nothing once there is nothing', async () => {
    const file = (name: string) => readFileSync(join(ROOT, `migrations/${name}.sql`), 'utf8');
    await connected(app.database.ownerUrl, async (owner) => {
      await owner.query(file('1764000000005-rollups-and-search.down'));
      await owner.query(file('1764000000005-rollups-and-search.up'));
      await app.grant();
      await agree();
      expect(await app.nest.get(RollupReconciler, { strict: false }).reconcile()).toEqual([]);
      await owner.query('BEGIN; ALTER TABLE task_history DISABLE TRIGGER USER; TRUNCATE tasks CASCADE; COMMIT');
    });
    await agree();
    await fold();
    await agree();
    expect(await app.nest.get(RollupReconciler, { strict: false }).reconcile()).toEqual([]);
  });

  it('and indexes answer, for any number of tasks', async () => {
    await app.rows(sql`INSERT INTO users (id, username, email, hashed_password)
      SELECT 1000 + n, 'many' || n, n || '@example.org', '!' FROM generate_series(0, 99) n`);
    await app.rows(sql`INSERT INTO tasks
        (title, status, assigned_to_id, created_by_id, estimated_hours, deadline, created_at, completed_at)
      SELECT 'T', s, 1000 + n % 100, 1000, 1, now() + (n - 5000) * interval '1 hour', now() - n * interval '1 hour',
        CASE s WHEN 'completed' THEN now() - n * interval '1 hour' END
      FROM generate_series(1, 20000) n, LATERAL (SELECT (ARRAY['pending', 'blocked', 'completed'])[n % 3 + 1] AS s) s`);
    await connected(app.database.ownerUrl, (owner) => owner.query('VACUUM ANALYZE tasks'));
    for (const path of ['?blocked_limit=20', '/team', '/trends']) {
      const { pool } = app.nest.get(Database);
      const asked = jest.spyOn(pool, 'query');
      expect((await as(people.manager).get(`/api/analytics${path}`)).status).toBe(200);
      const statements = asked.mock.calls.map(([query]) => query as unknown as { text: string; values: unknown[] });
      asked.mockRestore();
      const { text, values } = statements
        .filter((one) => /\btasks\b/.test(one.text ?? ''))
        .at(-1) as (typeof statements)[0];
      const plan = await connected(app.url, (client) => client.query(`EXPLAIN ${text}`, values));
      const lines = plan.rows.map((row: Record<string, string>) => row['QUERY PLAN'] ?? '');
      expect([path, lines.filter((line) => /Seq Scan on tasks/.test(line))]).toEqual([path, []]);
      expect(lines.filter((line) => /using tasks_\w+ on tasks|on tasks_\w+/.test(line)).length).toBeGreaterThan(0);
    }
  }, 60_000);
});

import { as, createSamples, signedIn, sql, TestApp, type UserRow } from '../../../../test/kit.js';

/** A name of a table or an expression as it is. */
const raw = (text: string) => sql([text]);
const NOW = '2026-06-17T12:34:56.789Z';
/** Two studies, the second of which is for members. */
const SAMPLES = { tasks: 2600, users: 40, seed: 7 };
/** Tables by the type of their records in the audit trail. */
const TABLES = {
  study: 'studies',
  study_site: 'study_sites',
  study_member: 'study_members',
  study_milestone: 'study_milestones',
  study_training: 'study_trainings',
  monitoring_visit: 'monitoring_visits',
  protocol_deviation: 'protocol_deviations',
  study_task_link: 'study_task_links',
} as const;

async function seeded(): Promise<TestApp> {
  const app = await TestApp.start();
  app.clock.set(NOW);
  await createSamples(app, SAMPLES);
  return app;
}

describe('sample data of studies', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await seeded();
  }, 180_000);
  afterAll(() => app.stop());

  const none = async (statement: ReturnType<typeof sql>) => expect(await app.rows(statement)).toEqual([]);
  const count = async (table: string) =>
    Number((await app.rows<{ n: string }>(sql`SELECT count(*) AS n FROM ${raw(table)}`))[0]?.n);

  it('is proportional to the tasks, some for members, with visits in many stages', async () => {
    expect(await app.rows(sql`SELECT id, access FROM studies ORDER BY id`)).toEqual([
      { id: 1, access: 'open' },
      { id: 2, access: 'members' },
    ]);
    expect(await count('study_task_links')).toBeGreaterThan(300);
    const [row] = await app.rows<UserRow>(sql`SELECT * FROM users WHERE username = 'manager'`);
    const manager = await signedIn(app, row as UserRow);
    const visits = (await as(manager).get('/api/studies/1/monitoring-visits')).body as { stage: string }[];
    expect(visits.length).toBeGreaterThan(20);
    expect(new Set(visits.map(({ stage }) => stage)).size).toBeGreaterThan(3);
    const summary = await as(manager).get('/api/studies/1/summary');
    expect(summary.status).toBe(200);
  });

  it.each(Object.entries(TABLES))('has entries of each %s that add up to the record as it is', async (type, table) => {
    expect(await count(table)).toBeGreaterThan(1);
    const folded = sql`SELECT entity_id AS id, last_changes(changes ORDER BY id) AS changes, count(*) AS entries,
      min(occurred_at) AS first, max(occurred_at) AS last FROM audit_trail WHERE entity_type = ${type} GROUP BY 1`;
    await none(sql`SELECT r.id FROM ${raw(table)} r LEFT JOIN (${folded}) f USING (id)
      WHERE (r.version, r.created_at, r.updated_at) IS DISTINCT FROM (f.entries, f.first, f.last)
        OR EXISTS (SELECT FROM jsonb_each(f.changes) e WHERE e.value->1 IS DISTINCT FROM to_jsonb(r)->e.key)
        OR EXISTS (SELECT FROM jsonb_each(to_jsonb(r)) c WHERE c.key NOT IN ('id', 'version', 'created_at', 'updated_at')
          AND c.value <> 'null' AND NOT f.changes ? c.key)`);
  });

  it('has tasks of a study for members that only its members had or changed', async () => {
    const covered = (user: string) => sql`EXISTS (SELECT FROM study_members m WHERE m.study_id = s.id
      AND m.user_id = ${raw(user)} AND m.start_date <= l.created_at::date AND (m.site_id IS NULL OR m.site_id = l.site_id))`;
    const linked = sql`study_task_links l JOIN studies s ON s.id = l.study_id AND s.access = 'members'`;
    expect((await app.rows(sql`SELECT FROM ${linked}`)).length).toBeGreaterThan(20);
    await none(sql`SELECT l.id FROM ${linked} JOIN audit_trail a ON a.entity_type = 'task' AND a.entity_id = l.task_id
      WHERE a.actor_id IS NOT NULL AND NOT ${covered('a.actor_id')}
        OR a.changes ? 'assigned_to' AND NOT ${covered(`(a.changes->'assigned_to'->>1)::int`)}`);
    await none(sql`SELECT v.id FROM monitoring_visits v JOIN studies s ON s.id = v.study_id WHERE NOT EXISTS (SELECT FROM
      study_members m WHERE m.study_id = s.id AND m.user_id = v.monitor_id AND m.start_date <= v.created_at::date)`);
  });

  it('has tasks at the site that their titles name, linked after they were created', async () => {
    await none(sql`SELECT l.id FROM study_task_links l JOIN tasks t ON t.id = l.task_id LEFT JOIN study_sites s ON s.id = l.site_id
      WHERE s.site_number IS DISTINCT FROM substring(t.title FROM 'site ([0-9]+)') OR l.created_at <= t.created_at`);
    await none(sql`SELECT l.id FROM study_task_links l JOIN monitoring_visits v ON l.origin = 'monitoring_visit:' || v.id
      WHERE (v.site_id, v.study_id) <> (l.site_id, l.study_id) OR v.created_at > l.created_at`);
  });

  it('has visits whose dates follow each other, and nothing after the present', async () => {
    await none(sql`SELECT id FROM monitoring_visits WHERE confirmed_on > started_on OR started_on > ended_on
      OR ended_on > report_completed_on OR report_completed_on > report_approved_on OR report_approved_on > ${NOW}::date`);
    await none(sql`SELECT id FROM study_sites WHERE selected_on > initiated_on OR initiated_on > activated_on`);
    await none(
      sql`SELECT id FROM audit_trail WHERE occurred_at > ${NOW} AND entity_type <> 'key' AND entity_type <> 'sample_data'`,
    );
  });

  it('is the same for the same seed', async () => {
    const again = await seeded();
    for (const table of Object.values(TABLES)) {
      const rows = sql`SELECT * FROM ${raw(table)} ORDER BY id`;
      expect(await again.rows(rows)).toEqual(await app.rows(rows));
    }
    await again.stop();
  }, 180_000);
});

import { as, createDemo, signedIn, sql, TestApp, type TestActor, type UserRow } from '../../../../test/kit.js';

interface Row {
  readonly id: number;
  readonly title: string;
  readonly stage: string;
  readonly site_number: string;
  readonly origin: string;
  readonly sentence: string;
}

/** The demo as the product makes it on its start at a time. */
async function demoAt(
  time: string,
): Promise<{ app: TestApp; manager: TestActor; developer: TestActor; auditor: TestActor }> {
  const app = await TestApp.start();
  app.clock.set(time);
  await createDemo(app);
  const user = async (name: string) => {
    const [row] = await app.rows<UserRow>(sql`SELECT * FROM users WHERE username = ${name}`);
    return signedIn(app, row as UserRow);
  };
  return { app, manager: await user('manager'), developer: await user('developer'), auditor: await user('auditor') };
}

const listed = async (who: TestActor, path: string) => (await as(who).get(path)).body as Row[];

describe('the trial of the demo', () => {
  let world: Awaited<ReturnType<typeof demoAt>>;
  beforeAll(async () => {
    world = await demoAt('2026-11-30T08:00:00Z');
  });
  afterAll(() => world.app.stop());

  it('has three sites in different stages, and visits from planned to complete', async () => {
    const { manager } = world;
    const sites = await listed(manager, '/api/studies/1/sites');
    expect(sites.map(({ site_number, stage }) => [site_number, stage])).toEqual([
      ['01', 'active'],
      ['02', 'initiated'],
      ['04', 'selected'],
    ]);
    const visits = await listed(manager, '/api/studies/1/monitoring-visits');
    expect(visits.map(({ stage }) => stage)).toEqual([
      'complete',
      'follow_up',
      'awaiting_report',
      'planned',
      'planned',
    ]);
    const milestones = await listed(manager, '/api/studies/1/milestones');
    expect(new Set(milestones.map(({ stage }) => stage))).toEqual(new Set(['achieved', 'overdue', 'upcoming']));
  });

  it('has all tasks of the demo, unchanged, and those that the templates of the planned visit gave its monitor', async () => {
    const { manager, developer } = world;
    const own = await listed(developer, '/api/tasks?sort=id');
    expect(own.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const tasks = await listed(manager, '/api/studies/1/tasks?sort=id');
    expect(tasks.map(({ title }) => title).slice(7)).toEqual([
      'Translate the patient leaflet into Marathi',
      'Write the monitoring report',
      'Close the findings of the monitoring visit',
    ]);
    const link = (await as(manager).get('/api/tasks/9/study')).body as Row;
    expect(link.origin).toBe('monitoring_visit:5');
  });

  it('has members in the roles that their accounts suggest', async () => {
    const members = await world.app
      .rows(sql`SELECT u.username, m.role FROM study_members m JOIN users u ON u.id = m.user_id
      WHERE m.study_id = 1 ORDER BY m.id`);
    expect(members).toEqual([
      { username: 'manager', role: 'project_manager' },
      { username: 'developer', role: 'monitor' },
      { username: 'auditor', role: 'quality' },
    ]);
  });

  it('is written by the manager with its reason, and read in sentences', async () => {
    const { app, auditor } = world;
    expect(
      await app.rows(sql`SELECT DISTINCT actor_name, reason FROM audit_trail WHERE entity_type IN ('study', 'study_site',
        'monitoring_visit', 'protocol_deviation', 'study_training', 'study_milestone', 'study_member', 'study_task_link')`),
    ).toEqual([{ actor_name: 'manager', reason: 'Demo data' }]);
    const { entries } = (await as(auditor).get('/api/audit/entities/study/1')).body as { entries: Row[] };
    expect(entries[0]?.sentence).toMatch(/^manager created study "CT-1042-02"/);
  });
});

describe('the Monday of the demo', () => {
  it.each(['2026-12-31T23:30:00Z', '2027-02-28T05:00:00Z', '2028-02-29T12:00:00Z'])(
    'has something to do in each section, also on %s',
    async (time) => {
      const { app, manager } = await demoAt(time);
      const { counts } = (await as(manager).get('/api/studies/1/summary')).body as { counts: object };
      expect(counts).toEqual({
        sites: 3,
        late_sites: 1,
        visits_overdue: 0,
        visits_without_report: 1,
        open_important_deviations: 1,
        expiring_trainings: 1,
        expired_trainings: 0,
        slipped_milestones: 1,
      });
      await app.stop();
    },
  );
});

import { JobQueue } from '../../../infrastructure/jobs/job-queue.service.js';
import { anActor, as, sql, startApp, type TestActor, type TestApp } from '../../../../test/kit.js';
import { idOf, StudyWorld } from '../study-world.spec-kit.js';

const VISIT = { type: 'interim', mode: 'on_site', planned_date: '2026-11-02' };
const DEVIATION = { term: 'Visit 3 was late', start_date: '2026-11-01', identified_on: '2026-11-02' };
const REASON = { 'X-Change-Reason': 'Data base is clean' };
const [REPORT, OVERDUE, EXPIRING] = ['monitoring_report_overdue', 'deviation_overdue', 'training_expiring'] as const;
type Kind = typeof REPORT | typeof OVERDUE | typeof EXPIRING;

describe('Reminders of a study', () => {
  let world: StudyWorld;
  let replica: TestApp;
  let monitor: TestActor;
  let quality: TestActor;

  beforeAll(async () => {
    world = await StudyWorld.start();
    replica = await startApp({ replicaOf: world.app });
  });
  afterAll(async () => {
    await replica.stop();
    await world.app.stop();
  });
  beforeEach(async () => {
    at('2026-11-16T10:00:00Z');
    [monitor, quality] = [await anActor(world.app, 'developer'), await anActor(world.app, 'developer')];
    await world.app.rows(sql`DELETE FROM notifications`);
    await world.app.rows(sql`UPDATE studies SET locked_at = now()`);
  });

  function at(time: string): void {
    for (const app of [world.app, replica]) {
      app?.clock.hold();
      app?.clock.set(time);
    }
  }

  const run = (app = world.app): Promise<number> =>
    app.nest.get(JobQueue, { strict: false }).runNow('remind-members-of-studies');

  /** Users who have notifications of a kind, in the order of their ids, once for each. */
  const notified = async (kind: Kind): Promise<number[]> =>
    (
      await world.app.rows<{ id: number }>(
        sql`SELECT user_id AS id FROM notifications WHERE notification_type = ${kind} ORDER BY 1`,
      )
    ).map(({ id }) => id);

  /** Makes a study for members with a site, its manager, a monitor of the site and a member for quality. */
  async function aStudy(given: object = {}): Promise<{ path: string; site: number }> {
    const path = await world.aStudy({ access: 'members', ...given });
    const site = (await world.created(`${path}/sites`, { facility: 'Köln', site_number: '104' })).id;
    const membership = { user_id: monitor.id, role: 'monitor', site_id: site };
    await world.created(`${path}/members`, membership);
    await world.created(`${path}/members`, { user_id: quality.id, role: 'quality' });
    return { path, site };
  }

  async function aVisit({ path, site }: { path: string; site: number }, ended_on: string | null): Promise<string> {
    const visit = { ...VISIT, site_id: site, monitor_id: monitor.id, ended_on, started_on: ended_on };
    return `${path}/monitoring-visits/${(await world.created(`${path}/monitoring-visits`, visit)).id}`;
  }

  const ids = (...users: TestActor[]) => users.map(({ id }) => id).sort((a, b) => a - b);
  const listed = async (who: TestActor) =>
    (await as(who).get('/api/notifications')).body as { message: string; notification_type: string; task: null }[];

  it('notify the monitor and the project managers of a report that is late, from its day in UTC on, and once', async () => {
    await aVisit(await aStudy(), '2026-11-16');
    at('2026-11-29T23:59:59Z');
    expect([await run(), await notified(REPORT)]).toEqual([0, []]);
    at('2026-11-30T00:00:00Z');
    expect([await run(), await notified(REPORT)]).toEqual([2, ids(world.manager, monitor)]);
    at('2026-12-05T00:00:00Z');
    expect([await run(), await notified(REPORT)]).toEqual([0, ids(world.manager, monitor)]);
    const [mine] = await listed(monitor);
    expect(mine).toMatchObject({ notification_type: REPORT, task: null, task_title: null, read: false });
    expect(mine?.message).toMatch(
      /^The report of the interim monitoring visit at site "104" \("Köln"\), which ended on 2026-11-16, is not completed \(study "CT-\d+-X"\)$/,
    );
  });

  it('leave out a report that was completed in time, and come again where the visit ended on another day', async () => {
    const study = await aStudy();
    const [done, moved] = [await aVisit(study, '2026-11-10'), await aVisit(study, '2026-11-11')];
    at('2026-11-24T10:00:00Z');
    const completed = { report_completed_on: '2026-11-20' };
    expect((await as(world.manager).patch(done, completed)).status).toBe(200);
    expect(await run()).toBe(0);
    at('2026-11-25T10:00:00Z');
    expect(await run()).toBe(2);
    expect((await as(world.manager).patch(moved, { ended_on: '2026-11-12' })).status).toBe(200);
    expect(await run()).toBe(0);
    at('2026-11-26T00:00:00Z');
    expect(await run()).toBe(2);
  });

  it('notify monitors, quality and project managers of the site of an overdue deviation, again for another due date', async () => {
    const { path, site } = await aStudy();
    const elsewhere = (await world.created(`${path}/sites`, { facility: 'Bonn' })).id;
    const other = await anActor(world.app, 'developer');
    await world.created(`${path}/members`, { user_id: other.id, role: 'monitor', site_id: elsewhere });
    await world.created(`${path}/members`, { user_id: world.other.id, role: 'principal_investigator' });
    const body = { ...DEVIATION, site_id: site, due_date: '2026-11-20' };
    const deviation = `${path}/deviations/${(await world.created(`${path}/deviations`, body)).id}`;
    at('2026-11-20T23:59:59Z');
    expect(await run()).toBe(0);
    at('2026-11-21T00:00:00Z');
    expect([await run(), await notified(OVERDUE)]).toEqual([3, ids(world.manager, monitor, quality)]);
    expect((await as(world.manager).patch(deviation, { due_date: '2026-11-25' })).status).toBe(200);
    expect(await run()).toBe(0);
    at('2026-11-26T00:00:00Z');
    expect(await run()).toBe(3);
    const resolved = { resolved_on: '2026-11-26', resolution: 'Trained again' };
    expect((await as(world.manager).patch(deviation, resolved)).status).toBe(200);
    at('2026-11-30T00:00:00Z');
    expect(await run()).toBe(0);
  });

  it('notify its user and the project managers of a training that ends, 30 days before, unless it was renewed', async () => {
    const { path } = await aStudy();
    const training = { user_id: monitor.id, course: 'GCP', completed_on: '2024-12-20', expires_on: '2026-12-20' };
    await world.created(`${path}/training`, training);
    await world.created(`${path}/training`, { ...training, course: 'Renewed' });
    await world.created(`${path}/training`, { ...training, course: 'Renewed', expires_on: '2028-12-20' });
    at('2026-11-19T23:59:59Z');
    expect(await run()).toBe(0);
    at('2026-11-20T00:00:00Z');
    expect([await run(), await notified(EXPIRING)]).toEqual([2, ids(world.manager, monitor)]);
    const [mine] = await listed(monitor);
    expect(mine?.message).toContain(`The training "GCP" of ${monitor.username} expires on 2026-12-20 (study "CT-`);
  });

  it('are sent once by two replicas at the same time', async () => {
    const study = await aStudy();
    for (let n = 0; n < 5; n++) await aVisit(study, '2026-11-01');
    const sent = await Promise.all([run(), run(replica), run(), run(replica)]);
    await run(replica);
    expect(Math.max(...sent)).toBe(10);
    expect(await notified(REPORT)).toHaveLength(10);
  });

  it('are for active members alone, and for who became one later', async () => {
    const study = await aStudy();
    const { path } = study;
    await aVisit(study, '2026-11-01');
    const members = (await as(world.manager).get(`${path}/members`)).body as { id: number; user_id: number }[];
    const membership = members.find(({ user_id }) => user_id === monitor.id);
    const ending = await as(world.manager).patch(`${path}/members/${membership?.id}`, { end_date: '2026-11-16' });
    expect(ending.status).toBe(200);
    at('2026-11-17T10:00:00Z');
    await world.app.rows(sql`UPDATE users SET is_active = false WHERE id = ${world.manager.id}`);
    expect(await run()).toBe(0);
    await world.app.rows(sql`UPDATE users SET is_active = true WHERE id = ${world.manager.id}`);
    expect([await run(), await notified(REPORT)]).toEqual([1, [world.manager.id]]);
    at('2026-11-16T12:00:00Z');
    expect([await run(), await notified(REPORT)]).toEqual([1, ids(world.manager, monitor)]);
  });

  it('leave with the study: a member who left sees them no more, counted or live', async () => {
    const study = await aStudy();
    await aVisit(study, '2026-11-01');
    await world.created(`${study.path}/members`, {
      user_id: world.other.id,
      role: 'project_manager',
      end_date: '2026-11-18',
    });
    await run();
    const unread = async () => (await as(world.other).get('/api/notifications/unread_count')).body as object;
    expect([(await listed(world.other)).length, await unread()]).toEqual([1, { count: 1 }]);
    at('2026-11-19T10:00:00Z');
    expect([(await listed(world.other)).length, await unread()]).toEqual([0, { count: 0 }]);
    expect(await listed(monitor)).toHaveLength(1);
    expect((await as(world.manager).patch(study.path, { access: 'open' })).status).toBe(200);
    expect([(await listed(world.other)).length, await unread()]).toEqual([1, { count: 1 }]);
  });

  it('rest while the study is locked', async () => {
    const study = await aStudy();
    await aVisit(study, '2026-11-01');
    expect((await as(world.manager).post(`${study.path}/lock`, {}, REASON)).status).toBe(200);
    expect(await run()).toBe(0);
    expect((await as(world.manager).post(`${study.path}/unlock`, {}, REASON)).status).toBe(200);
    expect(await run()).toBe(2);
  });

  it('are of what the summary lists', async () => {
    const study = await aStudy();
    const { path, site } = study;
    const visits = [];
    for (const day of ['2026-10-20', '2026-11-01', '2026-11-02', '2026-11-03', null])
      visits.push(await aVisit(study, day));
    await as(world.manager).patch(visits[0] ?? '', { report_completed_on: '2026-10-30' });
    for (const due_date of ['2026-11-15', '2026-11-16', null])
      await world.created(`${path}/deviations`, { ...DEVIATION, site_id: site, due_date, important: true });
    for (const expires_on of ['2026-11-10', '2026-12-16', '2026-12-17']) {
      const training = { user_id: quality.id, completed_on: '2024-11-16', expires_on, course: expires_on };
      await world.created(`${path}/training`, training);
    }
    await run();
    const { body } = await as(world.manager).get(`${path}/summary`);
    const { visits_without_report, open_important_deviations, ending_trainings } = body as Record<
      string,
      { id: number; days_since?: number; stage?: string }[]
    >;
    const rows = await world.app.rows<{ kind: Kind; id: number }>(sql`SELECT notification_type AS kind, record_id AS id
      FROM notifications WHERE user_id = ${world.manager.id} ORDER BY id`);
    const of = (kind: Kind) => rows.filter((row) => row.kind === kind).map(({ id }) => id);
    const sorted = (list: { id: number }[] = []) => list.map(({ id }) => id).sort((a, b) => a - b);
    expect(of(REPORT)).toEqual(sorted(visits_without_report?.filter(({ days_since = 0 }) => days_since >= 14)));
    expect(of(OVERDUE)).toEqual(sorted(open_important_deviations?.filter(({ stage }) => stage === 'overdue')));
    expect(of(EXPIRING)).toEqual(sorted(ending_trainings));
    expect([of(REPORT), of(OVERDUE).length, of(EXPIRING).length]).toEqual([visits.slice(1, 3).map(idOf), 1, 2]);
  });
});

describe('Settings of studies', () => {
  it('move the days from which members are reminded, within what the summary calls expiring', async () => {
    for (const name of ['STUDIES_TRAINING_NOTICE_DAYS', 'STUDIES_REPORT_DUE_DAYS'])
      for (const days of ['366', ' ', '1e1']) await expect(startApp({ env: { [name]: days } })).rejects.toThrow(name);
    const app = await startApp({ env: { STUDIES_REPORT_DUE_DAYS: '3', STUDIES_TRAINING_NOTICE_DAYS: '5' } });
    app.clock.set('2026-11-16T10:00:00Z');
    const manager = await anActor(app, 'manager');
    const post = async (path: string, body: object) => ((await as(manager).post(path, body)).body as { id: number }).id;
    const study = { full_title: 'T', study_type: 'interventional', sponsor_protocol_identifier: 'CT-1' };
    const path = `/api/studies/${await post('/api/studies', study)}`;
    const site_id = await post(`${path}/sites`, { facility: 'Köln' });
    const visit = { ...VISIT, site_id, monitor_id: manager.id };
    for (const ended_on of ['2026-11-13', '2026-11-14'])
      await post(`${path}/monitoring-visits`, { ...visit, started_on: ended_on, ended_on });
    for (const expires_on of ['2026-11-21', '2026-11-22'])
      await post(`${path}/training`, {
        user_id: manager.id,
        course: expires_on,
        completed_on: '2024-11-16',
        expires_on,
      });
    expect(await app.nest.get(JobQueue, { strict: false }).runNow('remind-members-of-studies')).toBe(2);
    await app.stop();
  });
});

import { as, aTask, type TestActor, type TestApp } from '../../../test/kit.js';
import { idOf, problem, StudyWorld } from './study-world.spec-kit.js';

describe('Records of studies', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
    ({ app, manager, developer } = world);
  });
  afterAll(() => app.stop());

  const aStudy: StudyWorld['aStudy'] = (given) => world.aStudy(given);
  const created: StudyWorld['created'] = (path, body, who) => world.created(path, body, who);

  describe('stages', () => {
    it('of a site follow from its dates', async () => {
      const path = await aStudy();
      const { id, stage } = await created(`${path}/sites`, { facility: 'Clinic', site_number: '104' });
      expect(stage).toBe('identified');
      const steps = [
        ['selected_on', 'selected'],
        ['initiated_on', 'initiated'],
        ['activated_on', 'active'],
        ['closed_on', 'closed'],
      ];
      for (const [field = '', expected] of steps) {
        const future = await as(manager).patch(`${path}/sites/${id}`, { [field]: '2026-11-17' });
        expect(future.body.stage).not.toBe(expected);
        expect((await as(manager).patch(`${path}/sites/${id}`, { [field]: '2026-11-16' })).body.stage).toBe(expected);
        expect((await as(manager).get(`${path}/sites?stage=${expected}`)).body).toHaveLength(1);
      }
      const duplicate = await as(manager).post(`${path}/sites`, { facility: 'Else', site_number: '104' });
      expect(problem(duplicate)).toEqual([409, 'site_exists']);
      const report = { as_of: '2026-11-15', screened: 9, enrolled: 7, withdrawn: 1, completed: 0 };
      const reported = await as(manager).patch(`${path}/sites/${id}`, { enrollment_report: report });
      expect(reported.body.enrollment_report).toEqual(report);
    });

    it('of a monitoring visit follow from its dates and its open tasks', async () => {
      const path = await aStudy({
        follow_up_templates: [
          {
            visit_type: 'interim',
            title: 'Write the report',
            kind: 'monitoring',
            priority: 'high',
            estimated_hours: '6',
            due_days: 10,
          },
          {
            visit_type: 'close_out',
            title: 'Archive',
            kind: 'document',
            priority: 'low',
            estimated_hours: '2',
            due_days: 5,
          },
        ],
      });
      const site = await created(`${path}/sites`, { facility: 'Clinic' });
      const visits = `${path}/monitoring-visits`;
      const planned = {
        site_id: site.id,
        type: 'interim',
        mode: 'on_site',
        planned_date: '2026-11-20',
        monitor_id: developer.id,
      };
      const { id, stage } = await created(visits, planned);
      expect(stage).toBe('planned');
      const after = async (patch: object) => (await as(manager).patch(`${visits}/${id}`, patch)).body.stage as string;
      expect(await after({ confirmed_on: '2026-11-10' })).toBe('confirmed');
      expect(await after({ planned_date: '2026-11-15' })).toBe('overdue');
      expect(await after({ planned_date: '2026-11-16' })).toBe('confirmed');
      expect(await after({ started_on: '2026-11-16' })).toBe('in_progress');
      expect(problem(await as(manager).delete(`${visits}/${id}`))).toEqual([409, 'visit_has_begun']);
      expect(await after({ ended_on: '2026-11-16' })).toBe('awaiting_report');
      expect(await after({ report_completed_on: '2026-11-16' })).toBe('report_in_review');
      expect(await after({ report_approved_on: '2026-11-16' })).toBe('follow_up');
      const tasks = await as(developer).get(`${path}/tasks`);
      expect(tasks.body).toMatchObject([
        {
          title: 'Write the report',
          priority: 'high',
          estimated_hours: '6.00',
          assigned_to: developer.id,
          deadline: '2026-11-30T17:00:00.000Z',
        },
      ]);
      const link = await as(developer).get(`/api/tasks/${tasks.body[0].id}/study`);
      expect(link.body).toMatchObject({ kind: 'monitoring', origin: `monitoring_visit:${id}`, site_id: site.id });
      await as(developer).patch(`/api/tasks/${tasks.body[0].id}`, { status: 'completed' });
      expect((await as(manager).get(`${visits}/${id}`)).body.stage).toBe('complete');
      expect(
        (await as(manager).get(`${visits}?stage=complete,planned&type=interim&monitor_id=${developer.id}`)).body,
      ).toHaveLength(1);
      expect((await as(manager).get(`${visits}?stage=overdue`)).body).toEqual([]);
    });

    it('of milestones, deviations and trainings follow from their dates', async () => {
      const path = await aStudy();
      const site = await created(`${path}/sites`, { facility: 'Clinic' });
      const milestone = { type: 'first_participant_in', name: 'FPI' };
      expect((await created(`${path}/milestones`, { ...milestone, planned_date: '2026-11-16' })).stage).toBe(
        'upcoming',
      );
      const late = await created(`${path}/milestones`, { ...milestone, planned_date: '2026-11-15' });
      expect(late.stage).toBe('overdue');
      const achieved = await as(manager).patch(`${path}/milestones/${late.id}`, { actual_date: '2026-11-16' });
      expect(achieved.body.stage).toBe('achieved');
      expect((await as(manager).delete(`${path}/milestones/${late.id}`)).status).toBe(204);
      const deviation = {
        site_id: site.id,
        term: 'Out of window',
        start_date: '2026-11-01',
        identified_on: '2026-11-05',
      };
      expect((await created(`${path}/deviations`, { ...deviation, due_date: '2026-11-16' })).stage).toBe('open');
      const overdue = await created(`${path}/deviations`, { ...deviation, due_date: '2026-11-15' });
      expect(overdue.stage).toBe('overdue');
      const resolved = await as(manager).patch(`${path}/deviations/${overdue.id}`, { resolved_on: '2026-11-16' });
      expect(resolved.body.stage).toBe('resolved');
      const training = { user_id: developer.id, course: 'GCP', completed_on: '2025-11-16' };
      for (const [expires_on, stage] of [
        [null, 'current'],
        ['2026-12-17', 'current'],
        ['2026-12-16', 'expiring'],
        ['2026-11-16', 'expiring'],
        ['2026-11-15', 'expired'],
      ])
        expect((await created(`${path}/training`, { ...training, expires_on })).stage).toBe(stage);
    });
  });

  describe('the summary of a Monday', () => {
    it('counts what is late, and lists it', async () => {
      const path = await aStudy();
      const [first, second] = [
        await created(`${path}/sites`, { facility: 'First', target_enrollment: 20 }),
        await created(`${path}/sites`, { facility: 'Second' }),
      ];
      const visit = { type: 'interim', mode: 'remote', monitor_id: developer.id, site_id: first.id };
      await created(`${path}/monitoring-visits`, { ...visit, planned_date: '2026-11-10' });
      const ended = { started_on: '2026-11-02', ended_on: '2026-11-03' };
      const unreported = await created(`${path}/monitoring-visits`, {
        ...visit,
        ...ended,
        site_id: second.id,
        planned_date: '2026-11-02',
      });
      const deviation = {
        site_id: first.id,
        term: 'Consent missing',
        start_date: '2026-11-01',
        identified_on: '2026-11-05',
      };
      const important = await created(`${path}/deviations`, { ...deviation, important: true });
      await created(`${path}/deviations`, deviation);
      await created(`${path}/deviations`, { ...deviation, important: true, resolved_on: '2026-11-10' });
      const training = { user_id: developer.id, course: 'GCP', completed_on: '2025-11-16' };
      await created(`${path}/training`, { ...training, expires_on: '2026-12-01' });
      await created(`${path}/training`, { ...training, course: 'Protocol', expires_on: '2026-11-01' });
      await created(`${path}/training`, { ...training, course: 'Protocol', expires_on: '2027-11-01' });
      await created(`${path}/milestones`, { type: 'other', name: 'Late', planned_date: '2026-11-06' });
      const { id: task } = await aTask(app, developer.id, { deadline: '2026-11-01' });
      const link = { study_id: idOf(path), site_id: first.id, kind: 'document' };
      expect((await as(manager).put(`/api/tasks/${task}/study`, link)).status).toBe(200);
      const { body } = await as(manager).get(`${path}/summary`);
      expect(body).toMatchObject({
        as_of: '2026-11-16',
        overall_status: 'not_yet_recruiting',
        warning: null,
        counts: {
          sites: 2,
          late_sites: 1,
          visits_overdue: 1,
          visits_without_report: 1,
          open_important_deviations: 1,
          expiring_trainings: 1,
          expired_trainings: 0,
          slipped_milestones: 1,
        },
        late_sites: [
          { site_id: first.id, overdue_visits: 1, overdue_tasks: 1, overdue_deviations: 0, target_enrollment: 20 },
        ],
        visits_without_report: [{ id: unreported.id, days_since: 13, monitor: developer.username }],
        open_important_deviations: [{ id: important.id, stage: 'open' }],
        slipped_milestones: [{ name: 'Late', days_late: 10 }],
        tasks_by_kind: [{ kind: 'document', open_tasks: 1, overdue_tasks: 1, completed_tasks: 0 }],
      });
      await as(manager).patch(path, { overall_status: 'suspended', why_stopped: 'Review' });
      expect((await as(manager).get(`${path}/summary`)).body.warning).toMatch(/suspended/);
    });
  });
});

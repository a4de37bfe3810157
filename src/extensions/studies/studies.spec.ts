import { anActor, as, type TestActor } from '../../../test/support/actors.js';
import { sql, TestApp } from '../../../test/support/app.js';
import { aTask } from '../../../test/support/factories.js';

const STUDY = { sponsor_protocol_identifier: 'CT-1', full_title: 'A Trial', study_type: 'interventional' };
const REASON = { 'X-Change-Reason': 'Data base is clean' };

describe('Studies', () => {
  let app: TestApp;
  let manager: TestActor;
  let other: TestActor;
  let developer: TestActor;
  let auditor: TestActor;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    app.clock.set('2026-11-16T10:00:00Z');
    [manager, other, developer, auditor] = [
      await anActor(app, 'manager'),
      await anActor(app, 'manager'),
      await anActor(app, 'developer'),
      await anActor(app, 'auditor'),
    ];
  });
  afterAll(() => app.stop());

  async function aStudy(given: object = {}): Promise<string> {
    const body = { ...STUDY, sponsor_protocol_identifier: `CT-${++count}-X`, ...given };
    const { status, body: study } = await as(manager).post('/api/studies', body);
    expect([status, study.code]).toEqual([201, undefined]);
    return `/api/studies/${study.id}`;
  }
  const created = async (path: string, body: object, who = manager) => {
    const answer = await as(who).post(path, body);
    expect([path, answer.status, answer.body.detail]).toEqual([path, 201, undefined]);
    return answer.body as { id: number; stage?: string };
  };
  const problem = ({ status, body }: { status: number; body: { code: string } }) => [status, body.code];

  describe('a study', () => {
    it('is set up with all its fields, read, listed and found', async () => {
      const given = {
        ...STUDY,
        sponsor_protocol_identifier: 'ASTER-2',
        nct_number: 'NCT05551234',
        identifiers: [{ type: 'EUDRACT_NUMBER', value: '2025-001234-22' }],
        trial_acronym: 'ASTER',
        trial_phase: 'phase2',
        sponsor_name: 'Northwind',
        overall_status: 'recruiting',
        start_date: { date: '2026-03', type: 'actual' },
        completion_date: { date: '2028-02-29', type: 'estimated' },
        enrollment: { count: 60, type: 'estimated' },
        approval_date: '2026-02-10',
      };
      const { body, headers } = await as(manager).post('/api/studies', given);
      expect([headers.etag, body]).toEqual(['"1"', expect.objectContaining(given)]);
      expect(body).toMatchObject({ access: 'open', locked_at: null, why_stopped: null, follow_up_templates: [] });
      const read = await as(developer).get(`/api/studies/${body.id}`);
      expect(read.body).toEqual(body);
      expect((await as(developer).get(`/api/studies/${body.id}`, { 'If-None-Match': '"1"' })).status).toBe(304);
      const found = await as(auditor).get('/api/studies?q=aster&overall_status=recruiting&sort=-updated_at');
      expect(found.body).toEqual([body]);
      expect(problem(await as(manager).post('/api/studies', given))).toEqual([409, 'study_exists']);
      const patched = await as(manager).patch(`/api/studies/${body.id}`, body, { 'If-Match': '"1"' });
      expect([patched.status, patched.body.version]).toEqual([200, 1]);
    });

    it.each([
      [{ start_date: { date: '2026-13', type: 'actual' } }, 'start_date.date'],
      [{ start_date: { date: '2026-02-30', type: 'actual' } }, 'start_date.date'],
      [{ start_date: { date: '2026-02' } }, 'start_date.type'],
      [{ nct_number: 'NCT123' }, 'nct_number'],
      [{ approval_date: '2026-04-31' }, 'approval_date'],
      [{ overall_status: 'terminated' }, 'why_stopped'],
      [{ overall_status: 'recruiting', why_stopped: 'No money' }, 'why_stopped'],
      [{ locked: true }, 'locked'],
    ])('is refused with %j', async (given, field) => {
      const { status, body } = await as(manager).post('/api/studies', { ...STUDY, ...given });
      expect([status, body.errors?.[0]?.field]).toEqual([422, field]);
    });

    it('takes statuses that can follow its own, and says which those are', async () => {
      const path = await aStudy();
      const to = (overall_status: string, more = {}) => as(manager).patch(path, { overall_status, ...more });
      const refused = await to('completed');
      expect([...problem(refused), refused.body.allowed]).toEqual([
        409,
        'status_not_reachable',
        ['recruiting', 'enrolling_by_invitation', 'suspended', 'withdrawn', 'unknown'],
      ]);
      expect((await to('recruiting')).status).toBe(200);
      expect(problem(await to('suspended'))).toEqual([422, 'validation_error']);
      expect((await to('suspended', { why_stopped: 'Safety review' })).body.why_stopped).toBe('Safety review');
      expect((await to('recruiting')).body.why_stopped).toBeNull();
      expect((await to('terminated', { why_stopped: 'Futility' })).status).toBe(200);
      expect((await to('recruiting')).body.allowed).toEqual([]);
    });

    it('is changed at the version that was read, by managers', async () => {
      const path = await aStudy();
      expect((await as(manager).patch(path, { trial_acronym: 'ONE' }, { 'If-Match': '"1"' })).headers.etag).toBe('"2"');
      const stale = await as(manager).patch(path, { trial_acronym: 'TWO' }, { 'If-Match': '"1"' });
      expect([...problem(stale), stale.body.current_version]).toEqual([412, 'stale_version', 2]);
      expect(problem(await as(developer).patch(path, {}))).toEqual([403, 'role_not_allowed']);
      expect(problem(await as(auditor).patch(path, {}))).toEqual([403, 'role_not_allowed']);
      expect(problem(await as(manager).get('/api/studies/999999'))).toEqual([404, 'study_not_found']);
    });

    it('is locked and unlocked with a reason, and nothing of it changes in between', async () => {
      const path = await aStudy();
      const site = await created(`${path}/sites`, { facility: 'Clinic' });
      const { id: task } = await aTask(app, developer.id);
      await as(manager).put(`/api/tasks/${task}/study`, { study_id: Number(path.split('/').pop()), kind: 'other' });
      expect(problem(await as(manager).post(`${path}/lock`))).toEqual([422, 'reason_required']);
      expect((await as(manager).post(`${path}/lock`, {}, REASON)).body.locked_at).toEqual(expect.any(String));
      const refusals = [
        await as(manager).post(`${path}/lock`, {}, REASON),
        await as(manager).patch(path, { trial_acronym: 'X' }),
        await as(manager).post(`${path}/sites`, { facility: 'Other' }),
        await as(manager).patch(`${path}/sites/${site.id}`, { city: 'Köln' }),
        await as(manager).delete(`${path}/sites/${site.id}`),
        await as(manager).patch(`/api/tasks/${task}`, { title: 'Changed' }),
        await as(manager).post('/api/tasks/bulk-update', { task_ids: [task], status: 'blocked' }),
        await as(developer).patch(`/api/tasks/${task}`, { status: 'in_progress' }),
        await as(manager).delete(`/api/tasks/${task}`),
        await as(manager).delete(`/api/tasks/${task}/study`),
      ];
      for (const refusal of refusals)
        expect([...problem(refusal), refusal.body.unlocked_by]).toEqual([409, 'study_locked', [manager.username]]);
      expect((await as(manager).post(`${path}/unlock`, {}, REASON)).body.locked_at).toBeNull();
      expect(problem(await as(manager).post(`${path}/unlock`, {}, REASON))).toEqual([409, 'study_not_locked']);
      expect((await as(manager).patch(`/api/tasks/${task}`, { title: 'Changed' })).status).toBe(200);
      const entries = await as(auditor).get(`/api/audit/entries?entity_type=study&entity_id=${path.split('/').pop()}`);
      expect(entries.body.map(({ action, reason }: { action: string; reason: string }) => [action, reason])).toEqual([
        ['study.unlocked', 'Data base is clean'],
        ['study.locked', 'Data base is clean'],
        ['study.created', null],
      ]);
    });
  });

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
      const link = { study_id: Number(path.split('/').pop()), site_id: first.id, kind: 'document' };
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

  describe('a task', () => {
    it('belongs to one study at most, and is listed there with the filters of all tasks', async () => {
      const path = await aStudy();
      const study_id = Number(path.split('/').pop());
      const { id } = await aTask(app, developer.id, { title: 'Needle in a haystack' });
      await aTask(app, developer.id);
      expect(problem(await as(manager).get(`/api/tasks/${id}/study`))).toEqual([404, 'task_not_linked']);
      const put = await as(manager).put(`/api/tasks/${id}/study`, { study_id, kind: 'document' });
      expect([put.status, put.headers.etag, put.body.kind]).toEqual([200, '"1"', 'document']);
      const stale = { study_id, kind: 'other' };
      expect((await as(manager).put(`/api/tasks/${id}/study`, stale, { 'If-Match': '"1"' })).headers.etag).toBe('"2"');
      expect(problem(await as(manager).put(`/api/tasks/${id}/study`, stale, { 'If-Match': '"1"' }))).toEqual([
        412,
        'stale_version',
      ]);
      const list = (query: string, who = manager) => as(who).get(`${path}/tasks?${query}`);
      const whole = (await as(manager).get(`/api/tasks/${id}`)).body;
      expect((await list('q=needle&kind=other&limit=5&include_total=true')).body).toEqual([whole]);
      expect((await list('kind=document')).body).toEqual([]);
      expect((await list('status=completed')).body).toEqual([]);
      expect((await list('', await anActor(app, 'developer'))).body).toEqual([]);
      const wrong = [
        { study_id: 999_999, kind: 'other' },
        { study_id, kind: 'other', site_id: 999_999 },
        { study_id, kind: 'other', origin: 'monitoring_visit:999999' },
      ];
      const codes = await Promise.all(
        wrong.map(async (body) => problem(await as(manager).put(`/api/tasks/${id}/study`, body))[1]),
      );
      expect(codes).toEqual(['study_not_found', 'site_not_found', 'monitoring_visit_not_found']);
      expect((await as(manager).delete(`/api/tasks/${id}/study`)).status).toBe(204);
      expect((await list('')).body).toEqual([]);
    });
  });

  describe('a study for members', () => {
    it('is seen and changed by its members, and by auditors read', async () => {
      const path = await aStudy({ access: 'members' });
      const strangers = [
        await as(other).get(path),
        await as(other).get(`${path}/sites`),
        await as(other).get(`${path}/summary`),
        await as(other).get(`${path}/calendar.ics`),
        await as(other).get(`${path}/tasks`),
        await as(other).patch(path, { trial_acronym: 'X' }),
        await as(other).post(`${path}/sites`, { facility: 'X' }),
        await as(developer).get(path),
      ];
      for (const answer of strangers) expect(problem(answer)).toEqual([404, 'study_not_found']);
      const ids = async (who: TestActor) =>
        (await as(who).get('/api/studies')).body.map(({ id }: { id: number }) => id);
      const id = Number(path.split('/').pop());
      expect([(await ids(other)).includes(id), (await ids(manager)).includes(id)]).toEqual([false, true]);
      expect((await as(auditor).get(path)).status).toBe(200);
      await created(`${path}/members`, { user_id: other.id, role: 'quality' });
      expect((await as(other).patch(path, { trial_acronym: 'X' })).status).toBe(200);
    });

    it('shows a member of a site that site alone', async () => {
      const path = await aStudy({ access: 'members' });
      const [own, hidden] = [
        await created(`${path}/sites`, { facility: 'Own' }),
        await created(`${path}/sites`, { facility: 'Hidden' }),
      ];
      await created(`${path}/members`, { user_id: developer.id, role: 'monitor', site_id: own.id });
      const visit = { type: 'interim', mode: 'remote', planned_date: '2026-11-20', monitor_id: developer.id };
      const refused = await as(manager).post(`${path}/monitoring-visits`, { ...visit, site_id: hidden.id });
      expect(problem(refused)).toEqual([409, 'assignee_not_a_member']);
      const mine = await created(`${path}/monitoring-visits`, { ...visit, site_id: own.id }, developer);
      const theirs = await created(`${path}/monitoring-visits`, {
        ...visit,
        site_id: hidden.id,
        monitor_id: manager.id,
      });
      const sites = (await as(developer).get(`${path}/sites`)).body as { id: number }[];
      expect(sites.map(({ id }) => id)).toEqual([own.id]);
      expect(problem(await as(developer).get(`${path}/sites/${hidden.id}`))).toEqual([404, 'site_not_found']);
      const visits = (await as(developer).get(`${path}/monitoring-visits`)).body as { id: number }[];
      expect(visits.map(({ id }) => id)).toEqual([mine.id]);
      expect(problem(await as(developer).patch(`${path}/monitoring-visits/${theirs.id}`, {}))).toEqual([
        404,
        'monitoring_visit_not_found',
      ]);
      const elsewhere = await as(developer).patch(`${path}/monitoring-visits/${mine.id}`, { site_id: hidden.id });
      expect(problem(elsewhere)).toEqual([404, 'site_not_found']);
      expect(
        problem(
          await as(developer).post(`${path}/training`, {
            user_id: developer.id,
            course: 'GCP',
            completed_on: '2026-01-01',
          }),
        ),
      ).toEqual([403, 'not_yours']);
      expect(problem(await as(developer).patch(`${path}/sites/${own.id}`, {}))).toEqual([403, 'role_not_allowed']);
      app.clock.set('2026-11-16T22:00:00Z');
      expect(problem(await as(developer).patch(`${path}/monitoring-visits/${mine.id}`, {}))).toEqual([
        403,
        'outside_working_hours',
      ]);
      app.clock.set('2026-11-16T10:00:00Z');
    });

    it('keeps a project manager, and hands tasks to members only', async () => {
      const path = await aStudy();
      const [first] = (await as(manager).get(`${path}/members`)).body as { id: number }[];
      const leave = { end_date: '2026-11-16' };
      const last = await as(manager).patch(`${path}/members/${first?.id}`, leave);
      expect(problem(last)).toEqual([409, 'last_project_manager']);
      const { id: task } = await aTask(app, developer.id);
      const link = { study_id: Number(path.split('/').pop()), kind: 'other' };
      await as(manager).patch(path, { access: 'members' });
      expect(problem(await as(manager).put(`/api/tasks/${task}/study`, link))).toEqual([409, 'assignee_not_a_member']);
      const monitor = await created(`${path}/members`, { user_id: developer.id, role: 'monitor' });
      const twice = await as(manager).post(`${path}/members`, { user_id: developer.id, role: 'monitor' });
      expect(problem(twice)).toEqual([409, 'already_a_member']);
      expect((await as(manager).put(`/api/tasks/${task}/study`, link)).status).toBe(200);
      const colleague = await anActor(app, 'developer');
      const handed = await as(manager).patch(`/api/tasks/${task}`, { assigned_to: colleague.id });
      expect(problem(handed)).toEqual([409, 'assignee_not_a_member']);
      app.clock.set('2026-11-18T10:00:00Z');
      const ended = await as(manager).patch(`${path}/members/${monitor.id}`, { end_date: '2026-11-17' });
      expect(ended.body).toMatchObject({ active: false, tasks_to_hand_over: [{ id: task }] });
      app.clock.set('2026-11-16T10:00:00Z');
      await created(`${path}/members`, { user_id: other.id, role: 'project_manager' });
      expect((await as(manager).patch(`${path}/members/${first?.id}`, leave)).status).toBe(200);
    });
  });

  it('have a calendar of their dates', async () => {
    const path = await aStudy({ trial_acronym: 'A,B;C' });
    const site = await created(`${path}/sites`, { facility: 'Clinic' });
    await created(`${path}/milestones`, { type: 'other', name: 'Last\nday', planned_date: '2026-12-31' });
    const visit = {
      site_id: site.id,
      type: 'for_cause',
      mode: 'remote',
      planned_date: '2026-12-01',
      monitor_id: developer.id,
    };
    const { id } = await created(`${path}/monitoring-visits`, visit);
    const { status, headers, text } = await as(manager).get(`${path}/calendar.ics`);
    expect([status, headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n[\s\S]*END:VCALENDAR\r\n$/);
    expect(text).toContain(`UID:monitoring_visit-${id}@studies.ctms\r\n`);
    expect(text).toContain('DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n');
    expect(text).toContain('SUMMARY:A\\,B\\;C: for cause visit\\, site Clinic\r\n');
    expect(text).toContain('SUMMARY:A\\,B\\;C: Last\\nday\r\n');
  });

  it('answer every malformed id, and every record of another study, without a fault of ours', async () => {
    const [path, foreign] = [await aStudy(), await aStudy()];
    const site = await created(`${foreign}/sites`, { facility: 'Foreign' });
    for (const kind of ['sites', 'members', 'milestones', 'monitoring-visits', 'deviations', 'training']) {
      expect((await as(manager).get(`${path}/${kind}/x`)).status).toBe(422);
      expect((await as(manager).get(`${path}/${kind}/999999`)).status).toBe(404);
      expect((await as(manager).patch(`${path}/${kind}/999999`, {})).status).toBe(404);
      expect((await as(manager).post(`${path}/${kind}`, {})).status).toBe(422);
      expect((await as(manager).get(`${path}/${kind}?limit=1&cursor=x`)).body.code).toBe('invalid_cursor');
    }
    expect(problem(await as(manager).get(`${path}/tasks?cursor=x`))).toEqual([422, 'invalid_cursor']);
    expect(problem(await as(manager).patch(`${path}/sites/${site.id}`, {}))).toEqual([404, 'site_not_found']);
    const rows = await app.rows(
      sql`SELECT FROM audit_trail WHERE entity_type = 'study_site' AND entity_id = ${site.id}`,
    );
    expect(rows).toHaveLength(1);
  });
});

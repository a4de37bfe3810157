import { anActor, as, aTask, type TestActor, type TestApp } from '../../../test/kit.js';
import { idOf, problem, StudyWorld } from './study-world.spec-kit.js';

describe('Members of studies', () => {
  let app: TestApp;
  let manager: TestActor;
  let other: TestActor;
  let developer: TestActor;
  let auditor: TestActor;
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
    ({ app, manager, other, developer, auditor } = world);
  });
  afterAll(() => app.stop());

  const aStudy: StudyWorld['aStudy'] = (given) => world.aStudy(given);
  const created: StudyWorld['created'] = (path, body, who) => world.created(path, body, who);

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
      const id = idOf(path);
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
      const moved = await as(manager).patch(`${path}/monitoring-visits/${mine.id}`, { site_id: hidden.id });
      expect(problem(moved)).toEqual([409, 'assignee_not_a_member']);
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
      const denied = await as(developer).patch(`${path}/sites/${own.id}`, {});
      expect([...problem(denied), denied.body.decision]).toEqual([
        403,
        'role_not_allowed',
        expect.objectContaining({ allowed: false, rule: 'manage studies', code: 'role_not_allowed' }),
      ]);
      app.clock.set('2026-11-16T22:00:00Z');
      expect(problem(await as(developer).patch(`${path}/monitoring-visits/${mine.id}`, {}))).toEqual([
        403,
        'outside_working_hours',
      ]);
      app.clock.set('2026-11-16T10:00:00Z');
    });

    it('discloses no record of another site to a manager of one site who names it as the origin of a task', async () => {
      const path = await aStudy({ access: 'members' });
      const own = await created(`${path}/sites`, { facility: 'Own' });
      const hidden = await created(`${path}/sites`, { facility: 'Hidden' });
      await created(`${path}/members`, { user_id: other.id, role: 'monitor', site_id: own.id });
      await created(`${path}/members`, { user_id: developer.id, role: 'monitor' });
      const [planned_date, day] = [
        '2026-11-20',
        { term: 'Late visit', category: 'Visit', start_date: '2026-11-10', identified_on: '2026-11-10' },
      ];
      const visit = { type: 'interim', mode: 'remote', planned_date, monitor_id: manager.id };
      const milestone = { type: 'other', name: 'Ready', planned_date };
      const recordsAt = async (site_id: number | null): Promise<string[]> => [
        `site:${site_id}`,
        `monitoring_visit:${(await created(`${path}/monitoring-visits`, { ...visit, site_id })).id}`,
        `deviation:${(await created(`${path}/deviations`, { ...day, site_id })).id}`,
        `milestone:${(await created(`${path}/milestones`, { ...milestone, site_id })).id}`,
      ];
      const course = { user_id: manager.id, course: 'GCP', completed_on: '2026-01-01' };
      const training = `training:${(await created(`${path}/training`, course)).id}`;
      const [mine, theirs] = [await recordsAt(own.id), [...(await recordsAt(hidden.id)), training]];
      const { id: task } = await aTask(app, developer.id);
      const link = (origin: string, who = other) =>
        as(who).put(`/api/tasks/${task}/study`, { study_id: idOf(path), site_id: own.id, kind: 'other', origin });
      for (const origin of mine) expect([origin, (await link(origin)).status]).toEqual([origin, 200]);
      for (const origin of theirs) {
        const missing = origin.replace(/\d+$/, '999999');
        const [answer, of] = [await link(origin), await link(missing)];
        expect([origin, answer.status, answer.body.code]).toEqual([origin, 404, of.body.code]);
        expect(answer.body.detail).toBe(of.body.detail.replace(missing, origin));
        expect([origin, (await link(origin, manager)).status]).toEqual([origin, 200]);
      }
    });

    it('is not disclosed by a task of it to an assignee who is no member, also where it is locked', async () => {
      const path = await aStudy();
      const { id: task } = await aTask(app, developer.id);
      await as(manager).put(`/api/tasks/${task}/study`, { study_id: idOf(path), kind: 'other' });
      await as(manager).patch(path, { access: 'members' });
      const locked = await as(manager).post(`${path}/lock`, {}, { 'X-Change-Reason': 'Clean' });
      expect(locked.status).toBe(200);
      const change = { status: 'in_progress' };
      const named = await as(manager).patch(`/api/tasks/${task}`, change);
      expect([...problem(named), named.body.unlocked_by]).toEqual([409, 'study_locked', [manager.username]]);
      const { status, body } = await as(developer).patch(`/api/tasks/${task}`, change);
      expect([status, body]).toEqual([409, expect.objectContaining({ code: 'study_locked', unlocked_by: [] })]);
      expect(body.detail).toBe('A task that changes with this one belongs to a locked study');
    });

    it('keeps a project manager who may manage it', async () => {
      const path = await aStudy();
      const [first] = (await as(manager).get(`${path}/members`)).body as { id: number }[];
      await created(`${path}/members`, { user_id: developer.id, role: 'project_manager' });
      const left = await as(manager).patch(`${path}/members/${first?.id}`, { end_date: '2026-11-16' });
      expect(problem(left)).toEqual([409, 'last_project_manager']);
    });

    it('keeps a project manager, and hands tasks to members only', async () => {
      const path = await aStudy();
      const [first] = (await as(manager).get(`${path}/members`)).body as { id: number }[];
      const leave = { end_date: '2026-11-16' };
      const last = await as(manager).patch(`${path}/members/${first?.id}`, leave);
      expect(problem(last)).toEqual([409, 'last_project_manager']);
      const { id: task } = await aTask(app, developer.id);
      const link = { study_id: idOf(path), kind: 'other' };
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
});

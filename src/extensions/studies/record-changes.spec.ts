import { as, aTask } from '../../../test/kit.js';
import { idOf, problem, StudyWorld } from './study-world.spec-kit.js';

const VISIT = { type: 'interim', mode: 'remote', planned_date: '2026-11-20' };

describe('Changes of records of studies', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  it('keep a monitoring visit that a deviation refers to', async () => {
    const { manager, developer } = world;
    const path = await world.aStudy();
    const site = await world.created(`${path}/sites`, { facility: 'Clinic' });
    const given = { ...VISIT, site_id: site.id, monitor_id: developer.id };
    const { id } = await world.created(`${path}/monitoring-visits`, given);
    const free = await world.created(`${path}/monitoring-visits`, given);
    const found = { site_id: site.id, term: 'Late', start_date: '2026-11-01', identified_on: '2026-11-05' };
    await world.created(`${path}/deviations`, { ...found, monitoring_visit_id: id });
    const refused = await as(manager).delete(`${path}/monitoring-visits/${id}`);
    expect(problem(refused)).toEqual([409, 'visit_in_use']);
    const elsewhere = { site_id: (await world.created(`${path}/sites`, { facility: 'Other' })).id };
    const moved = await as(manager).patch(`${path}/monitoring-visits/${id}`, elsewhere);
    expect(problem(moved)).toEqual([409, 'visit_in_use']);
    expect((await as(manager).patch(`${path}/monitoring-visits/${free.id}`, elsewhere)).body).toMatchObject(elsewhere);
    expect((await as(manager).delete(`${path}/monitoring-visits/${free.id}`)).status).toBe(204);
  });

  it('name no participant', async () => {
    const path = await world.aStudy();
    const site = await world.created(`${path}/sites`, { facility: 'Basel' });
    const found = { site_id: site.id, term: 'Late', start_date: '2026-11-01', identified_on: '2026-11-05' };
    const { id } = await world.created(`${path}/deviations`, { ...found, participant_code: '104-007' });
    for (const participant_code of ['Jane Doe', 'J.D.', 'Doe, 1970-01-01']) {
      const answers = [
        await as(world.manager).post(`${path}/deviations`, { ...found, participant_code }),
        await as(world.manager).patch(`${path}/deviations/${id}`, { participant_code }),
      ];
      for (const { status, body } of answers)
        expect([status, body.errors]).toEqual([
          422,
          [expect.objectContaining({ field: 'participant_code', code: 'not_a_code' })],
        ]);
    }
    const cleared = await as(world.manager).patch(`${path}/deviations/${id}`, { participant_code: null });
    expect([cleared.status, cleared.body.participant_code]).toEqual([200, null]);
  });

  it('are not listed by a span of days that is backward', async () => {
    const path = await world.aStudy();
    const listed = (from: string, to: string) =>
      as(world.manager).get(`${path}/monitoring-visits?planned_from=${from}&planned_to=${to}`);
    const { status, body } = await listed('2026-11-17', '2026-11-16');
    expect([status, body.errors]).toEqual([
      422,
      [expect.objectContaining({ field: 'planned_from', code: 'after_to' })],
    ]);
    expect((await listed('2026-11-16', '2026-11-16')).status).toBe(200);
  });

  it('take days whose deadlines have years of four digits', async () => {
    const { manager, developer } = world;
    const template = { visit_type: 'interim', title: 'Write the report', kind: 'monitoring', priority: 'high' };
    const path = await world.aStudy({ follow_up_templates: [{ ...template, estimated_hours: '6', due_days: 365 }] });
    const site = await world.created(`${path}/sites`, { facility: 'Clinic' });
    const on = (planned_date: string) =>
      as(manager).post(`${path}/monitoring-visits`, {
        ...VISIT,
        site_id: site.id,
        monitor_id: developer.id,
        planned_date,
      });
    const { status, body } = await on('9999-01-01');
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'planned_date']);
    expect((await on('9998-12-31')).status).toBe(201);
    const tasks = await as(manager).get(`${path}/tasks`);
    expect(tasks.body).toMatchObject([{ deadline: '9999-12-31T17:00:00.000Z' }]);
    expect((await as(manager).get(`${path}/calendar.ics`)).text).toContain('DTEND;VALUE=DATE:99990101\r\n');
    const completion = { completion_date: { date: '9999-01', type: 'estimated' } };
    expect(problem(await as(manager).patch(path, completion))).toEqual([422, 'validation_error']);
  });

  it('do not restore the link of a task that was removed since it was read', async () => {
    const { app, manager, developer } = world;
    const link = { study_id: idOf(await world.aStudy()), kind: 'other' };
    const { id } = await aTask(app, developer.id);
    const put = (tag: string) => as(manager).put(`/api/tasks/${id}/study`, link, { 'If-Match': tag });
    expect(problem(await put('"1"'))).toEqual([412, 'stale_version']);
    expect(problem(await put('"x"'))).toEqual([412, 'unknown_entity_tag']);
    expect(problem(await as(manager).get(`/api/tasks/${id}/study`))).toEqual([404, 'task_not_linked']);
    expect((await as(manager).put(`/api/tasks/${id}/study`, link)).status).toBe(200);
  });
});

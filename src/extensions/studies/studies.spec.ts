import { anActor, as, aTask, sql, type TestActor, type TestApp } from '../../../test/kit.js';
import { idOf, problem, StudyWorld } from './study-world.spec-kit.js';

const STUDY = { sponsor_protocol_identifier: 'CT-1', full_title: 'A Trial', study_type: 'interventional' };
const REASON = { 'X-Change-Reason': 'Data base is clean' };

describe('Studies', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let auditor: TestActor;
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
    ({ app, manager, developer, auditor } = world);
  });
  afterAll(() => app.stop());

  const aStudy: StudyWorld['aStudy'] = (given) => world.aStudy(given);
  const created: StudyWorld['created'] = (path, body, who) => world.created(path, body, who);

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
      await as(manager).put(`/api/tasks/${task}/study`, { study_id: idOf(path), kind: 'other' });
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
      const entries = await as(auditor).get(`/api/audit/entries?entity_type=study&entity_id=${idOf(path)}`);
      expect(entries.body.map(({ action, reason }: { action: string; reason: string }) => [action, reason])).toEqual([
        ['study.unlocked', 'Data base is clean'],
        ['study.locked', 'Data base is clean'],
        ['study.created', null],
      ]);
    });
  });

  describe('a task', () => {
    it('belongs to one study at most, and is listed there with the filters of all tasks', async () => {
      const path = await aStudy();
      const study_id = idOf(path);
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

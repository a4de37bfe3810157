import { anActor, as, type TestActor } from '../../../test/kit.js';
import { idOf, StudyWorld } from './study-world.spec-kit.js';

interface Entry {
  readonly id: number;
  readonly entity_type: string;
  readonly entity_id: number;
  readonly sentence: string;
}

const VISIT = { type: 'interim', mode: 'on_site', planned_date: '2026-11-02' };
const DEVIATION = { term: 'Visit 3 was late', start_date: '2026-11-01', identified_on: '2026-11-02' };
const TYPES = [
  'study',
  'study_site',
  'study_member',
  'study_milestone',
  'monitoring_visit',
  'protocol_deviation',
  'study_training',
  'study_task_link',
];

describe('The audit trail of studies', () => {
  let world: StudyWorld;
  let asha: TestActor;

  beforeAll(async () => {
    world = await StudyWorld.start();
    asha = await anActor(world.app, 'developer', { username: 'asha' });
  });
  afterAll(() => world.app.stop());

  const entries = async (who: TestActor, query: string): Promise<Entry[]> =>
    (await as(who).get(`/api/audit/entries?${query}`)).body as Entry[];
  /** Sentences of a record from its first on, without the name of the manager. */
  const sentencesOf = async (type: string, id: number): Promise<string[]> =>
    (await entries(world.auditor, `entity_type=${type}&entity_id=${id}`))
      .toReversed()
      .map(({ sentence }) => sentence.replace(world.manager.username, 'meera'));
  const change = async (path: string, body: object) => {
    const { status, text } = await as(world.manager).patch(path, body);
    expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  };

  it('describes that a study was restricted, suspended, locked and unlocked, and why', async () => {
    const path = await world.aStudy({ sponsor_protocol_identifier: 'ASTER-2' });
    await change(path, { overall_status: 'suspended', why_stopped: 'Supply' });
    await change(path, { access: 'members', trial_acronym: 'AST' });
    await as(world.manager).post(`${path}/lock`, {}, { 'X-Change-Reason': 'Data base is clean' });
    await as(world.manager).post(`${path}/unlock`, {}, { 'X-Change-Reason': 'A query came late' });
    expect((await sentencesOf('study', idOf(path))).slice(1)).toEqual([
      'meera moved study "ASTER-2" from not yet recruiting to suspended (Supply)',
      'meera restricted study "ASTER-2" to its members and set the trial acronym of study "ASTER-2" to AST',
      'meera locked study "ASTER-2" (reason: "Data base is clean")',
      'meera unlocked study "ASTER-2" (reason: "A query came late")',
    ]);
  });

  it('describes sites, members, visits, deviations and links in the words of the trade', async () => {
    const path = await world.aStudy({ sponsor_protocol_identifier: 'ASTER-3' });
    const site = (await world.created(`${path}/sites`, { facility: 'Köln' })).id;
    await change(`${path}/sites/${site}`, { activated_on: '2026-11-03' });
    expect((await sentencesOf('study_site', site))[1]).toBe('meera activated study site "Köln" on 2026-11-03');

    const membership = { user_id: asha.id, role: 'study_coordinator', site_id: site };
    const member = (await world.created(`${path}/members`, membership)).id;
    await change(`${path}/members/${member}`, { end_date: '2026-11-20' });
    expect(await sentencesOf('study_member', member)).toEqual([
      'meera made asha study coordinator of study "ASTER-3", study site "Köln" from 2026-11-16',
      `meera ended the membership of study member ${member} on 2026-11-20`,
    ]);

    const visit = { ...VISIT, site_id: site, monitor_id: asha.id };
    const { id } = await world.created(`${path}/monitoring-visits`, visit);
    const at = `${path}/monitoring-visits/${id}`;
    await change(at, { confirmed_on: '2026-11-01' });
    await change(at, { started_on: '2026-11-02', ended_on: '2026-11-03' });
    await change(at, { report_completed_on: '2026-11-05', report_approved_on: '2026-11-06' });
    await change(at, { report_approved_on: null, report_completed_on: '2026-11-07' });
    const label = `monitoring visit ${id}`;
    expect((await sentencesOf('monitoring_visit', id)).slice(1)).toEqual([
      `meera confirmed ${label} on 2026-11-01`,
      `meera started ${label} on 2026-11-02 and ended ${label} on 2026-11-03`,
      `meera completed the report of ${label} on 2026-11-05 and approved the report of ${label} on 2026-11-06`,
      `meera changed the report completed on of ${label} from 2026-11-05 to 2026-11-07 and ` +
        `cleared the report approved on of ${label}, which was 2026-11-06`,
    ]);

    const deviation = (await world.created(`${path}/deviations`, { ...DEVIATION, site_id: site })).id;
    await change(`${path}/deviations/${deviation}`, { resolved_on: '2026-11-09', resolution: 'Trained again' });
    expect((await sentencesOf('protocol_deviation', deviation))[1]).toBe(
      'meera resolved protocol deviation "Visit 3 was late" on 2026-11-09: "Trained again"',
    );

    const created = await as(world.manager).post('/api/tasks', {
      ...{ title: 'File the letter', assigned_to: asha.id, estimated_hours: 1, deadline: '2100-01-01T00:00:00Z' },
    });
    const task = created.body.id as number;
    await as(world.manager).put(`/api/tasks/${task}/study`, { study_id: idOf(path), kind: 'document' });
    await as(world.manager).delete(`/api/tasks/${task}/study`);
    const links = await entries(world.auditor, 'entity_type=study_task_link&limit=2');
    expect(links.map(({ sentence }) => sentence.replace(world.manager.username, 'meera'))).toEqual([
      'meera removed task "File the letter" from study "ASTER-3"',
      'meera linked task "File the letter" to study "ASTER-3" (document)',
    ]);
  });

  describe('for managers', () => {
    let path: string;
    let sites: number[];
    let visits: number[];

    beforeAll(async () => {
      path = await world.aStudy({ access: 'members' });
      sites = [];
      visits = [];
      for (const facility of ['Oslo', 'Rome']) {
        const site = (await world.created(`${path}/sites`, { facility })).id;
        const visit = { ...VISIT, site_id: site, monitor_id: world.manager.id };
        sites.push(site);
        visits.push((await world.created(`${path}/monitoring-visits`, visit)).id);
      }
    });

    const ids = async (who: TestActor, type: string) =>
      (await entries(who, `entity_type=${type}`)).map(({ entity_id }) => entity_id);

    it('has every type of record of the studies that they see, and of no other', async () => {
      const { manager, other, developer } = world;
      const { id } = await world.created(`${path}/milestones`, {
        type: 'other',
        name: 'Kick-off',
        planned_date: '2026-12-01',
      });
      expect(await ids(manager, 'study')).toContain(idOf(path));
      expect(await ids(manager, 'study_milestone')).toEqual([id]);
      expect(await ids(other, 'study')).not.toContain(idOf(path));
      for (const type of TYPES.slice(1)) {
        const all = await ids(manager, type);
        const own = (await ids(other, type)).filter((each) => all.includes(each));
        const hidden = { study_site: sites, monitoring_visit: visits, study_milestone: [id] }[type] ?? [];
        expect([type, own.filter((each) => hidden.includes(each))]).toEqual([type, []]);
      }
      const of = (who: TestActor) => as(who).get(`/api/audit/entities/monitoring_visit/${visits[0]}`);
      expect([(await of(manager)).status, (await of(other)).status]).toEqual([200, 404]);
      expect((await as(developer).get('/api/audit/entries?entity_type=study')).status).toBe(403);
      const csv = await as(other).get('/api/audit/entries/export?format=csv&entity_type=monitoring_visit');
      expect(csv.text).not.toContain('Oslo');
      const total = (await as(other).get('/api/audit/entries?entity_type=study_milestone&limit=1&include_total=true'))
        .headers['x-total-count'];
      expect(total).toBe('0');
    });

    it('follows memberships by site and day', async () => {
      const { other } = world;
      const seen = async () => (await ids(other, 'monitoring_visit')).filter((id) => visits.includes(id));
      const membership = { user_id: other.id, role: 'monitor', site_id: sites[1], end_date: '2026-11-18' };
      await world.created(`${path}/members`, membership);
      expect([await seen(), (await ids(other, 'study')).includes(idOf(path))]).toEqual([[visits[1]], true]);
      world.app.clock.set('2026-11-19T10:00:00Z');
      expect(await seen()).toEqual([]);
      world.app.clock.set('2026-11-16T10:00:00Z');
      await change(path, { access: 'open' });
      expect(await seen()).toEqual(visits.toReversed());
      await change(path, { access: 'members' });
    });

    it('keeps entries of removed records for auditors', async () => {
      const { id } = await world.created(`${path}/milestones`, {
        type: 'other',
        name: 'Never',
        planned_date: '2026-12-01',
      });
      expect(await ids(world.manager, 'study_milestone')).toContain(id);
      expect((await as(world.manager).delete(`${path}/milestones/${id}`)).status).toBe(204);
      expect(await ids(world.manager, 'study_milestone')).not.toContain(id);
      expect(await ids(world.auditor, 'study_milestone')).toContain(id);
    });
  });
});

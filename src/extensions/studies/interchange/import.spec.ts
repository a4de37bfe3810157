import { as } from '../../../../test/kit.js';
import { problem, StudyWorld } from '../study-world.spec-kit.js';

const RECORD = {
  protocolSection: {
    identificationModule: {
      nctId: 'NCT05551234',
      orgStudyIdInfo: { id: 'CT-1042-02' },
      briefTitle: 'Tavolixin in Stable Angina',
    },
    statusModule: { overallStatus: 'RECRUITING', startDateStruct: { date: '2026-03', type: 'ACTUAL' } },
    designModule: { studyType: 'INTERVENTIONAL', phases: ['PHASE2', 'PHASE3'], masking: { who: ['INVESTIGATOR'] } },
    contactsLocationsModule: {
      centralContacts: [{ name: 'Desk', role: 'CONTACT', phone: '555', email: 'desk@example.org' }],
      locations: [{ facility: 'Rheinklinik', city: 'Köln', country: 'Germany', geoPoint: { lat: 50.9, lon: 6.9 } }],
    },
  },
  hasResults: false,
};

describe('POST /api/studies/import', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  it('creates a study, changes nothing when repeated, and gives the record back', async () => {
    const { manager } = world;
    const dry = await as(manager).post('/api/studies/import?dry_run=true', RECORD);
    const first = await as(manager).post('/api/studies/import', RECORD);
    expect([first.status, first.body.records[0].outcome, first.body.created_count]).toEqual([200, 'created', 1]);
    const id = first.body.records[0].study_id as number;
    expect(dry.body).toEqual({
      ...first.body,
      dry_run: true,
      records: [{ ...first.body.records[0], study_id: null }],
    });
    const again = await as(manager).post('/api/studies/import', RECORD);
    expect(again.body.records[0]).toMatchObject({ outcome: 'unchanged', study_id: id, changes: [], conflicts: [] });
    const study = (await as(manager).get(`/api/studies/${id}`)).body;
    expect(study).toMatchObject({ nct_number: 'NCT05551234', trial_phase: 'phase2_phase3', version: 1 });
    const exported = await as(manager).get(`/api/studies/${id}/export`);
    const { centralContacts: _, ...contactsLocationsModule } = RECORD.protocolSection.contactsLocationsModule;
    expect(exported.body).toEqual({
      ...RECORD,
      protocolSection: { ...RECORD.protocolSection, contactsLocationsModule },
    });
  });

  it('changes what the registry changed and keeps what a person changed', async () => {
    const { manager } = world;
    const { body } = await as(manager).post('/api/studies/import', RECORD);
    const id = body.records[0].study_id as number;
    await as(manager).patch(`/api/studies/${id}`, { trial_short_title: 'Ours' });
    const changed = structuredClone(RECORD);
    changed.protocolSection.statusModule.overallStatus = 'COMPLETED';
    const report = (await as(manager).post('/api/studies/import', changed)).body.records[0];
    expect(report.outcome).toBe('conflict');
    expect(report.changes).toEqual([
      { site_id: null, field: 'overall_status', before: 'recruiting', after: 'completed' },
    ]);
    expect(report.conflicts).toMatchObject([
      { field: 'trial_short_title', here: 'Ours', incoming: 'Tavolixin in Stable Angina' },
    ]);
  });

  it('refuses what is no record, with its place', async () => {
    const { manager, developer } = world;
    expect(problem(await as(manager).post('/api/studies/import', { a: 1 }))).toEqual([422, 'format_not_recognized']);
    expect(problem(await as(developer).post('/api/studies/import', RECORD))).toEqual([403, 'role_not_allowed']);
    const wrong = await as(manager).post('/api/studies/import', [RECORD, { protocolSection: [] }]);
    expect(wrong.body.records[1].errors).toEqual([
      expect.objectContaining({ pointer: '/1/protocolSection', code: 'is_object' }),
    ]);
  });
});

import { as, sql } from '../../../../test/kit.js';
import { problem, StudyWorld } from '../study-world.spec-kit.js';
import { aRecord, imported, manyLocations } from './records.spec-kit.js';

const REASON = { 'X-Change-Reason': 'Data base is clean' };

describe('An import', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  const post = (record: object, who = world.manager) => as(who).post('/api/studies/import', record);

  it('is for managers, who become project managers; exports are for all who see the study', async () => {
    const { manager, other, developer, auditor } = world;
    expect(problem(await post(aRecord(), developer))).toEqual([403, 'role_not_allowed']);
    expect(problem(await post(aRecord(), auditor))).toEqual([403, 'role_not_allowed']);
    const { study_id } = await imported(manager, aRecord());
    const members = (await as(manager).get(`/api/studies/${study_id}/members`)).body;
    expect(members).toMatchObject([{ user_id: manager.id, role: 'project_manager' }]);
    await as(manager).patch(`/api/studies/${study_id}`, { access: 'members' });
    expect(problem(await as(other).get(`/api/studies/${study_id}/export`))).toEqual([404, 'study_not_found']);
    expect(problem(await as(developer).get(`/api/studies/${study_id}/export`))).toEqual([404, 'study_not_found']);
    expect((await as(auditor).get(`/api/studies/${study_id}/export`)).status).toBe(200);
    expect(problem(await as(auditor).get(`/api/studies/${study_id}/export?format=pdf`))).toEqual([
      422,
      'validation_error',
    ]);
  });

  it('does not change or disclose a study that the importer does not see', async () => {
    const { manager, other } = world;
    const record = aRecord();
    const { study_id } = await imported(manager, record);
    await as(manager).patch(`/api/studies/${study_id}`, { access: 'members' });
    record.protocolSection.identificationModule.acronym = 'STOLEN';
    const { identificationModule } = record.protocolSection;
    const renumbered = { ...identificationModule, nctId: 'NCT90009999' };
    const variants = [
      record,
      { protocolSection: { ...record.protocolSection, identificationModule: renumbered } },
      {
        protocolSection: {
          ...record.protocolSection,
          identificationModule: { ...identificationModule, nctId: undefined },
        },
      },
    ];
    for (const variant of variants) {
      const result = await imported(other, variant);
      expect(result).toMatchObject({ outcome: 'conflict', study_id: null, changes: [] });
      expect(result.conflicts).toMatchObject([
        { code: 'study_exists', message: 'There is a study with this identifier already', here: null },
      ]);
    }
    expect((await as(manager).get(`/api/studies/${study_id}`)).body).toMatchObject({
      trial_acronym: 'SPEC',
      version: 2,
    });
    const rows = await world.app.rows(sql`SELECT FROM studies WHERE nct_number = 'NCT90009999'`);
    expect(rows).toEqual([]);
  });

  it('does not change a locked study, and takes the others', async () => {
    const record = aRecord(manyLocations(1));
    const { study_id } = await imported(world.manager, record);
    await as(world.manager).post(`/api/studies/${study_id}/lock`, {}, REASON);
    record.protocolSection.identificationModule.acronym = 'LATE';
    const { body } = await post([record, aRecord()]);
    expect(body.records).toMatchObject([
      { pointer: '/0', outcome: 'conflict', conflicts: [{ code: 'study_locked' }] },
      { pointer: '/1', outcome: 'created' },
    ]);
    expect((await as(world.manager).get(`/api/studies/${study_id}`)).body.trial_acronym).toBe('SPEC');
  });

  it('makes one study of two imports at the same time', async () => {
    const record = aRecord(manyLocations(5));
    const answers = await Promise.all([1, 2, 3].map(() => post(record)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const ids = answers.map(({ body }) => body.records[0].study_id as number);
    expect(new Set(ids).size).toBe(1);
    expect((await as(world.manager).get(`/api/studies/${ids[0]}/sites`)).body).toHaveLength(5);
  });

  it('is in the audit trail as a whole, with the digest of its source', async () => {
    const { study_id } = await imported(world.manager, aRecord(manyLocations(2)));
    const rows = await world.app.rows<{ action: string; changes: object }>(
      sql`SELECT action, changes FROM audit_trail WHERE (changes -> 'study_id' ->> 1)::int = ${study_id}
        OR (entity_type = 'study' AND entity_id = ${study_id}) ORDER BY id`,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'study.created',
      'study_member.created',
      'study_site.created',
      'study_site.created',
      'study_import.created',
    ]);
    expect(rows.at(-1)?.changes).toMatchObject({ digest: [null, expect.stringMatching(/^[0-9a-f]{64}$/)] });
  });

  it('takes records without an NCT number by the identifier of their sponsor', async () => {
    const record = aRecord();
    delete record.protocolSection.identificationModule.nctId;
    const first = await imported(world.manager, record);
    expect(await imported(world.manager, record)).toMatchObject({ outcome: 'unchanged', study_id: first.study_id });
  });
});

describe('An export', () => {
  it('writes a study that was made by hand', async () => {
    const world = await StudyWorld.start();
    const path = await world.aStudy({
      sponsor_protocol_identifier: 'HAND-1',
      nct_number: 'NCT80000001',
      identifiers: [{ type: 'EUDRACT_NUMBER', value: '2025-000000-01' }],
      trial_phase: 'phase1_phase2',
      sponsor_name: 'Northwind',
      overall_status: 'suspended',
      why_stopped: 'Supply',
      start_date: { date: '2026-03', type: 'actual' },
      enrollment: { count: 60, type: 'estimated' },
    });
    await world.created(`${path}/sites`, {
      site_number: '104',
      facility: 'Rheinklinik',
      country: 'Germany',
      status: 'recruiting',
      principal_investigator: 'Dr. Ines Falk',
    });
    const { body } = await as(world.auditor).get(`${path}/export?format=clinical-trials-gov`);
    expect(body).toEqual({
      protocolSection: {
        identificationModule: {
          orgStudyIdInfo: { id: 'HAND-1' },
          nctId: 'NCT80000001',
          secondaryIdInfos: [{ id: '2025-000000-01', type: 'EUDRACT_NUMBER' }],
          officialTitle: 'A Trial',
        },
        designModule: {
          phases: ['PHASE1', 'PHASE2'],
          studyType: 'INTERVENTIONAL',
          enrollmentInfo: { count: 60, type: 'ESTIMATED' },
        },
        sponsorCollaboratorsModule: { leadSponsor: { name: 'Northwind' } },
        statusModule: {
          overallStatus: 'SUSPENDED',
          whyStopped: 'Supply',
          startDateStruct: { date: '2026-03', type: 'ACTUAL' },
        },
        contactsLocationsModule: {
          locations: [
            {
              facility: 'Rheinklinik',
              country: 'Germany',
              status: 'RECRUITING',
              contacts: [{ name: 'Dr. Ines Falk', role: 'PRINCIPAL_INVESTIGATOR' }],
            },
          ],
        },
      },
    });
    expect(await imported(world.manager, body)).toMatchObject({
      outcome: 'unchanged',
      study_id: Number(path.split('/').pop()),
    });
    await world.app.stop();
  });
});

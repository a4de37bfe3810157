import { as } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';
import { aRecord, imported, manyLocations, type RegistryRecord } from './records.spec-kit.js';

interface SiteRow {
  id: number;
  facility: string;
  city: string | null;
  zip: string | null;
  status: string | null;
  version: number;
}

describe('A repeated import', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  const sitesOf = async (study: number) =>
    (await as(world.manager).get(`/api/studies/${study}/sites`)).body as SiteRow[];
  const patched = async (path: string, body: object) => {
    expect((await as(world.manager).patch(`/api/studies/${path}`, body)).status).toBe(200);
  };
  const locationsOf = (record: RegistryRecord) => record.protocolSection.contactsLocationsModule?.locations ?? [];

  it('sets what the registry changed, with the values before and after, for any status before', async () => {
    const record = aRecord(manyLocations(3));
    const { study_id } = await imported(world.manager, record);
    record.protocolSection.statusModule = { overallStatus: 'TERMINATED', whyStopped: 'Futility' };
    delete record.protocolSection.identificationModule.acronym;
    Object.assign(locationsOf(record)[1] ?? {}, { status: 'COMPLETED' });
    const [, second] = await sitesOf(study_id);
    const result = await imported(world.manager, record);
    expect([result.outcome, result.study_id, result.conflicts]).toEqual(['changed', study_id, []]);
    expect(result.changes).toEqual([
      { site_id: null, field: 'trial_acronym', before: 'SPEC', after: null },
      { site_id: null, field: 'overall_status', before: 'recruiting', after: 'terminated' },
      { site_id: null, field: 'why_stopped', before: null, after: 'Futility' },
      { site_id: second?.id, field: 'status', before: 'recruiting', after: 'completed' },
    ]);
    expect(result.sites).toEqual({ created_count: 0, changed_count: 1, unchanged_count: 2, absent_site_ids: [] });
  });

  it('never overwrites what a person changed, until both agree', async () => {
    const record = aRecord(manyLocations(2));
    const { study_id } = await imported(world.manager, record);
    const [site] = await sitesOf(study_id);
    await patched(`${study_id}`, { trial_acronym: 'OURS' });
    await patched(`${study_id}/sites/${site?.id}`, { city: 'Köln' });
    for (const acronym of ['SPEC', 'THEIRS', 'THEIRS']) {
      record.protocolSection.identificationModule.acronym = acronym;
      const { outcome, changes, conflicts } = await imported(world.manager, record);
      expect([outcome, changes]).toEqual(['conflict', []]);
      expect(conflicts).toMatchObject([
        { field: 'trial_acronym', code: 'changed_here', here: 'OURS', last_import: 'SPEC', incoming: acronym },
        { field: 'city', site_id: site?.id, here: 'Köln', last_import: 'Town 0', incoming: 'Town 0' },
      ]);
    }
    await patched(`${study_id}`, { trial_acronym: 'THEIRS' });
    await patched(`${study_id}/sites/${site?.id}`, { city: 'Town 0' });
    expect(await imported(world.manager, record)).toMatchObject({ outcome: 'unchanged', conflicts: [] });
    record.protocolSection.identificationModule.acronym = 'NEWER';
    expect((await imported(world.manager, record)).changes).toMatchObject([{ before: 'THEIRS', after: 'NEWER' }]);
  });

  it('holds a status and its reason together', async () => {
    const record = aRecord();
    const { study_id } = await imported(world.manager, record);
    await patched(`${study_id}`, { overall_status: 'active_not_recruiting' });
    record.protocolSection.statusModule = { overallStatus: 'SUSPENDED', whyStopped: 'Supply' };
    const { changes, conflicts } = await imported(world.manager, record);
    expect([changes, conflicts.map(({ field }) => field)]).toEqual([[], ['overall_status', 'why_stopped']]);
    expect((await as(world.manager).get(`/api/studies/${study_id}`)).body.why_stopped).toBeNull();
  });

  it('fills in what a study that was made by hand has not, and leaves the rest', async () => {
    const record = aRecord([{ facility: 'Rheinklinik', city: 'Köln', zip: '50937', country: 'Germany' }]);
    const { nctId, orgStudyIdInfo } = record.protocolSection.identificationModule as {
      nctId: string;
      orgStudyIdInfo: { id: string };
    };
    const path = await world.aStudy({ sponsor_protocol_identifier: orgStudyIdInfo.id, full_title: 'By hand' });
    const site = await world.created(`${path}/sites`, {
      site_number: '104',
      facility: 'rheinklinik ',
      city: 'Köln',
      country: 'Germany',
    });
    const { outcome, study_id, changes, conflicts } = await imported(world.manager, record);
    expect([outcome, `/api/studies/${study_id}`]).toEqual(['conflict', path]);
    expect(conflicts.map(({ field }) => field)).toEqual(['full_title', 'overall_status', 'facility']);
    expect(changes).toContainEqual({ site_id: null, field: 'nct_number', before: null, after: nctId });
    expect(changes).toContainEqual({ site_id: site.id, field: 'zip', before: null, after: '50937' });
    expect(await sitesOf(study_id)).toHaveLength(1);
  });

  it('keeps sites apart by their place, also two of the same, and names those that are gone', async () => {
    const twin = { facility: 'Research Site', city: 'Dallas', state: 'Texas', zip: '75201', country: 'United States' };
    const record = aRecord([twin, { ...twin, status: 'COMPLETED' }, { facility: 'Third', city: 'Austin' }]);
    const { study_id } = await imported(world.manager, record);
    const [first, second, third] = await sitesOf(study_id);
    expect([first?.status, second?.status]).toEqual([null, 'completed']);
    record.protocolSection.contactsLocationsModule = {
      locations: [
        { facility: 'Fourth', city: 'Reno' },
        { ...twin, facility: 'RESEARCH  SITE' },
        { ...twin, status: 'COMPLETED' },
      ],
    };
    const { sites, changes } = await imported(world.manager, record);
    expect(sites).toEqual({ created_count: 1, changed_count: 1, unchanged_count: 1, absent_site_ids: [third?.id] });
    expect(changes).toEqual([
      { site_id: first?.id, field: 'facility', before: 'Research Site', after: 'RESEARCH  SITE' },
    ]);
    record.protocolSection.contactsLocationsModule.locations = [{ facility: 'Third', city: 'Austin', zip: '73301' }];
    const corrected = await imported(world.manager, record);
    expect(corrected.changes).toEqual([{ site_id: third?.id, field: 'zip', before: null, after: '73301' }]);
  });

  it('does not bring back a site that was removed here', async () => {
    const record = aRecord(manyLocations(2));
    const { study_id } = await imported(world.manager, record);
    const [site] = await sitesOf(study_id);
    expect((await as(world.manager).delete(`/api/studies/${study_id}/sites/${site?.id}`)).status).toBe(204);
    for (let again = 0; again < 2; again++) {
      const { outcome, conflicts, sites } = await imported(world.manager, record);
      expect([outcome, conflicts.map(({ code }) => code), sites.created_count]).toEqual([
        'conflict',
        ['removed_here'],
        0,
      ]);
    }
    const { body } = await as(world.manager).get(`/api/studies/${study_id}/export`);
    expect(body.protocolSection.contactsLocationsModule.locations).toHaveLength(1);
  });

  it('says nothing of modules that a record leaves out', async () => {
    const record = aRecord(manyLocations(2), { startDateStruct: { date: '2026-03', type: 'ACTUAL' } });
    const { study_id } = await imported(world.manager, record);
    const { identificationModule } = record.protocolSection;
    expect(await imported(world.manager, { protocolSection: { identificationModule } })).toMatchObject({
      outcome: 'unchanged',
      sites: { absent_site_ids: [] },
    });
    expect((await as(world.manager).get(`/api/studies/${study_id}`)).body.start_date).toEqual({
      date: '2026-03',
      type: 'actual',
    });
  });
});

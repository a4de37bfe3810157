import { Client } from 'pg';
import { as, waitFor, type TestActor } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';
import { aRecord } from './records.spec-kit.js';

interface Bundle {
  readonly resourceType: string;
  readonly type: string;
  readonly entry: readonly { readonly resource: { resourceType: string; id?: string; [member: string]: unknown } }[];
}

describe('An export to a member of one site', () => {
  const FHIR = 'application/fhir+json';
  const role = (code: string) => ({ coding: [{ code }] });
  const place = (id: string, name: string) => ({
    fullUrl: `urn:uuid:${id}`,
    resource: { resourceType: 'Location', id, name, managingOrganization: { reference: `Organization/of-${id}` } },
  });
  const owner = (id: string, name: string) => ({
    resource: { resourceType: 'Organization', id: `of-${id}`, name, partOf: { reference: 'Organization/sponsor' } },
  });
  const STUDY_IN_FHIR = {
    resourceType: 'ResearchStudy',
    identifier: [{ use: 'official', value: 'TWO-SITES' }],
    text: { status: 'generated', div: '<div>At Alder and Birch</div>' },
    title: 'Two sites',
    status: 'active',
    studyDesign: [{ coding: [{ code: 'SEVCO:01001' }] }],
    associatedParty: [{ role: role('lead-sponsor'), party: { reference: 'Organization/sponsor' } }],
    site: [{ reference: 'Location/alder' }, { reference: 'urn:uuid:birch', display: 'Birch Clinic' }],
  };
  const BUNDLE: Bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { resource: STUDY_IN_FHIR },
      { resource: { resourceType: 'Organization', id: 'sponsor', name: 'Northwind' } },
      place('alder', 'Alder Clinic'),
      owner('alder', 'Alder Trust'),
      place('birch', 'Birch Clinic'),
      owner('birch', 'Birch Trust'),
      { resource: { resourceType: 'HealthcareService', id: 'clinic', location: [{ reference: 'Location/birch' }] } },
      { resource: { resourceType: 'Provenance', id: 'p', target: [{ reference: 'HealthcareService/clinic' }] } },
      { resource: { resourceType: 'Basic', id: 'unrelated', code: role('kept') } },
    ],
  };
  const ALONE = {
    ...STUDY_IN_FHIR,
    identifier: [{ use: 'official', value: 'TWO-SITES-ALONE' }],
    associatedParty: [],
    contained: [
      { resourceType: 'Location', id: 'alder', name: 'Alder Clinic' },
      { resourceType: 'Location', id: 'birch', name: 'Birch Clinic' },
    ],
    site: [{ reference: '#alder' }, { reference: '#birch' }],
  };
  const RECORD = aRecord([
    { facility: 'Alder Clinic', city: 'Alder' },
    { facility: 'Birch Clinic', city: 'Birch', contacts: [{ name: 'Dr Birch', role: 'PRINCIPAL_INVESTIGATOR' }] },
  ]);
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  /** Imports a study for members, with the second manager as monitor of its first site. @returns its path */
  async function importOf(source: object, mediaType: string): Promise<string> {
    const { manager, other } = world;
    const { status, body } = await as(manager).post('/api/studies/import', source, { 'Content-Type': mediaType });
    expect([status, body.records?.[0]?.outcome]).toEqual([200, 'created']);
    const path = `/api/studies/${body.records[0].study_id}`;
    await as(manager).patch(path, { access: 'members' });
    const sites = (await as(manager).get(`${path}/sites`)).body as { id: number; facility: string }[];
    const own = sites.find(({ facility }) => facility === 'Alder Clinic');
    await world.created(`${path}/members`, { user_id: other.id, role: 'monitor', site_id: own?.id });
    return path;
  }

  it.each([
    ['a Bundle', BUNDLE, FHIR],
    ['a study with contained resources', ALONE, FHIR],
    ['a record of ClinicalTrials.gov', RECORD, 'application/json'],
  ])('has that site alone in every format, where the study came as %s', async (_, source, mediaType) => {
    const path = await importOf(source, mediaType);
    for (const format of ['clinical-trials-gov', 'fhir-r4', 'fhir-r5']) {
      const exported = async (who: TestActor) => (await as(who).get(`${path}/export?format=${format}`)).text;
      const [whole, narrowed] = [await exported(world.auditor), await exported(world.other)];
      expect([format, whole.includes('Birch Clinic'), narrowed.includes('Alder Clinic')]).toEqual([format, true, true]);
      expect([format, /.{0,80}birch.{0,80}/i.exec(narrowed)?.[0]]).toEqual([format, undefined]);
    }
  });

  it('leaves out the resources that are connected with other sites, and no others', async () => {
    const other = structuredClone(BUNDLE);
    Object.assign(other.entry[0]?.resource as object, { identifier: [{ use: 'official', value: 'TWO-SITES-AGAIN' }] });
    const path = await importOf(other, FHIR);
    const namesFor = async (who: TestActor) => {
      const { entry } = (await as(who).get(`${path}/export?format=fhir-r5`)).body as Bundle;
      return entry.map(({ resource }) => `${resource.resourceType} ${resource.id ?? ''}`);
    };
    expect(await namesFor(world.auditor)).toHaveLength(BUNDLE.entry.length);
    expect(await namesFor(world.other)).toEqual([
      'ResearchStudy ',
      'Organization sponsor',
      'Location alder',
      'Organization of-alder',
      'Basic unrelated',
    ]);
  });

  it('is of one moment', async () => {
    const { app, auditor } = world;
    const record = aRecord([{ facility: 'Before' }]);
    const path = await importOf(record, 'application/json');
    const id = path.split('/').pop();
    const holder = new Client({ connectionString: app.database.ownerUrl });
    await holder.connect();
    let answer;
    try {
      await holder.query('BEGIN; LOCK TABLE study_sites IN ACCESS EXCLUSIVE MODE');
      answer = as(auditor).get(`${path}/export?format=fhir-r5`);
      await waitFor(async () => (await app.lockWaits()) > 0);
      await holder.query(`UPDATE studies SET full_title = 'After' WHERE id = ${id}`);
      await holder.query(`UPDATE study_sites SET facility = 'After' WHERE study_id = ${id}`);
      await holder.query('COMMIT');
    } finally {
      await holder.end();
    }
    const { text } = await answer;
    expect([text.includes('"title":"After"'), text.includes('Before')]).toEqual([true, false]);
  });
});

import { as } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';
import { aRecord, imported, type RegistryRecord } from './records.spec-kit.js';

interface Bundle {
  entry: { resource: { resourceType: string; title?: string; address?: { postalCode?: string } } }[];
}

const CHANGED = { outcome: 'changed', conflicts: [] };

describe('Imports of one study in formats that alternate', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  /** Imports the record with this zip of its site and title of the study. */
  function fromRegistry(record: RegistryRecord, zip: string | undefined, title: string) {
    const { identificationModule } = record.protocolSection;
    const contactsLocationsModule = { locations: [{ facility: 'Rheinklinik', city: 'Köln', country: 'Germany', zip }] };
    return imported(world.manager, {
      protocolSection: {
        ...record.protocolSection,
        identificationModule: { ...identificationModule, briefTitle: title },
        ...(zip !== undefined && { contactsLocationsModule }),
      },
    });
  }

  /** Imports the study as it is here in FHIR, with this zip of its site and title. */
  async function fromFhir(id: number, zip: string, title: string) {
    const bundle = (await as(world.manager).get(`/api/studies/${id}/export?format=fhir-r4`)).body as Bundle;
    for (const { resource } of bundle.entry) {
      if (resource.resourceType === 'ResearchStudy') resource.title = title;
      if (resource.resourceType === 'Location') resource.address = { ...resource.address, postalCode: zip };
    }
    const headers = { 'Content-Type': 'application/fhir+json' };
    const { status, body } = await as(world.manager).post('/api/studies/import', bundle, headers);
    expect(status).toBe(200);
    return body.records[0] as unknown;
  }

  const zipOf = async (id: number) => (await as(world.manager).get(`/api/studies/${id}/sites`)).body[0].zip as string;

  it('follows each of them, and takes no import in the other format for a change of a person', async () => {
    const record = aRecord();
    const { study_id: id } = await fromRegistry(record, '1', 'One');
    expect(await fromFhir(id, '2', 'Two')).toMatchObject(CHANGED);
    expect(await fromRegistry(record, '3', 'Three')).toMatchObject(CHANGED);
    expect(await fromRegistry(record, '4', 'Four')).toMatchObject(CHANGED);
    expect(await fromFhir(id, '5', 'Five')).toMatchObject(CHANGED);
    expect(await fromFhir(id, '6', 'Six')).toMatchObject(CHANGED);
    expect(await fromRegistry(record, '7', 'Seven')).toMatchObject(CHANGED);
    expect(await zipOf(id)).toBe('7');
  });

  it('follows one after a document of the other that says nothing of sites', async () => {
    const record = aRecord();
    const { study_id: id } = await fromRegistry(record, '1', 'One');
    expect(await fromFhir(id, '2', 'Two')).toMatchObject(CHANGED);
    expect(await fromRegistry(record, undefined, 'Three')).toMatchObject(CHANGED);
    expect(await fromFhir(id, '4', 'Four')).toMatchObject(CHANGED);
    expect(await fromRegistry(record, '5', 'Five')).toMatchObject(CHANGED);
  });

  it('keeps what a person changed between them, each time', async () => {
    const record = aRecord();
    const { study_id: id } = await fromRegistry(record, '1', 'One');
    await fromFhir(id, '2', 'Two');
    const [site] = (await as(world.manager).get(`/api/studies/${id}/sites`)).body as { id: number }[];
    await as(world.manager).patch(`/api/studies/${id}/sites/${site?.id}`, { zip: '1' });
    for (const zip of ['3', '4']) {
      const conflicts = [{ field: 'zip', here: '1', last_import: '2', incoming: zip }];
      expect(await fromRegistry(record, zip, 'Three')).toMatchObject({ outcome: 'conflict', conflicts });
    }
    expect(await zipOf(id)).toBe('1');
  });
});

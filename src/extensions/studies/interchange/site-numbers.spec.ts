import { as } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';

const FHIR = { 'Content-Type': 'application/fhir+json' };
let count = 0;

type Place = [name: string, number?: string];

/** A study in FHIR with these sites. */
function aStudy(): { sent: (...places: Place[]) => object } {
  const title = `Numbers ${++count}`;
  const location = ([name, number]: Place, index: number) => ({
    resourceType: 'Location',
    id: `l${index}`,
    name,
    ...(number !== undefined && { identifier: [{ system: 'urn:ctms:site-number', value: number }] }),
  });
  return {
    sent: (...places) => ({
      resourceType: 'ResearchStudy',
      title,
      identifier: [{ value: title }],
      category: [{ text: 'interventional' }],
      contained: places.map(location),
      site: places.map((_, index) => ({ reference: `#l${index}` })),
    }),
  };
}

describe('Numbers of sites in an import', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  async function imported(document: object) {
    const { status, body } = await as(world.manager).post('/api/studies/import', document, FHIR);
    expect([status, body.code]).toEqual([200, undefined]);
    return body.records[0] as { study_id: number; outcome: string; conflicts: object[] };
  }
  const numbersOf = async (id: number) => {
    const { body } = await as(world.manager).get(`/api/studies/${id}/sites?sort=id`);
    return (body as { facility: string; site_number: string | null }[]).map((site) => [
      site.facility,
      site.site_number,
    ]);
  };
  const taken = (incoming: string, here: string | null) => ({
    field: 'site_number',
    code: 'site_exists',
    incoming,
    here,
  });

  it('that another site has are conflicts, and the new site has none', async () => {
    const { sent } = aStudy();
    const { study_id: id } = await imported(sent(['Alder']));
    const { body } = await as(world.manager).get(`/api/studies/${id}/sites`);
    await as(world.manager).patch(`/api/studies/${id}/sites/${body[0].id}`, { site_number: '101' });
    for (let again = 0; again < 2; again++) {
      const { outcome, conflicts } = await imported(sent(['Birch', '101'], ['Cedar', '102']));
      expect([outcome, conflicts]).toEqual(['conflict', [expect.objectContaining(taken('101', null))]]);
    }
    expect(await numbersOf(id)).toEqual([
      ['Alder', '101'],
      ['Birch', null],
      ['Cedar', '102'],
    ]);
  });

  it('that two sites of a new study have are those of the first', async () => {
    const { study_id: id, conflicts } = await imported(aStudy().sent(['Alder', '7'], ['Birch', '7'], ['Alder', '7']));
    expect(conflicts).toMatchObject([taken('7', null), taken('7', null)]);
    expect(await numbersOf(id)).toEqual([
      ['Alder', '7'],
      ['Birch', null],
      ['Alder', null],
    ]);
  });

  it('that sites exchange stay, and one that is free is taken', async () => {
    const { sent } = aStudy();
    const { study_id: id } = await imported(sent(['Alder', '1'], ['Birch', '2'], ['Cedar', '3']));
    const { conflicts } = await imported(sent(['Alder', '2'], ['Birch', '1'], ['Cedar', '4']));
    expect(conflicts).toMatchObject([taken('2', '1'), taken('1', '2')]);
    expect(await numbersOf(id)).toEqual([
      ['Alder', '1'],
      ['Birch', '2'],
      ['Cedar', '4'],
    ]);
    expect(await imported(sent(['Alder', '1'], ['Birch', '2'], ['Cedar', '4']))).toMatchObject({
      outcome: 'unchanged',
      conflicts: [],
    });
  });
});

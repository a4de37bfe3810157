import { as, leastOf, longestTurn, sql } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';

const SITES = 5_000;
/** Together some 4.6 MiB. */
const EXTENSIONS = 20;
/** Reading the row of the document takes half of it where memory is cold. */
const MAX_TURN_MS = 100;

describe(`An export to a member of one site of ${SITES}`, () => {
  const numbers = Array.from({ length: SITES }, (_, n) => n);
  const extensions = Array.from({ length: EXTENSIONS }, (_, n) => ({ url: `http://x/${n}`, valueString: 'y' }));
  const DOCUMENT = {
    resourceType: 'ResearchStudy',
    identifier: [{ use: 'official', value: 'MANY-SITES' }],
    title: 'Aare',
    status: 'active',
    category: [{ text: 'interventional' }],
    contained: numbers.map((n) => ({
      resourceType: 'Location',
      id: `l${n}`,
      name: `Klinik ${n}`,
      ...(n > 0 && { partOf: { reference: `#l${n + 1}` } }),
      extension: extensions,
    })),
    site: numbers.map((n) => ({ reference: `#l${n}` })),
  };
  let world: StudyWorld;
  let path: string;

  beforeAll(async () => {
    world = await StudyWorld.start();
    const { manager, other } = world;
    const type = { 'Content-Type': 'application/fhir+json' };
    const { body } = await as(manager).post('/api/studies/import', JSON.stringify(DOCUMENT), type);
    const [{ study_id: id }] = body.records;
    path = `/api/studies/${id}`;
    await as(manager).patch(path, { access: 'members' });
    const [site] = await world.app.rows<{ id: number }>(
      sql`SELECT id FROM study_sites WHERE study_id = ${id} AND facility = 'Klinik 0'`,
    );
    await world.created(`${path}/members`, { user_id: other.id, role: 'monitor', site_id: site?.id });
  }, 300_000);
  afterAll(() => world.app.stop());

  async function longestOfExport(): Promise<number> {
    const kept = { contained: DOCUMENT.contained.slice(0, 1), site: DOCUMENT.site.slice(0, 1) };
    const longest = await longestTurn(async () => {
      const { body } = await as(world.other).get(`${path}/export?format=fhir-r4`);
      expect(body).toEqual({ ...DOCUMENT, ...kept });
    });
    process.stdout.write(`  longest turn ${Math.round(longest)} ms\n`);
    return longest;
  }

  it('is written in short turns', async () => {
    expect(await leastOf(MAX_TURN_MS, longestOfExport)).toBeLessThanOrEqual(MAX_TURN_MS);
  }, 120_000);
});

import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { as, listening, waitFor, type TestActor } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';
import { aRecord } from './records.spec-kit.js';

const EXPORTS = 7;
/** As many answers of 16 MiB as a user may leave unread. */
const ROOM = 2;
const ITEMS = 4_700;
const TEXT = 'x'.repeat(3_400);
const MIB = 1024 * 1024;
/** Far more than a part, and far less than a document. */
const LONG = MIB;

const items = Array<object>(ITEMS).fill({ url: TEXT });
const FORMATS = {
  'clinical-trials-gov': { ...aRecord(), moreInfo: items },
  'fhir-r4': {
    resourceType: 'ResearchStudy',
    identifier: [{ use: 'official', value: 'LARGE-1' }],
    title: 'Aare',
    status: 'active',
    category: [{ text: 'interventional' }],
    extension: items,
  },
};

describe('A record of 16 MB', () => {
  let world: StudyWorld;
  let port: string;
  const paths = new Map<string, string>();
  const answers: IncomingMessage[] = [];

  beforeAll(async () => {
    world = await StudyWorld.start();
    ({ port } = new URL((await listening(world.app)).replace('ws', 'http')));
    for (const [format, document] of Object.entries(FORMATS)) {
      const type = format === 'fhir-r4' ? 'application/fhir+json' : 'application/json';
      const headers = { 'Content-Type': type };
      const { body } = await as(world.manager).post('/api/studies/import', JSON.stringify(document), headers);
      paths.set(format, `/api/studies/${body.records[0].study_id}/export?format=${format}`);
    }
  }, 120_000);
  afterAll(async () => {
    answers.forEach((answer) => answer.destroy());
    await world.app.stop();
  });

  /** Asks for an export and reads nothing of it. */
  const unread = (who: TestActor) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { Authorization: `Bearer ${who.token}` };
      const request = get({ port, path: paths.get('fhir-r4'), agent: false, headers }, (answer) => {
        answers.push(answer);
        resolve(answer);
      });
      request.on('error', reject);
    });
  const inUse = async (resource: string) => {
    const { text } = await as(world.app).get('/metrics');
    return Number(new RegExp(`^ctms_budget_in_use\\{resource="${resource}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  it.each(Object.entries(FORMATS))(
    'is exported in parts, as it came: %s',
    async (format, document) => {
      const path = paths.get(format) ?? '';
      const stringify = jest.spyOn(JSON, 'stringify');
      const clone = jest.spyOn(globalThis, 'structuredClone');
      const exported = await as(world.developer).get(path);
      const lengths = stringify.mock.results.map(({ value }) => String(value).length);
      const clones = clone.mock.calls.length;
      stringify.mockRestore();
      clone.mockRestore();
      expect([exported.status, exported.body]).toEqual([200, document]);
      expect(exported.headers['content-type']).toBe(
        `application/${format === 'fhir-r4' ? 'fhir+json' : 'json'}; charset=utf-8`,
      );
      expect([Math.max(...lengths) < LONG, clones]).toEqual([true, 0]);
    },
    120_000,
  );

  it('is exported to one user as often at once as there is room for what the user leaves unread', async () => {
    const all = await Promise.all(Array.from({ length: EXPORTS }, () => unread(world.developer)));
    const taken = all.filter(({ statusCode }) => statusCode === 200);
    const refused = all.filter(({ statusCode }) => statusCode === 429);
    expect(taken.length + refused.length).toBe(EXPORTS);
    expect(taken.length).toBeLessThanOrEqual(ROOM);
    expect(taken.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ headers }) => headers['retry-after']))).toEqual(new Set(['1']));
    expect([await inUse('long_reads'), (await inUse('unread_bytes')) <= ROOM * 16 * MIB]).toEqual([0, true]);
    expect((await as(world.other).get(paths.get('fhir-r4') ?? '')).status).toBe(200);
    for (const answer of taken) expect(await json(answer)).toEqual(FORMATS['fhir-r4']);
    await waitFor(async () => (await inUse('unread_bytes')) === 0);
  }, 120_000);
});

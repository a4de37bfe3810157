import { as } from '../../../../../test/kit.js';
import { problem, StudyWorld } from '../../study-world.spec-kit.js';

const ITEMS = 5_000;
/** Runs of combining marks that are just short enough to be composed: 3.2 kB. */
const TEXT = `a${'\u0315\u0300'.repeat(15)}`.repeat(52);
/** As many code units as are composed for one record. */
const MOST = 1_000_000;

const listOf = <T>(item: T): T[] => Array<T>(ITEMS).fill(item);
const study = (members: object) => ({
  resourceType: 'ResearchStudy',
  identifier: [{ use: 'official', value: 'HOSTILE-1' }],
  title: 'Aare',
  ...members,
});

describe('A study in FHIR with 16 MB of combining marks', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  const post = (document: object, query: string) =>
    as(world.manager).post(`/api/studies/import${query}`, JSON.stringify(document), {
      'Content-Type': 'application/fhir+json',
    });

  /** Runs a request. @returns its answer, and how many code units were composed */
  async function composedIn<T>(request: () => PromiseLike<T>): Promise<{ answer: T; units: number }> {
    const normalize = jest.spyOn(String.prototype, 'normalize');
    try {
      const answer = await request();
      return { answer, units: normalize.mock.contexts.reduce<number>((sum, text) => sum + String(text).length, 0) };
    } finally {
      normalize.mockRestore();
    }
  }

  it('in addresses of unknown extensions is imported and exported without composing them', async () => {
    const document = study({
      status: 'active',
      category: [{ text: 'interventional' }],
      extension: listOf({ url: TEXT }),
    });
    const rehearsed = await composedIn(() => post(document, '?dry_run=true'));
    expect([rehearsed.answer.status, rehearsed.answer.body.created_count]).toEqual([200, 1]);
    const { body } = await post(document, '');
    const path = `/api/studies/${body.records[0].study_id}/export?format=fhir-r4`;
    const exported = await composedIn(() => as(world.developer).get(path));
    expect([exported.answer.status, exported.answer.body]).toEqual([200, document]);
    expect(rehearsed.units + exported.units).toBeLessThan(TEXT.length);
  }, 120_000);

  it('in codes is read without composing them', async () => {
    const { answer, units } = await composedIn(() =>
      post(
        study({
          studyDesign: [{ coding: [{ code: 'SEVCO:01001' }] }],
          label: listOf({ type: { coding: [{ code: TEXT }] }, value: 'x' }),
        }),
        '?dry_run=true',
      ),
    );
    expect(answer.status).toBe(200);
    expect(units).toBeLessThan(TEXT.length);
  }, 120_000);

  it.each([
    ['identifier', 'value', { value: TEXT }],
    ['site', 'display', { display: TEXT }],
  ])(
    'in each %s is refused before all of it is composed',
    async (list, member, item) => {
      const { answer, units } = await composedIn(() => post(study({ status: 'active', [list]: listOf(item) }), ''));
      expect(problem(answer)).toEqual([422, 'validation_error']);
      expect(answer.body.errors[0]).toEqual({
        field: expect.stringMatching(new RegExp(`^/${list}/\\d+/${member}$`)),
        code: 'too_long',
        message: `${member} is too long: texts beyond Latin have at most ${MOST} characters in a record`,
      });
      expect(units).toBeLessThanOrEqual(MOST);
    },
    120_000,
  );
});

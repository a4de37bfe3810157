import { Budgets } from '../../../infrastructure/budgets/budgets.service.js';
import { as, sql, waitFor } from '../../../../test/kit.js';
import { problem, StudyWorld } from '../study-world.spec-kit.js';
import { aRecord, imported, manyLocations } from './records.spec-kit.js';

describe('GET /api/studies/{id}/export', () => {
  let world: StudyWorld;
  let budgets: Budgets;

  beforeAll(async () => {
    world = await StudyWorld.start();
    budgets = world.app.nest.get(Budgets);
  });
  afterAll(() => world.app.stop());

  async function holdingAll<T>(work: () => Promise<T>): Promise<T> {
    const { id } = world.developer;
    const held = Array.from({ length: budgets.figures('long_reads').share }, () =>
      budgets.tryAcquire('long_reads', id),
    );
    try {
      return await work();
    } finally {
      held.forEach((permit) => permit?.release());
    }
  }

  const exported = (path: string) => as(world.developer).get(`${path}/export`);
  const importedPath = async (record: object) => `/api/studies/${(await imported(world.manager, record)).study_id}`;

  /** Texts that compression does not shorten much, with their length in all. */
  const texts = (length: number) =>
    Array.from({ length: length / 40 }, (_, n) => `${Math.sin(n)}${Math.cos(n)}`.padEnd(40).slice(0, 40));

  it.each([
    ['does not exist', () => Promise.resolve('/api/studies/999999')],
    ['is hidden', () => world.aStudy({ access: 'members' })],
    [
      'is hidden and large',
      async () => {
        const path = await importedPath({ ...aRecord(), moreInfo: texts(40_000) });
        await as(world.manager).patch(path, { access: 'members' });
        return path;
      },
    ],
  ])('is 404 at once to a user who holds all places of long reads, where the study %s', async (_, pathOf) => {
    const path = await pathOf();
    expect(problem(await holdingAll(() => exported(path)))).toEqual([404, 'study_not_found']);
  });

  it.each([
    ['was not imported', () => world.aStudy()],
    ['was imported', () => importedPath({ ...aRecord(manyLocations(250)), moreInfo: texts(10_000) })],
  ])('is answered at once to such a user where the study is small and %s', async (_, pathOf) => {
    const path = await pathOf();
    const { status, body } = await holdingAll(() => exported(path));
    expect([status, body]).toEqual([200, (await exported(path)).body]);
  });

  it.each([
    ['more than 32 KiB as it is stored', () => importedPath({ ...aRecord(), moreInfo: texts(80_000) })],
    [
      'few bytes as it is stored, and a long text',
      () => importedPath({ ...aRecord(), moreInfo: Array<number>(1000).fill(1e308) }),
    ],
    [
      'a small source, and 251 sites',
      async () => {
        const path = await importedPath(aRecord(manyLocations(250)));
        await world.created(`${path}/sites`, { facility: 'One more' });
        return path;
      },
    ],
  ])('waits for such a user where the study has %s', async (_, pathOf) => {
    const path = await pathOf();
    const answer = await holdingAll(async () => {
      const sent = exported(path);
      await waitFor(() => budgets.waiting('long_reads') === 1);
      return { sent };
    });
    const { status, body } = await answer.sent;
    expect([status, body.protocolSection.identificationModule.orgStudyIdInfo.id.slice(0, 5)]).toEqual([200, 'SPEC-']);
  });

  it('is written where the numbers of its document were imported before they were bounded', async () => {
    const numbers = 20_000;
    const { study_id: id } = await imported(world.manager, aRecord());
    await world.app.rows(sql`UPDATE study_import_sources SET document = document || jsonb_build_object('moreInfo',
        (SELECT jsonb_agg(1e308::numeric) FROM generate_series(1, ${numbers}::int)))
      WHERE import_id = (SELECT i.id FROM study_imports i WHERE i.study_id = ${id})`);
    const { status, body } = await exported(`/api/studies/${id}`);
    expect([status, body.moreInfo]).toEqual([200, Array<number>(numbers).fill(1e308)]);
  });
});

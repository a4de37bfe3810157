import { DataSource, type EntityManager } from 'typeorm';
import { anActor, as, aTask, sql, waitFor, type TestActor } from '../../../test/kit.js';
import { idOf, problem, StudyWorld } from './study-world.spec-kit.js';

const [TODAY, TOMORROW, LATER] = ['2026-11-16', '2026-11-17', '2026-12-31'];

type Answer = Awaited<ReturnType<ReturnType<typeof as>['get']>>;

describe('A member who leaves a study', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  const leaves = (path: string, id: number, end_date: string | null) =>
    as(world.manager).patch(`${path}/members/${id}`, { end_date });
  const ownerOf = async (path: string) =>
    ((await as(world.manager).get(`${path}/members`)).body as { id: number }[])[0]?.id as number;

  it.each([
    ['on the day', TODAY, TODAY],
    ['before the day', TODAY, TOMORROW],
    ['after the day', LATER, TODAY],
  ])('is not the last project manager %s on which another one leaves', async (_, own, others) => {
    const path = await world.aStudy();
    const second = { user_id: world.other.id, role: 'project_manager' };
    const { id } = await world.created(`${path}/members`, second);
    expect((await leaves(path, id, others)).status).toBe(200);
    const owner = await ownerOf(path);
    expect(problem(await leaves(path, owner, own))).toEqual([409, 'last_project_manager']);
    const demoted = await as(world.manager).patch(`${path}/members/${owner}`, { role: 'quality' });
    expect(problem(demoted)).toEqual([409, 'last_project_manager']);
    expect((await leaves(path, id, null)).status).toBe(200);
    expect((await leaves(path, owner, own)).status).toBe(200);
  });

  it('may stay longer than planned', async () => {
    const path = await world.aStudy();
    const second = { user_id: world.other.id, role: 'project_manager', end_date: TOMORROW };
    const { id } = await world.created(`${path}/members`, second);
    // As of one who has left in an earlier version of the product.
    await world.app.rows(sql`UPDATE study_members SET end_date = ${TOMORROW} WHERE id = ${await ownerOf(path)}`);
    expect((await leaves(path, id, LATER)).status).toBe(200);
    expect(problem(await leaves(path, id, TOMORROW))).toEqual([409, 'last_project_manager']);
  });

  it.each([TODAY, TOMORROW, LATER])('on %s hands over the tasks that no membership covers after it', async (day) => {
    const path = await world.aStudy();
    const site = await world.created(`${path}/sites`, { facility: 'Basel' });
    const developer = { user_id: world.developer.id, role: 'monitor' };
    const { id } = await world.created(`${path}/members`, developer);
    const { id: task } = await aTask(world.app, world.developer.id);
    const link = { study_id: idOf(path), site_id: site.id, kind: 'other' };
    expect((await as(world.manager).put(`/api/tasks/${task}/study`, link)).status).toBe(200);
    expect((await leaves(path, id, null)).body.tasks_to_hand_over).toEqual([]);
    expect((await leaves(path, id, day)).body.tasks_to_hand_over).toMatchObject([{ id: task }]);
    const next = { ...developer, role: 'study_coordinator', site_id: site.id, start_date: day };
    await world.created(`${path}/members`, next);
    expect((await leaves(path, id, day)).body.tasks_to_hand_over).toEqual([]);
  });

  describe('for members, at the moment at which', () => {
    let path: string;
    let member: TestActor;
    let membership: number;

    beforeEach(async () => {
      path = await world.aStudy({ access: 'members' });
      member = await anActor(world.app, 'developer');
      membership = (await world.created(`${path}/members`, { user_id: member.id, role: 'monitor' })).id;
    });

    /** Ends the membership in a transaction that commits once a request waits for it. @returns the answer to that */
    async function whileLeaving(send: () => PromiseLike<Answer>): Promise<Answer> {
      const end = async (tx: EntityManager) => {
        await tx.query(`SELECT FROM study_members WHERE id = $1 FOR UPDATE`, [membership]);
        await tx.query(`UPDATE study_members SET start_date = '2026-01-01', end_date = '2026-11-15' WHERE id = $1`, [
          membership,
        ]);
        const answer = Promise.resolve(send());
        await Promise.race([answer, waitFor(async () => (await world.app.lockWaits()) > 0)]);
        return { answer };
      };
      return (await world.app.nest.get(DataSource, { strict: false }).transaction(end)).answer;
    }
    const link = (task: number) =>
      as(world.manager).put(`/api/tasks/${task}/study`, { study_id: idOf(path), kind: 'other' });

    it('a task is linked gets none', async () => {
      const { id } = await aTask(world.app, member.id);
      expect(problem(await whileLeaving(() => link(id)))).toEqual([409, 'assignee_not_a_member']);
    });

    it('a task of the study is handed over gets none', async () => {
      const { id } = await aTask(world.app, world.manager.id);
      expect((await link(id)).status).toBe(200);
      const handed = () => as(world.manager).patch(`/api/tasks/${id}`, { assigned_to: member.id });
      expect(problem(await whileLeaving(handed))).toEqual([409, 'assignee_not_a_member']);
      expect((await as(world.manager).get(`/api/tasks/${id}`)).body.assigned_to).toBe(world.manager.id);
    });

    it('a monitoring visit is planned makes none', async () => {
      const site = await world.created(`${path}/sites`, { facility: 'Basel' });
      const visit = { site_id: site.id, type: 'interim', mode: 'remote', planned_date: LATER, monitor_id: member.id };
      const planned = () => as(world.manager).post(`${path}/monitoring-visits`, visit);
      expect(problem(await whileLeaving(planned))).toEqual([409, 'assignee_not_a_member']);
    });
  });
});

import { DataSource, type EntityManager } from 'typeorm';
import { as, aTask, waitFor } from '../../../../test/kit.js';
import { idOf, problem, StudyWorld } from '../study-world.spec-kit.js';

describe('The link of a task to a study', () => {
  let world: StudyWorld;
  let link: { study_id: number; kind: string };

  beforeAll(async () => {
    world = await StudyWorld.start();
    link = { study_id: idOf(await world.aStudy()), kind: 'other' };
  });
  afterAll(() => world.app.stop());

  const aTaskPath = async (assignee = world.developer.id) =>
    `/api/tasks/${(await aTask(world.app, assignee)).id}/study`;
  const put = (path: string, body: object, headers = {}) => as(world.manager).put(path, body, headers);

  /** Sends requests while the task changes in a transaction that commits once so many of them wait for it. */
  async function whileChanging<T>(path: string, set: string, waits: number, send: () => PromiseLike<T>): Promise<T> {
    const change = async (tx: EntityManager) => {
      await tx.query(`UPDATE tasks SET ${set} WHERE id = $1`, [Number(path.split('/')[3])]);
      const answer = Promise.resolve(send());
      await Promise.race([answer, waitFor(async () => (await world.app.lockWaits()) >= waits)]);
      return { answer };
    };
    return (await world.app.nest.get(DataSource, { strict: false }).transaction(change)).answer;
  }

  it('has no tag again that a former link of the task had', async () => {
    const path = await aTaskPath();
    const tags = new Set<unknown>();
    for (let round = 1; round <= 3; round++) {
      for (const kind of ['other', 'document']) tags.add((await put(path, { ...link, kind })).headers.etag);
      expect([round, tags.size]).toEqual([round, round * 2]);
      expect((await as(world.manager).delete(path)).status).toBe(204);
    }
    const { body, headers } = await put(path, link);
    expect(headers.etag).toBe(`"${body.version}"`);
    for (const tag of tags) {
      const conditions = { 'If-None-Match': String(tag) };
      expect((await as(world.manager).get(path, conditions)).status).toBe(200);
      expect(problem(await put(path, link, { 'If-Match': String(tag) }))).toEqual([412, 'stale_version']);
    }
    expect((await put(await aTaskPath(), link)).body.version).toBe(1);
  });

  it('is made by the first of those who link it at once, and changed by the others', async () => {
    const path = await aTaskPath();
    const kinds = ['other', 'document', 'training'];
    const answers = await whileChanging(path, 'title = title', kinds.length, () =>
      Promise.all(kinds.map((kind) => put(path, { ...link, kind }))),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(({ body }) => body.version as number).sort()).toEqual([1, 2, 3]);
  });

  it.each([
    ['deleted', 'deleted_at = now()'],
    ['handed to someone else', `assigned_to_id = (SELECT min(id) FROM users WHERE role = 'manager')`],
  ])('is not made of a task that is %s at that moment', async (_, change) => {
    const path = await aTaskPath();
    const { study_id } = link;
    const member = { user_id: world.developer.id, role: 'monitor' };
    await as(world.manager).post(`/api/studies/${study_id}/members`, member);
    const answer = await whileChanging(path, change, 1, () => as(world.developer).put(path, link));
    expect(problem(answer)).toEqual([404, 'task_not_found']);
  });

  it('is not told of to someone who does not see the study that the task is linked to at that moment', async () => {
    const path = await aTaskPath();
    const hidden = idOf(await world.aStudy({ access: 'members' }));
    const change = async (tx: EntityManager) => {
      const [, , , task] = path.split('/');
      await tx.query('SELECT FROM tasks WHERE id = $1 FOR NO KEY UPDATE', [task]);
      const answer = Promise.resolve(as(world.other).put(path, link));
      await Promise.race([answer, waitFor(async () => (await world.app.lockWaits()) === 1)]);
      await tx.query(`INSERT INTO study_task_links (task_id, study_id, kind) VALUES ($1, $2, 'other')`, [task, hidden]);
      return { answer };
    };
    const { answer } = await world.app.nest.get(DataSource, { strict: false }).transaction(change);
    expect(problem(await answer)).toEqual([404, 'task_not_found']);
  });
});

import { DataSource } from 'typeorm';
import { as, aTask, sql, startApp, waitFor, type TestActor, type TestApp } from '../../../test/kit.js';
import { idOf, problem, StudyWorld } from './study-world.spec-kit.js';

const REASON = { 'X-Change-Reason': 'Data base is clean' };

describe('The lock of a study', () => {
  let world: StudyWorld;
  let replica: TestApp;

  beforeAll(async () => {
    world = await StudyWorld.start();
    replica = await startApp({ replicaOf: world.app });
    replica.clock.set('2026-11-16T10:00:00Z');
  });
  afterAll(async () => {
    await replica.stop();
    await world.app.stop();
  });

  it('holds for its tasks on every replica, also where changes were free a moment before', async () => {
    const { app, manager, developer } = world;
    const elsewhere = { ...manager, app: replica };
    const path = await world.aStudy();
    const { id } = await aTask(app, developer.id);
    const change = (who: typeof manager) => as(who).patch(`/api/tasks/${id}`, { description: String(Math.random()) });
    await as(manager).put(`/api/tasks/${id}/study`, { study_id: idOf(path), kind: 'other' });
    for (const round of [1, 2, 3]) {
      expect([round, (await change(manager)).status, (await change(elsewhere)).status]).toEqual([round, 200, 200]);
      const locking = round % 2 ? manager : elsewhere;
      expect((await as(locking).post(`${path}/lock`, {}, REASON)).status).toBe(200);
      const other = locking === manager ? elsewhere : manager;
      expect(problem(await change(other))).toEqual([409, 'study_locked']);
      expect(problem(await change(locking))).toEqual([409, 'study_locked']);
      expect((await as(other).post(`${path}/unlock`, {}, REASON)).status).toBe(200);
    }
  });

  it('waits for the changes of its tasks that are under way, and no later one is made', async () => {
    const { app, manager, developer } = world;
    const path = await world.aStudy();
    const { id } = await aTask(app, developer.id);
    await as(manager).put(`/api/tasks/${id}/study`, { study_id: idOf(path), kind: 'other' });
    const locking = await app.nest.get(DataSource, { strict: false }).transaction(async (changing) => {
      await changing.query(`UPDATE tasks SET description = 'Under way' WHERE id = $1`, [id]);
      const answer = lock(manager, path);
      await Promise.race([answer, untilBlocked(app)]);
      return { answer };
    });
    expect((await locking.answer).status).toBe(200);
    expect((await as(manager).post(`${path}/unlock`, {}, REASON)).status).toBe(200);

    // Each goes on until it is refused: how many changes come before the lock is chance.
    const untilRefused = async (who: TestActor) => {
      for (let n = 0; ; n++) {
        const answer = await as(who).patch(`/api/tasks/${id}`, { description: String(n) });
        if (answer.status !== 200) return problem(answer);
      }
    };
    const changing = [manager, { ...manager, app: replica }].flatMap((who) => Array.from({ length: 6 }, () => who));
    const refusals = Promise.all(changing.map(untilRefused));
    expect((await lock(manager, path)).status).toBe(200);
    expect(new Set((await refusals).map(String))).toEqual(new Set(['409,study_locked']));
    const entries = await app.rows(sql`SELECT action FROM audit_trail
      WHERE (entity_type, entity_id) IN (('task', ${id}), ('study', ${idOf(path)})) ORDER BY id DESC`);
    expect(entries[0]).toEqual({ action: 'study.locked' });
    await as(manager).post(`${path}/unlock`, {}, REASON);
  });

  it('is refused at once to a manager without the right, while a task of the study changes', async () => {
    const { app, manager, other } = world;
    const path = await world.aStudy({ access: 'members' });
    const site = await world.created(`${path}/sites`, { facility: 'Basel', site_number: '104' });
    await world.created(`${path}/members`, { user_id: other.id, role: 'monitor', site_id: site.id });
    const { id } = await aTask(app, manager.id);
    await as(manager).put(`/api/tasks/${id}/study`, { study_id: idOf(path), kind: 'other' });
    await app.nest.get(DataSource, { strict: false }).transaction(async (changing) => {
      await changing.query(`UPDATE tasks SET description = 'Under way' WHERE id = $1`, [id]);
      expect(problem(await lock(other, path))).toEqual([403, 'not_yours']);
      expect(problem(await as(other).patch(path, { access: 'members' }))).toEqual([403, 'not_yours']);
    });
  });

  it('is given to one of two who lock at the same moment', async () => {
    const { app, manager, developer } = world;
    for (let round = 0; round < 5; round++) {
      const path = await world.aStudy();
      const { id } = await aTask(app, developer.id);
      await as(manager).put(`/api/tasks/${id}/study`, { study_id: idOf(path), kind: 'other' });
      const answers = await Promise.all([lock(manager, path), lock({ ...manager, app: replica }, path)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      await as(manager).post(`${path}/unlock`, {}, REASON);
    }
  });

  it('holds for a change that began before the lock was committed', async () => {
    const { app, manager, developer } = world;
    // Any other study that is locked has changes of tasks judged.
    await as(manager).post(`${await world.aStudy()}/lock`, {}, REASON);
    const study_id = idOf(await world.aStudy());
    const { id } = await aTask(app, developer.id);
    await as(manager).put(`/api/tasks/${id}/study`, { study_id, kind: 'other' });
    const change = await app.nest.get(DataSource, { strict: false }).transaction(async (locking) => {
      await locking.query('UPDATE studies SET locked_at = now() WHERE id = $1', [study_id]);
      const began = Promise.resolve(
        as(manager)
          .patch(`/api/tasks/${id}`, { description: 'Late' })
          .then((it) => it),
      );
      await Promise.race([began, untilBlocked(app)]);
      return { answer: began };
    });
    expect(problem(await change.answer)).toEqual([409, 'study_locked']);
  });
});

describe('The first lock of a study', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(async () => world.app.stop());

  it('holds on a replica that has not heard of it', async () => {
    const { app, manager, developer } = world;
    const isRestricted = sql`SELECT FROM studies WHERE locked_at IS NOT NULL OR access <> 'open'`;
    expect(await app.rows(isRestricted)).toEqual([]);
    const path = await world.aStudy();
    const { id } = await aTask(app, developer.id);
    await as(manager).put(`/api/tasks/${id}/study`, { study_id: idOf(path), kind: 'other' });
    const change = (description: string) => as(manager).patch(`/api/tasks/${id}`, { description });
    expect((await change('Free')).status).toBe(200);
    await app.rows(sql`ALTER TABLE studies DISABLE TRIGGER studies_changed`);
    await app.rows(sql`UPDATE studies SET locked_at = now() WHERE id = ${idOf(path)}`);
    await app.rows(sql`ALTER TABLE studies ENABLE TRIGGER studies_changed`);
    expect(problem(await change('Late'))).toEqual([409, 'study_locked']);
    expect((await as(manager).post(`${path}/unlock`, {}, REASON)).status).toBe(200);
    expect((await change('Free again')).status).toBe(200);
  });
});

const lock = async (who: TestActor, path: string) => await as(who).post(`${path}/lock`, {}, REASON);

/** Waits until a statement waits for the lock of another transaction. */
const untilBlocked = (app: TestApp) => waitFor(async () => (await app.lockWaits()) > 0);

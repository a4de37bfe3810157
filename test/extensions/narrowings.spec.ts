import sql from 'sql-template-tag';
import { TokenAuthenticator } from '../../src/auth/access-tokens/token-authenticator.service.js';
import { TasksQueries } from '../../src/tasks/tasks.queries.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { type TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { waitFor } from '../support/wait-for.js';
import { narrowedApp } from './narrowed-app.js';

describe('a narrowing of an extension', () => {
  let app: TestApp;
  let manager: TestActor;
  let boss: TestActor;
  let developer: TestActor;
  let free: number;
  let own: number;
  let foreign: number;

  const linkTask = (task: number, unit: number) =>
    app.rows(sql`INSERT INTO departments_tasks (task_id, unit_id) VALUES (${task}, ${unit})`);
  const replaceRules = (conditions: object[], user = manager) =>
    as(boss).put('/api/departments/rules', { user_id: user.id, conditions });
  const listed = async (who: TestActor, query = '') =>
    ((await as(who).get(`/api/tasks${query}`)).body as { id: number }[]).map(({ id }) => id);

  beforeAll(async () => {
    app = await narrowedApp();
    manager = await anActor(app, 'manager');
    boss = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
    free = (await aTask(app, developer.id, { title: 'Free' })).id;
    own = (await aTask(app, developer.id, { title: 'Own' })).id;
    foreign = (await aTask(app, developer.id, { title: 'Foreign' })).id;
    await linkTask(own, 7);
    await linkTask(foreign, 8);
  });
  afterAll(() => app.stop());
  beforeEach(() => replaceRules([]));

  it('takes effect on the next request, and leaves others alone', async () => {
    expect(await listed(manager)).toEqual([free, own, foreign]);
    expect((await replaceRules([{ unit: null }, { unit: 7 }])).status).toBe(200);
    expect(await listed(manager)).toEqual([free, own]);
    expect((await as(manager).get(`/api/tasks/${foreign}`)).body.code).toBe('task_not_found');
    expect(await listed(boss)).toEqual([free, own, foreign]);
    await replaceRules([{ unit: 8 }]);
    expect(await listed(manager)).toEqual([foreign]);
  });

  it('takes effect on another replica, which had the facts in its cache', async () => {
    const replica = await narrowedApp(app);
    try {
      // Passport has one strategy in a process, so a replica beside this one is asked past HTTP.
      const shownBy = async (where: TestApp) => {
        const context = { requestId: null, ip: null, userAgent: null, reason: null };
        const { actor } = await where.nest
          .get(TokenAuthenticator, { strict: false })
          .authenticateToken(manager.token, context);
        return where.nest.get(TasksQueries, { strict: false }).count(actor, {});
      };
      expect([await shownBy(app), await shownBy(replica)]).toEqual([3, 3]);
      await replaceRules([{ unit: 7 }]);
      expect(await shownBy(app)).toBe(1);
      await waitFor(async () => (await shownBy(replica)) === 1, 2000);
    } finally {
      await replica.stop();
    }
  });
});

import fc from 'fast-check';
import { TokenAuthenticator } from '../../auth/access-tokens/token-authenticator.service.js';
import { matches } from '../../core/authorization/policy.js';
import { judged } from '../../core/authorization/restriction.sql.js';
import { Database } from '../../infrastructure/database/database.js';
import { visibleTasks } from '../../tasks/task.policy.js';
import { aTask, anActor, as, listening, LiveClient, sql, waitFor, type TestActor } from '../../../test/kit.js';
import { StudyWorld } from './study-world.spec-kit.js';

interface Membership {
  readonly study: number;
  /** Index of a site of the study, or the whole study. */
  readonly site: 0 | 1 | null;
  readonly from: string;
  readonly to: string | null;
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const [EARLIER, YESTERDAY, TODAY, LATER] = [inDays(-6), inDays(-1), inDays(0), inDays(6)] as const;
const TASKS = 8;
const membership = fc.record({
  study: fc.nat(2),
  site: fc.constantFrom(0 as const, 1 as const, null),
  from: fc.constantFrom(EARLIER, TODAY, LATER),
  to: fc.constantFrom(null, TODAY, YESTERDAY, LATER),
});
const cases = fc.record({
  restricted: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  links: fc.array(fc.option(fc.record({ study: fc.nat(2), site: fc.constantFrom(0 as const, 1 as const, null) })), {
    minLength: TASKS,
    maxLength: TASKS,
  }),
  memberships: fc.array(membership, { maxLength: 4 }),
});

let changes = 0;

type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never;

describe('Members of studies', () => {
  let world: StudyWorld;
  let reader: TestActor;
  let live: LiveClient;
  /** The last is linked to no study in any case. */
  let tasks: number[];
  let studies: { id: number; sites: number[] }[];

  beforeAll(async () => {
    world = await StudyWorld.start();
    // The audit trail, which `as_of` reads, has the time of the database.
    world.app.clock.reset();
    reader = await anActor(world.app, 'manager');
    studies = [];
    for (let n = 0; n < 3; n++) {
      const path = await world.aStudy();
      const sites = [];
      for (const facility of ['A', 'B']) sites.push((await world.created(`${path}/sites`, { facility })).id);
      studies.push({ id: Number(path.split('/').pop()), sites });
    }
    tasks = [];
    for (let n = 0; n <= TASKS; n++) {
      const { body } = await as(world.manager).post('/api/tasks', {
        title: `Common ${n}`,
        assigned_to: world.developer.id,
        estimated_hours: '1',
        deadline: '2026-11-10T10:00:00Z',
      });
      tasks.push(body.id as number);
    }
    await world.app.rows(sql`INSERT INTO notifications (user_id, task_id, message, notification_type)
      SELECT ${reader.id}, id, 'm', 'task_assigned' FROM tasks`);
    live = LiveClient.of(reader, await listening(world.app));
    await live.opened;
    live.say({ action: 'subscribe', topics: ['tasks'] });
    await waitFor(() => live.sent.some(({ type }) => type === 'subscribed'));
  });
  afterAll(async () => {
    live.socket.close();
    await world.app.stop();
  });

  /** Sets up a case with statements, but the last change, which has the product read its facts again. */
  async function setUp({ restricted, links, memberships }: Case): Promise<void> {
    const { app, manager } = world;
    await app.rows(sql`DELETE FROM study_task_links`);
    await app.rows(sql`DELETE FROM study_members WHERE user_id = ${reader.id}`);
    for (const { study, site, from, to } of memberships) {
      const { id, sites } = studies[study] as (typeof studies)[number];
      await app.rows(sql`INSERT INTO study_members (study_id, site_id, user_id, role, start_date, end_date)
        SELECT ${id}, ${site === null ? null : sites[site]}::int, ${reader.id}, 'quality', ${from}::date, ${to}::date
        WHERE ${to}::date IS NULL OR ${to}::date >= ${from}::date`);
    }
    for (const [n, link] of links.entries()) {
      if (!link) continue;
      const { id, sites } = studies[link.study] as (typeof studies)[number];
      await app.rows(sql`INSERT INTO study_task_links (task_id, study_id, site_id, kind)
        VALUES (${tasks[n]}, ${id}, ${link.site === null ? null : sites[link.site]}::int, 'other')`);
    }
    for (const [n, { id }] of studies.entries()) {
      // Twice, so that the last one is a change.
      const access = restricted[n] ? ['open', 'members'] : ['members', 'open'];
      for (const each of access) {
        const { status } = await as(manager).patch(`/api/studies/${id}`, { access: each });
        expect(status).toBe(200);
      }
    }
  }

  /** By the words of the document, without SQL. */
  function expected({ restricted, links, memberships }: Case): number[] {
    const isActive = ({ from, to }: Membership) => from <= TODAY && (to === null || (to >= TODAY && to >= from));
    return tasks.filter((_, n) => {
      const link = links[n];
      if (!link || !restricted[link.study]) return true;
      return memberships.some(
        (one) => isActive(one) && one.study === link.study && (one.site === null || one.site === link.site),
      );
    });
  }

  const ids = (rows: unknown): number[] =>
    [...new Set((rows as { id?: number; task_id?: number }[]).map(({ id, task_id }) => task_id ?? id ?? 0))].sort(
      (a, b) => a - b,
    );

  it('see their tasks, and of the studies of others none, wherever tasks are read', async () => {
    const { app, auditor, developer } = world;
    const get = async (path: string, who = reader) => (await as(who).get(path)).body as unknown;
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        await setUp(given);
        const seen = expected(given);
        expect(ids(await get('/api/tasks'))).toEqual(seen);
        expect(ids(await get('/api/tasks?q=common&limit=100&sort=-priority'))).toEqual(seen);
        const page = await as(reader).get('/api/tasks?limit=1&include_total=true');
        expect(page.headers['x-total-count']).toBe(String(seen.length));
        for (const id of tasks) {
          const statuses = [`/api/tasks/${id}`, `/api/tasks/${id}/history`, `/api/audit/entities/task/${id}`];
          for (const path of statuses)
            expect([path, (await as(reader).get(path)).status]).toEqual([path, seen.includes(id) ? 200 : 404]);
        }
        const csv = (await as(reader).get('/api/tasks/export.csv')).text.trim().split('\r\n').slice(1);
        expect(csv.map((line) => Number(/^"(\d+)"/.exec(line)?.[1])).sort((a, b) => a - b)).toEqual(seen);
        expect(await get('/api/tasks/analytics')).toMatchObject({ team_tasks: { total: seen.length } });
        expect(ids(await get('/api/notifications'))).toEqual(seen);
        expect(ids(await get(`/api/tasks?as_of=${new Date(app.clock.now()).toISOString()}`))).toEqual(seen);
        const entries = (await get('/api/audit/entries?entity_type=task&action=task.created')) as {
          entity_id: number;
        }[];
        expect(ids(entries.map(({ entity_id }) => ({ id: entity_id })))).toEqual(seen);
        expect(await matching()).toEqual(seen);
        expect(await streamed()).toEqual(seen);
        expect(ids(await get('/api/tasks', auditor))).toEqual(tasks);
        expect(ids(await get('/api/tasks', developer))).toEqual(tasks);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 180_000);

  /** The same by rows instead of SQL. */
  async function matching(): Promise<number[]> {
    const { nest } = world.app;
    const context = { requestId: null, ip: null, userAgent: null, reason: null };
    const { actor } = await nest.get(TokenAuthenticator, { strict: false }).authenticateToken(reader.token, context);
    const rows = tasks.map((id) => ({ id, assigneeId: world.developer.id, priority: 'medium' as const }));
    const found = await judged(nest.get(Database, { strict: false }).query, actor, rows);
    return found.filter((row) => matches(row, visibleTasks(actor))).map(({ id }) => id);
  }

  /** Changes every task. @returns those of which the socket sends the change, up to that of the last, which everyone sees */
  async function streamed(): Promise<number[]> {
    const sent = () => live.sent as readonly { type: string; task_id?: number }[];
    live.sent.length = 0;
    for (const id of tasks) {
      const { status } = await as(world.manager).patch(`/api/tasks/${id}`, { title: `Common ${++changes}` });
      expect([id, status]).toEqual([id, 200]);
    }
    await waitFor(() => sent().some(({ task_id }) => task_id === tasks.at(-1)));
    return ids(sent().filter(({ type }) => type === 'task'));
  }

  it('follow the day: a membership begins and ends by itself', async () => {
    const path = await world.aStudy({ access: 'members' });
    const { id } = await aTask(world.app, world.developer.id);
    await world.created(`${path}/members`, { user_id: world.developer.id, role: 'monitor' });
    const link = { study_id: Number(path.split('/').pop()), kind: 'other' };
    expect((await as(world.manager).put(`/api/tasks/${id}/study`, link)).status).toBe(200);
    await world.created(`${path}/members`, {
      user_id: world.other.id,
      role: 'quality',
      start_date: '2026-11-17',
      end_date: '2026-11-18',
    });
    for (const [day, status] of [
      ['2026-11-16', 404],
      ['2026-11-17', 200],
      ['2026-11-18', 200],
      ['2026-11-19', 404],
    ] as const) {
      world.app.clock.set(`${day}T10:00:00Z`);
      expect([day, (await as(world.other).get(`/api/tasks/${id}`)).status]).toEqual([day, status]);
    }
  });
});

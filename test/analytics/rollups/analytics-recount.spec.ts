import fc from 'fast-check';
import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PAST = '2026-06-01T00:00:00Z';
const STATUSES = ['pending', 'in_progress', 'blocked', 'completed'];

describe('analytics, counted again', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let other: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    [manager, developer, other] = [
      await anActor(app, 'manager'),
      await anActor(app, 'developer'),
      await anActor(app, 'developer'),
    ];
  });
  beforeEach(() => app.clock.set('2026-06-15T12:00:00Z'));
  afterAll(() => app.stop());

  const read = async (who: TestActor, path = '/api/analytics') => {
    const { status, body } = await as(who).get(path);
    expect(status).toBe(200);
    return body;
  };

  it('counts today as a recount does', async () => {
    const hours = fc.integer({ min: 0, max: 2000 });
    const task = fc.record({
      ...{ status: fc.constantFrom('pending', 'in_progress', 'blocked', 'completed'), mine: fc.boolean() },
      ...{ priority: fc.constantFrom('low', 'medium', 'high', 'critical'), gone: fc.boolean(), late: fc.boolean() },
      ...{ estimated: hours, actual: fc.option(hours) },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(task, { maxLength: 12 }), async (tasks) => {
        await app.rows(sql`DELETE FROM tasks`);
        for (const { mine, gone, late, estimated, actual, status, priority } of tasks) {
          await aTask(app, mine ? developer.id : other.id, {
            ...{ status, priority, estimated: (estimated / 100).toFixed(2), deadline: late ? PAST : '2026-07-01' },
            ...(actual !== null && { actual: (actual / 100).toFixed(2) }),
            ...(gone && { deleted: PAST }),
          });
        }
        const live = tasks.filter(({ gone }) => !gone);
        const own = live.filter(({ mine }) => mine);
        const of = (among: typeof tasks, want: string) => among.filter(({ status }) => status === want).length;
        const [mine, all] = [await read(developer), await read(manager)];
        const byStatus = Object.fromEntries(STATUSES.map((status) => [status, of(own, status)]));
        expect(mine.my_tasks).toMatchObject({ total: own.length, ...byStatus, by_status: byStatus });
        expect(mine.my_tasks.overdue_count).toBe(
          own.filter(({ late, status }) => late && status !== 'completed').length,
        );
        expect(mine.team_tasks.total).toBe(own.length);
        expect([all.team_tasks.total, all.team_tasks.completed]).toEqual([live.length, of(live, 'completed')]);
        for (const [priority, n] of Object.entries(all.team_tasks.priority_distribution)) {
          expect(n).toBe(live.filter((one) => one.priority === priority).length);
        }
        expect(all.team_tasks.blocked_tasks_needing_attention).toHaveLength(of(live, 'blocked'));
        const timed = own.filter(({ status, actual }) => status === 'completed' && actual !== null);
        const [planned, spent] = [sum(timed.map((one) => one.estimated)), sum(timed.map((one) => one.actual ?? 0))];
        expect(mine.efficiency_score).toBe(score(own.length, of(own, 'completed'), planned, spent));
        const mean = timed.length > 0 ? `${halfUp(BigInt(spent), BigInt(timed.length * 100)).toFixed(2)} hours` : null;
        expect(mine.my_tasks.avg_completion_time).toBe(mean);
      }),
      { numRuns: 40 },
    );
  });

  it('counts over time as a recount does', async () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Atlantic/Azores', 'Pacific/Auckland'];
    const readers = await Promise.all(zones.map((zone) => anActor(app, 'developer', { timezone: zone })));
    const middle = Date.parse('2026-10-28T00:00:00Z');
    const hours = fc.integer({ min: -480, max: 480 }).map((hour) => middle + hour * HOUR + 1);
    const task = fc.record({ created: hours, deadline: hours, completed: fc.option(hours) });
    const run = fc.record({
      ...{ tasks: fc.array(task, { maxLength: 8 }), reader: fc.nat(zones.length - 1) },
      // Never the time of an event: the clock runs on.
      now: hours.map((at) => at + HOUR / 2),
      ...{ from: fc.integer({ min: -12, max: 6 }), days: fc.nat(20), bucket: fc.constantFrom('day', 'week') },
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ tasks, reader, now, from, days, bucket }) => {
        const who = readers[reader] as TestActor;
        await app.rows(sql`DELETE FROM tasks`);
        app.clock.set(new Date(now));
        const past = tasks.map(({ created, deadline, completed }) => ({
          ...{ created: Math.min(created, now - 1), deadline },
          completed: completed !== null && completed < now ? Math.max(completed, Math.min(created, now - 1)) : null,
        }));
        for (const { created, deadline, completed } of past) {
          await aTask(app, who.id, {
            ...{ created: new Date(created), deadline: new Date(deadline) },
            ...(completed !== null && { status: 'completed', completed: new Date(completed) }),
          });
        }
        const [first, last] = [dayText(middle + from * DAY), dayText(middle + (from + days) * DAY)];
        const answer = await read(who, `/api/analytics/trends?from=${first}&to=${last}&bucket=${bucket}`);
        expect(answer.buckets.map((one: object) => Object.values(one))).toEqual(
          recount(past, zones[reader] as string, now, first, last, bucket === 'week' ? 7 : 1),
        );
      }),
      { numRuns: 60 },
    );
  });
});

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);

/** A fraction with two places, halves up, without a rounding on the way. */
const halfUp = (n: bigint, d: bigint): number => Number((200n * n + d) / (2n * d)) / 100;

function score(total: number, completed: number, planned: number, spent: number): number {
  const [n, c, p, s] = [total, completed, Math.min(planned, spent), spent].map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  if (total === 0) return 0;
  return spent === 0 ? halfUp(100n * c, n) : halfUp(60n * c * s + 40n * p * n, n * s);
}

const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Every bucket by itself, over every task, by the local days of the instants. */
function recount(
  tasks: { created: number; deadline: number; completed: number | null }[],
  zone: string,
  now: number,
  first: string,
  last: string,
  step: number,
): unknown[][] {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  const local = (at: number) => format.format(at);
  const begin = Date.parse(first);
  const rows = [];
  for (
    let at = step === 7 ? begin - ((new Date(begin).getUTCDay() + 6) % 7) * DAY : begin;
    dayText(at) <= last;
    at += step * DAY
  ) {
    const [start, next] = [dayText(at), dayText(at + step * DAY)];
    const within = (instant: number | null) => instant !== null && local(instant) >= start && local(instant) < next;
    const before = (instant: number) => local(instant) < next;
    const late = tasks.filter(
      ({ created, deadline, completed }) =>
        before(created) && before(deadline) && deadline < now && !(completed !== null && before(completed)),
    );
    const completed = tasks.filter((task) => within(task.completed)).length;
    const created = tasks.filter((task) => within(task.created)).length;
    rows.push([
      start,
      created,
      completed,
      local(now) < start ? 0 : late.length,
      Math.round((completed / step) * 100) / 100,
    ]);
  }
  return rows;
}

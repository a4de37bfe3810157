import fc from 'fast-check';
import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('figures over time', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(() => app.clock.set('2026-06-15T12:00:00Z'));
  afterAll(() => app.stop());

  const read = async (who: TestActor, path: string) => {
    const { status, body } = await as(who).get(path);
    expect(status).toBe(200);
    return body;
  };

  it('are those of a recount, in any zone', async () => {
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

import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

const DAY = 86_400_000;

interface Bucket {
  start: string;
  created: number;
  completed: number;
  overdue: number;
  throughput: number;
}

describe('analytics over time', () => {
  let app: TestApp;
  let manager: TestActor;
  const in_ = (timezone: string) => anActor(app, 'developer', { timezone });

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
  });
  beforeEach(async () => {
    app.clock.set('2027-01-15T12:00:00Z');
    await app.rows(sql`DELETE FROM tasks`);
  });
  afterAll(() => app.stop());

  const trends = async (who: TestActor, query: string): Promise<{ from: string; to: string; buckets: Bucket[] }> => {
    const { status, body } = await as(who).get(`/api/analytics/trends${query}`);
    expect([status, body.detail]).toEqual([200, undefined]);
    return body;
  };
  const numbers = ({ buckets }: { buckets: Bucket[] }) =>
    buckets.map(({ start, created, completed, overdue, throughput }) => [
      start,
      created,
      completed,
      overdue,
      throughput,
    ]);

  it.each(['US/Pacific-New', 'Canada/East-Saskatchewan'])('knows a zone that tzdata has no more: %s', async (zone) => {
    const { buckets } = await trends(await in_(zone), '?from=2026-03-08&to=2026-03-09');
    expect(buckets.map(({ start }) => start.slice(0, 10))).toEqual(['2026-03-08', '2026-03-09']);
  });

  // The local midnights around each night, in UTC; the instant before and the instant itself are on either side.
  it.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['Asia/Kolkata', '2026-03-29', '2026-03-28T18:30:00Z', '2026-03-29T18:30:00Z'],
    ['UTC', '2026-03-29', '2026-03-29T00:00:00Z', '2026-03-30T00:00:00Z'],
    ['Africa/Cairo (no midnight)', '2026-04-24', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z'],
    ['Atlantic/Azores (two midnights)', '2026-10-25', '2026-10-25T00:00:00Z', '2026-10-26T01:00:00Z'],
    ['Pacific/Apia (a day left out)', '2011-12-31', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z'],
    ['IST', '2026-03-29', '2026-03-28T18:30:00Z', '2026-03-29T18:30:00Z'],
    ['CET', '2026-07-01', '2026-06-30T22:00:00Z', '2026-07-01T22:00:00Z'],
  ])('splits the days of %s at %s', async (name, day, opens, closes) => {
    const who = await in_(name.split(' ', 1)[0] as string);
    const before = new Date(Date.parse(opens) - 1);
    const last = new Date(Date.parse(closes) - 1);
    for (const created of [before, opens, last, closes]) await aTask(app, who.id, { created });
    for (const completed of [opens, last, closes]) {
      await aTask(app, who.id, { status: 'completed', created: '2000-01-01', completed });
    }
    const next = new Date(Date.parse(`${day}T12:00Z`) + DAY).toISOString().slice(0, 10);
    const { buckets } = await trends(who, `?from=${day}&to=${next}`);
    expect(buckets.map(({ start, created, completed }) => [start, created, completed])).toEqual([
      [day, 2, 2],
      [next, 1, 1],
    ]);
  });

  it('counts what is overdue when a bucket ends, now where it has not ended, nothing ahead', async () => {
    const who = await in_('Asia/Kolkata');
    app.clock.set('2026-06-03T06:30:00Z');
    const created = '2026-05-01T00:00:00Z';
    const at = (day: number, hour: number) => `2026-06-0${day}T${String(hour).padStart(2, '0')}:00:00+05:30`;
    const late = (deadline: string, completed?: string) =>
      aTask(app, who.id, { created, deadline, ...(completed && { status: 'completed', completed }) });
    await late('2026-05-20T00:00:00Z');
    await late('2026-05-20T00:00:00Z', at(2, 9));
    await late('2026-05-20T00:00:00Z', '2026-05-21T00:00:00Z');
    await late(at(1, 10), at(1, 15));
    await late(at(1, 10), at(2, 0));
    await late(at(2, 0));
    await late(at(3, 11));
    await late(at(3, 18));
    await late(at(4, 18));
    await late(at(2, 12), at(2, 11));
    // Created after its deadline: not overdue before there was such a task.
    await aTask(app, who.id, { created: at(2, 8), deadline: '2026-05-01T00:00:00Z' });
    await aTask(app, who.id, { created, deadline: '2026-05-20T00:00:00Z', deleted: created });
    expect(numbers(await trends(who, '?from=2026-06-01&to=2026-06-05'))).toEqual([
      ['2026-06-01', 0, 1, 3, 1],
      ['2026-06-02', 1, 3, 3, 3],
      ['2026-06-03', 0, 0, 4, 0],
      ['2026-06-04', 0, 0, 0, 0],
      ['2026-06-05', 0, 0, 0, 0],
    ]);
  });

  it('covers whole weeks from Monday', async () => {
    for (const completed of ['2026-03-01T23:59:59Z', '2026-03-02T00:00:00Z', '2026-03-08T23:59:59Z', '2026-03-10']) {
      await aTask(app, manager.id, { status: 'completed', created: '2020-01-01', completed });
    }
    const answer = await trends(manager, '?from=2026-03-04&to=2026-03-16&bucket=week');
    expect(answer).toMatchObject({ from: '2026-03-04', to: '2026-03-16', bucket: 'week' });
    expect(numbers(answer)).toEqual([
      ['2026-03-02', 0, 2, 0, 0.29],
      ['2026-03-09', 0, 1, 0, 0.14],
      ['2026-03-16', 0, 0, 0, 0],
    ]);
  });

  it('ends today where the reader is, 30 days long, and takes instants', async () => {
    app.clock.set('2026-06-14T20:00:00Z');
    const india = await in_('Asia/Kolkata');
    expect(await trends(india, '')).toMatchObject({ from: '2026-05-17', to: '2026-06-15', bucket: 'day' });
    expect((await trends(india, '')).buckets).toHaveLength(30);
    expect(await trends(manager, '')).toMatchObject({ from: '2026-05-16', to: '2026-06-14' });
    expect(await trends(manager, '?to=2026-03-30')).toMatchObject({ from: '2026-03-01', to: '2026-03-30' });
    const [from, to] = ['2026-06-01T20:00:00Z', '2026-06-02T18:29:59.999Z'];
    expect(await trends(india, `?from=${from}&to=${to}`)).toMatchObject({ from: '2026-06-02', to: '2026-06-02' });
    expect((await trends(manager, '?from=1900-01-01&to=1900-01-01&bucket=week')).buckets).toHaveLength(1);
    expect((await trends(manager, '?from=9998-12-31&to=9998-12-31&bucket=week')).buckets).toHaveLength(1);
  });

  it('refuses what is no span, naming the field', async () => {
    expect((await trends(manager, '?from=2025-01-01&to=2026-02-04')).buckets).toHaveLength(400);
    expect((await trends(manager, '?from=2019-01-06&to=2026-08-24&bucket=week')).buckets).toHaveLength(400);
    for (const [query, field] of [
      ['from=2026-03-02&to=2026-03-01', 'from'],
      ['from=2030-01-01', 'from'],
      ['from=2025-01-01&to=2026-02-05', 'to'],
      ['from=2019-01-06&to=2026-08-31&bucket=week', 'to'],
      ['from=1900-01-01&to=9998-12-31', 'to'],
      ['from=2026-02-30', 'from'],
      ['from=yesterday', 'from'],
      ['to=2026-03-01&to=2026-03-02', 'to'],
      ['bucket=month', 'bucket'],
      ['zone=UTC', 'zone'],
    ] as const) {
      const { status, body } = await as(manager).get(`/api/analytics/trends?${query}`);
      expect([query, status, body.errors?.[0]?.field]).toEqual([query, 422, field]);
    }
  });

  it('refuses days out of range, naming them', async () => {
    const berlin = await in_('Europe/Berlin');
    for (const [query, fields] of [
      ['from=9999-12-31T23:30:00Z', ['from']],
      ['from=9999-01-01T00:00:00Z&to=9999-01-02', ['from', 'to']],
      ['from=9998-12-31T23:30:00Z&to=9998-12-31', ['from']],
      ['to=0001-01-01', ['to']],
      ['to=0001-01-01T00:00:00Z&bucket=week', ['to']],
      ['from=1899-12-31&to=1900-01-01', ['from']],
    ] as const) {
      const { status, body } = await as(berlin).get(`/api/analytics/trends?${query}`);
      const errors = fields.map((field) => ({
        ...{ field, code: 'out_of_range', message: `${field} must be a day of the years 1900 to 9998` },
      }));
      expect([query, status, body.errors]).toEqual([query, 422, errors]);
    }
    expect(await trends(berlin, '?to=1900-01-02')).toMatchObject({ from: '1899-12-04', to: '1900-01-02' });
  });

  it('obeys the policy', async () => {
    const developer = await in_('UTC');
    const auditor = await anActor(app, 'auditor');
    await aTask(app, developer.id, { created: '2026-06-01T10:00:00Z', deadline: '2026-06-01T11:00:00Z' });
    await aTask(app, manager.id, { created: '2026-06-01T10:00:00Z', deadline: '2026-06-01T11:00:00Z' });
    const seen = async (who: TestActor) => numbers(await trends(who, '?from=2026-06-01&to=2026-06-01'));
    expect(await seen(developer)).toEqual([['2026-06-01', 1, 0, 1, 0]]);
    for (const who of [manager, auditor]) expect(await seen(who)).toEqual([['2026-06-01', 2, 0, 2, 0]]);
  });
});

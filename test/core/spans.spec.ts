import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { entriesIn, manifestIn, takeEvidence, unpack } from '../support/evidence.js';
import { aTask } from '../support/factories.js';
import { isOfProduct } from '../support/openapi.js';
import { operations } from '../support/operations.js';

const OURS = operations.filter(({ method, path }) => isOfProduct(path, method));

const SPANS = OURS.flatMap(({ method, path, parameters }) => {
  const has = (name: string) => parameters.some((parameter) => parameter.in === 'query' && parameter.name === name);
  const ends = [
    ['from', 'to'],
    ['deadline_after', 'deadline_before'],
  ].filter((pair) => pair.some(has));
  return ends.map(([from = '', to = '']) => ({ method, path, from, to }));
});

describe('a span of time', () => {
  let app: TestApp;
  let auditor: TestActor;
  /** India's clock is 5:30 ahead of UTC. */
  let indian: TestActor;

  beforeAll(async () => {
    app = await TestApp.start({ AUDIT_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64') });
    auditor = await anActor(app, 'auditor', { timezone: 'UTC' });
    indian = await anActor(app, 'auditor', { timezone: 'Asia/Kolkata' });
  });
  afterAll(() => app.stop());

  it('is taken by these routes', () => {
    expect(SPANS.map(({ method, path, from }) => `${method} ${path} ${from}`)).toEqual([
      'GET /api/audit/entries from',
      'GET /api/audit/entries/export from',
      'GET /api/audit/requests from',
      'GET /api/audit/requests/export from',
      'GET /api/audit/evidence from',
      'GET /api/tasks deadline_after',
      'GET /api/tasks/export.csv deadline_after',
      'GET /api/analytics/trends from',
    ]);
  });

  describe.each(SPANS)('of $method $path', ({ path, from, to }) => {
    const ask = (first: string, last: string) => as(auditor).get(`${path}?${from}=${first}&${to}=${last}`);

    it('takes an offset whose plus was not percent-encoded', async () => {
      const answer = await ask('2026-01-01T00:00:00+05:30', '2026-01-02T00:00:00.5+0530');
      expect(answer.status).toBe(200);
      for (const end of ['2026-01-02 05:30:00 05:30', '2026-01-02T00:00:00 5:30', '2026-01-02T00:00:00  05:30'])
        expect((await ask('2026-01-01T00:00:00Z', end)).status).toBe(422);
    });

    it('is rejected where it runs backwards', async () => {
      for (const [first, last] of [
        ['2026-11-02', '2026-11-01'],
        ['2026-11-02T10:00:00Z', '2026-11-02T09:00:00Z'],
        ['2026-11-02T10:00:00Z', '2026-11-01'],
      ] as const) {
        const { status, body } = await ask(first, last);
        expect([status, body.code, body.errors]).toMatchObject([422, 'validation_error', [{ field: from }]]);
        expect(body.detail).toMatch(new RegExp(`^${from} \\(2026-11-02.*\\) must not be after ${to} \\(2026-11-0`));
      }
    });

    it('is one day where both ends are the same date', async () => {
      expect((await ask('2026-11-02', '2026-11-02')).status).toBe(200);
    });

    if (path !== '/api/analytics/trends')
      it('is rejected where no instant lies in it', async () => {
        const { status, body } = await ask('2026-11-02T10:00:00Z', '2026-11-02T15:30:00%2B05:30');
        expect([status, body.errors]).toMatchObject([422, [{ field: to, code: 'empty_span' }]]);
        expect(body.detail).toContain('a date such as 2026-03-01, which counts as the whole day');
      });
  });

  it('that is rejected is no export in the trail', async () => {
    const exports = () =>
      app.rows(sql`SELECT id FROM audit_trail WHERE action IN ('audit.exported', 'tasks.exported')`);
    const before = await exports();
    for (const { path, from, to } of SPANS) await as(auditor).get(`${path}?${from}=2026-11-02&${to}=2026-11-01`);
    expect(await exports()).toEqual(before);
  });

  it('counts the whole of a day in the zone of the one who asks: entries, requests and evidence', async () => {
    const manager = await anActor(app, 'manager');
    const { id } = await aTask(app, manager.id);
    expect((await as(manager).patch(`/api/tasks/${id}`, { description: 'Now' })).status).toBe(200);
    await app.flushed();
    const [{ now } = { now: new Date() }] = await app.rows<{ now: Date }>(
      sql`SELECT occurred_at AS now FROM audit_trail WHERE action = 'task.updated' AND entity_id = ${id}`,
    );
    const day = (zone: string, at = now) =>
      new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at);
    for (const [who, zone] of [
      [auditor, 'UTC'],
      [indian, 'Asia/Kolkata'],
    ] as const) {
      const today = day(zone);
      const before = day(zone, new Date(now.getTime() - 86_400_000));
      const query = (date: string) => `from=${date}&to=${date}`;
      const entries = async (date: string) =>
        (
          (await as(who).get(`/api/audit/entries?action=task.updated&${query(date)}`)).body as { entity_id: number }[]
        ).map((entry) => entry.entity_id);
      expect(await entries(today)).toEqual([id]);
      expect(await entries(before)).toEqual([]);
      const requests = async (date: string) =>
        (await as(who).get(`/api/audit/requests?method=PATCH&${query(date)}`)).body as object[];
      expect(await requests(today)).toHaveLength(1);
      expect(await requests(before)).toHaveLength(0);
      const folder = await unpack(await takeEvidence(who, query(today)));
      expect(entriesIn(folder).some((line) => JSON.stringify(line).includes('task.updated'))).toBe(true);
      const asked = manifestIn(folder).asked;
      expect(new Date(String(asked.to)).getTime() - new Date(String(asked.from)).getTime()).toBe(86_400_000);
      expect(asked.from).toBe(zone === 'UTC' ? `${today}T00:00:00.000Z` : `${before}T18:30:00.000Z`);
    }
  });

  it('of deadlines counts the whole of both days in the zone of the one who asks', async () => {
    const { id } = await anActor(app, 'developer');
    const at = async (deadline: string) => (await aTask(app, id, { deadline })).id;
    const tasks = [
      await at('2031-03-01T18:29:59Z'),
      await at('2031-03-01T18:30:00Z'),
      await at('2031-03-01T23:59:59Z'),
      await at('2031-03-02T18:29:59Z'),
      await at('2031-03-02T18:30:00Z'),
      await at('2031-03-02T23:59:59Z'),
      await at('2031-03-03T00:00:00Z'),
    ];
    const found = async (who: TestActor, query: string) =>
      ((await as(who).get(`/api/tasks?assigned_to=${id}&${query}`)).body as { id: number }[]).map((task) =>
        tasks.indexOf(task.id),
      );
    const day = 'deadline_after=2031-03-02&deadline_before=2031-03-02';
    expect(await found(auditor, day)).toEqual([3, 4, 5]);
    expect(await found(indian, day)).toEqual([1, 2, 3]);
    expect(await found(auditor, 'deadline_before=2031-03-01')).toEqual([0, 1, 2]);
    expect(await found(auditor, 'deadline_before=2031-03-01T00:00:00Z')).toEqual([]);
    const csv = (await as(indian).get(`/api/tasks/export.csv?assigned_to=${id}&${day}`)).text;
    expect(csv.trim().split('\r\n')).toHaveLength(1 + 3);
  });

  it('may begin and end anywhere in the calendar', async () => {
    for (const zone of ['Asia/Kolkata', 'America/St_Johns']) {
      const who = await anActor(app, 'auditor', { timezone: zone });
      for (const { path, from, to } of SPANS.filter(({ path }) => path !== '/api/analytics/trends'))
        for (const day of ['0001-01-01', '9999-12-31'])
          expect([path, (await as(who).get(`${path}?${from}=${day}&${to}=${day}`)).status]).toEqual([path, 200]);
    }
  });
});

/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { raw } from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { FIELDS } from '../support/specimens/specimens.module.js';

const SPECIMENS = join(__dirname, '../support/specimens');
type Values = Record<string, unknown>;

const FIRST: Values = {
  day: '2026-06-01',
  days: ['2026-06-01', '1999-12-31'],
  at_time: '09:30:00',
  at_zoned_time: '09:30:00+05:30',
  local_time: '2026-06-01T09:30:00.000Z',
  instant: '2026-06-01T23:30:00.123Z',
  instants: ['2026-06-01T23:30:00.000Z'],
  amount: '12.500',
  amounts: [1.5, 2],
  big: '9007199254740993',
  bigs: ['9007199254740993'],
  plain: { b: 1, a: [1, { c: null }] },
  binary_json: { site: 'Zürich', visits: [1, 2] },
  list_json: [{ visit: 1 }, 'two'],
  words: ['one', 'two, three', 'say "four"'],
  counts: [1, 2, 3],
  state: 'frozen',
  states: ['drawn', 'on its way'],
  bytes: '00ff10',
  listed: ['a', 'b'],
  parsed: { deep: { er: true } },
  flag: false,
  ratio: 0.1,
  period: '1 day 02:00:00',
  shouted: 'quiet',
};
const SECOND: Values = {
  ...FIRST,
  day: '2026-12-31',
  days: ['2026-12-31'],
  at_time: '23:59:59',
  local_time: '2026-03-08T07:00:00.000Z',
  binary_json: { site: 'Zürich', visits: [1, 2, 3] },
  list_json: [],
  states: [],
  bytes: 'ab',
  shouted: 'quieter',
};

/** jest gives specs a copy of the environment, which does not set the zone of the process. */
const environment = (execFileSync.constructor as (code: string) => () => NodeJS.ProcessEnv)('return process.env')();

describe.each(['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Apia', 'America/Los_Angeles'])(
  'what is recorded, where the host is in %s,',
  (zone) => {
    const zoneBefore = environment.TZ;
    let app: TestApp;
    let manager: TestActor;
    let auditor: TestActor;

    beforeAll(async () => {
      environment.TZ = zone;
      const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
      expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(timeZone);
      app = await TestApp.start({}, undefined, [SPECIMENS]);
      await app.rows(raw(readFileSync(join(SPECIMENS, 'migrations/1770000000000-specimens.up.sql'), 'utf8')));
      await app.grant();
      manager = await anActor(app, 'manager');
      auditor = await anActor(app, 'auditor');
    });
    afterAll(async () => {
      if (zoneBefore === undefined) delete environment.TZ;
      else environment.TZ = zoneBefore;
      await app.stop();
    });

    const entries = async (id: number) =>
      (await as(auditor).get(`/api/audit/entries?entity_type=specimen&entity_id=${id}`)).body as {
        changes: Record<string, [unknown, unknown]>;
      }[];
    const shown = async (id: number): Promise<Values> => {
      const { id: _id, ...values } = (await as(manager).get(`/api/specimens/${id}`)).body as Values;
      return values;
    };
    /** An answer of the driver, whose object of an interval has a prototype of its own. */
    const but = ({ period: _period, ...values }: Values): Values => values;

    it.each(['', '/each'])('equals the value of the API, for every column type and transformer (%s)', async (way) => {
      const created = await as(manager).post('/api/specimens', { values: FIRST });
      expect([created.status, created.body.detail]).toEqual([201, undefined]);
      const id = created.body.id as number;
      const first = await shown(id);
      expect(Object.keys(first).sort()).toEqual([...FIELDS].sort());
      expect(but(created.body as Values)).toEqual(but({ id, ...FIRST }));
      const [creation] = await entries(id);
      for (const field of FIELDS.filter((name) => name !== 'days'))
        expect([field, creation?.changes[field]]).toEqual([field, [null, first[field]]]);
      expect(creation?.changes.days).toEqual([null, FIRST.days]);
      const changed = await as(manager).patch(`/api/specimens/${id}${way}`, { values: SECOND });
      expect(but(changed.body as Values)).toEqual(but({ id, ...SECOND }));
      const second = await shown(id);
      const [change] = await entries(id);
      const differing = FIELDS.filter((field) => JSON.stringify(FIRST[field]) !== JSON.stringify(SECOND[field]));
      expect(Object.keys(change?.changes ?? {}).sort()).toEqual([...differing].sort());
      for (const field of differing.filter((name) => name !== 'days'))
        expect([field, change?.changes[field]]).toEqual([field, [first[field], second[field]]]);
      expect([second.day, change?.changes.day]).toEqual(['2026-12-31', ['2026-06-01', '2026-12-31']]);
    });

    it.each(['', '/each'])('is absent where nothing changed (%s)', async (way) => {
      const { body } = await as(manager).post('/api/specimens', { values: FIRST });
      const { period: _period, ...values } = FIRST;
      expect((await as(manager).patch(`/api/specimens/${body.id}${way}`, { values })).status).toBe(200);
      expect(await entries(body.id as number)).toHaveLength(1);
    });

    it.each(['', '/each'])('is null where there is no value (%s)', async (way) => {
      const { body } = await as(manager).post('/api/specimens', { values: FIRST });
      const nothing = Object.fromEntries(FIELDS.map((field) => [field, null]));
      expect((await as(manager).patch(`/api/specimens/${body.id}${way}`, { values: nothing })).status).toBe(200);
      const [change] = await entries(body.id as number);
      expect(Object.values(change?.changes ?? {}).map(([, now]) => now)).toEqual(FIELDS.map(() => null));
    });
  },
);

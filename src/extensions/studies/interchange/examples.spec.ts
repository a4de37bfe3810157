import { as, sql } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';
import { example, exampleNames, imported, minusContacts } from './records.spec-kit.js';

describe('Examples of records of ClinicalTrials.gov', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  it('are at least ten', () => {
    expect(exampleNames.length).toBeGreaterThanOrEqual(10);
  });

  it.each(exampleNames)('%s: a dry run reports what the import does, which repeated changes nothing', async (name) => {
    const { manager, auditor } = world;
    const record = example(name);
    const dry = await as(manager).post('/api/studies/import?dry_run=true', record);
    const first = await as(manager).post('/api/studies/import', record);
    const records = first.body.records as { outcome: string; study_id: number | null }[];
    expect(records.map(({ outcome }) => outcome)).toEqual(records.map(() => 'created'));
    expect(dry.body).toEqual({
      ...first.body,
      dry_run: true,
      records: records.map((each) => ({ ...each, study_id: null })),
    });
    const again = await as(manager).post('/api/studies/import', record);
    expect(again.body).toMatchObject({ unchanged_count: records.length, created_count: 0, conflict_count: 0 });
    const originals = record.studies ?? [record];
    for (const [index, { study_id }] of records.entries()) {
      const { status, body, headers } = await as(auditor).get(`/api/studies/${study_id}/export`);
      expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
      expect(body).toEqual(minusContacts(originals[index]));
    }
  });

  it('leave no phone and no e-mail address anywhere', async () => {
    await as(world.manager).post('/api/studies/import', example('every-optional-field'));
    const [found] = await world.app.rows<{ text: string }>(sql`SELECT concat(
      (SELECT string_agg(s::text, '') FROM study_import_sources s), (SELECT string_agg(s::text, '') FROM study_import_sites s),
      (SELECT string_agg(s::text, '') FROM study_sites s), (SELECT string_agg(s::text, '') FROM studies s),
      (SELECT string_agg(a::text, '') FROM audit_trail a)) AS text`);
    expect(found?.text).toContain('Ines Falk');
    expect(found?.text).not.toMatch(/example\.org"|555 01|Study Desk|Ward Office/);
  });

  it('become studies with the words of the product', async () => {
    const { manager } = world;
    const read = async (name: string) => {
      const { study_id } = await imported(manager, example(name));
      return (await as(manager).get(`/api/studies/${study_id}`)).body as object;
    };
    expect(await read('every-optional-field')).toMatchObject({
      nct_number: 'NCT05551201',
      trial_phase: 'phase2_phase3',
      trial_acronym: 'ASTER-2',
      start_date: { date: '2026-03-02', type: 'actual' },
      completion_date: { date: '2028-12', type: 'estimated' },
      enrollment: { count: 420, type: 'estimated' },
    });
    expect(await read('withdrawn')).toMatchObject({
      overall_status: 'withdrawn',
      why_stopped: 'The manufacturer ended the supply of the gel before the first participant',
    });
    expect(await read('expanded-access')).toMatchObject({
      study_type: 'expanded_access',
      overall_status: 'recruiting',
      trial_phase: null,
    });
    expect(await read('unknown-status')).toMatchObject({ overall_status: 'unknown', why_stopped: null });
    expect(await read('month-only-dates')).toMatchObject({
      start_date: { date: '1999-04', type: 'estimated' },
      enrollment: { count: 38, type: 'estimated' },
    });
    expect(await read('japanese')).toMatchObject({ trial_acronym: 'こもれび', sponsor_name: '北風製薬株式会社' });
  });
});

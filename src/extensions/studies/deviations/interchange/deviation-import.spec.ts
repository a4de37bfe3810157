import fc from 'fast-check';
import { as, sql, type TestActor } from '../../../../../test/kit.js';
import { idOf, problem, StudyWorld } from '../../study-world.spec-kit.js';
import { type DeviationImportRecord } from './deviation-import.dto.js';

const CSV = { 'Content-Type': 'text/csv' };
const HEADER = 'STUDYID,DOMAIN,USUBJID,SITEID,DVSEQ,DVSPID,DVTERM,DVDECOD,DVCAT,EPOCH,DVSTDTC,DVENDTC';
const STUDYID = 'CT-DV';
const ROW = `${STUDYID},DV,${STUDYID}-104-007,104,1,PD-1,Late visit,VISIT OUT OF WINDOW,VISIT,TREATMENT,2026-10-12,2026-10-21`;
const file = (...rows: string[]) => [HEADER, ...rows].join('\r\n');

describe('POST /api/studies/{id}/deviations/import', () => {
  let world: StudyWorld;
  let path: string;
  let count = 0;
  let studyId: string;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());
  beforeEach(async () => {
    studyId = `${STUDYID}-${++count}`;
    path = await world.aStudy({ sponsor_protocol_identifier: studyId });
    await world.created(`${path}/sites`, { facility: 'Basel', site_number: '104' });
    await world.created(`${path}/sites`, { facility: 'Bern', site_number: '10' });
  });

  const send = (text: string, query = '', who: TestActor = world.manager) =>
    as(who).post(`${path}/deviations/import${query}`, text.replaceAll(STUDYID, studyId), CSV);
  const records = async (text: string, query = '') => {
    const { status, body } = await send(text, query);
    expect([status, body.detail]).toEqual([200, undefined]);
    return body.records as DeviationImportRecord[];
  };
  const results = async (text: string, query?: string) => (await records(text, query)).map(({ outcome }) => outcome);
  const errorsOf = async (row: string, header = HEADER) => {
    const [record] = await records([header, row].join('\n'));
    return record?.errors.map(({ column, code }) => `${column} ${code}`);
  };
  const deviations = async () => (await as(world.manager).get(`${path}/deviations`)).body as Record<string, unknown>[];
  const entries = async (id: unknown) =>
    (await as(world.auditor).get(`/api/audit/entries?entity_type=protocol_deviation&entity_id=${String(id)}`)).body as {
      action: string;
      changes: object;
    }[];

  it('creates deviations with their fields, each audited', async () => {
    expect(await records(file(ROW))).toMatchObject([
      { row: 2, sponsor_defined_identifier: 'PD-1', outcome: 'created', changes: [], conflicts: [], errors: [] },
    ]);
    const [deviation] = await deviations();
    expect(deviation).toMatchObject({
      sponsor_defined_identifier: 'PD-1',
      participant_code: '104-007',
      term: 'Late visit',
      coded_term: 'VISIT OUT OF WINDOW',
      category: 'VISIT',
      epoch: 'TREATMENT',
      start_date: '2026-10-12',
      end_date: '2026-10-21',
      identified_on: '2026-11-16',
      important: false,
      stage: 'open',
    });
    expect(await entries(deviation?.id)).toMatchObject([
      { action: 'protocol_deviation.created', changes: { participant_code: [null, '104-007'] } },
    ]);
  });

  it('changes nothing when a file is imported again', async () => {
    await records(file(ROW));
    expect(await results(file(ROW))).toEqual(['unchanged']);
    const [deviation] = await deviations();
    expect([deviation?.version, (await entries(deviation?.id)).length]).toEqual([1, 1]);
  });

  it('changes what the file has changed, and leaves fields whose column is absent', async () => {
    await records(file(ROW));
    const [record] = await records(
      file(ROW.replace('Late visit', 'Very late visit').replace('VISIT,TREATMENT', ',TREATMENT')),
    );
    expect(record).toMatchObject({
      outcome: 'changed',
      changes: [
        { field: 'term', before: 'Late visit', after: 'Very late visit' },
        { field: 'category', before: 'VISIT', after: null },
      ],
    });
    const few = ['STUDYID,USUBJID,DVSPID,DVTERM,DVSTDTC', `${STUDYID},${STUDYID}-104-007,PD-1,Late visit,2026-10-12`];
    expect(await results(few.join('\n'))).toEqual(['changed']);
    const [deviation] = await deviations();
    expect(deviation).toMatchObject({ term: 'Late visit', category: null, epoch: 'TREATMENT', version: 3 });
    expect((await entries(deviation?.id))[0]?.changes).toEqual({ term: ['Very late visit', 'Late visit'] });
  });

  it('reports as a conflict what a person changed since the last import, and keeps it', async () => {
    await records(file(ROW));
    const [{ id } = {}] = await deviations();
    await as(world.manager).patch(`${path}/deviations/${String(id)}`, { category: 'CONSENT' });
    const changed = file(ROW.replace('Late visit', 'Very late visit'));
    const conflicts = [{ field: 'category', here: 'CONSENT', last_import: 'VISIT', incoming: 'VISIT' }];
    expect(await records(changed)).toMatchObject([{ outcome: 'conflict', changes: [{ field: 'term' }], conflicts }]);
    expect(await records(changed)).toMatchObject([{ outcome: 'conflict', changes: [], conflicts }]);
    expect(await deviations()).toMatchObject([{ category: 'CONSENT', term: 'Very late visit' }]);
    expect(await results(changed.replace('VISIT,TREATMENT', 'CONSENT,TREATMENT'))).toEqual(['unchanged']);
    expect(await results(changed)).toEqual(['changed']);
  });

  it('fills a deviation that was recorded by hand, and overwrites nothing of it', async () => {
    const [site] = (await as(world.manager).get(`${path}/sites`)).body as { id: number }[];
    const given = { site_id: site?.id, sponsor_defined_identifier: 'PD-1', participant_code: '104-007' };
    const dates = { start_date: '2026-10-12', identified_on: '2026-10-30' };
    await world.created(`${path}/deviations`, { ...given, ...dates, term: 'By hand' });
    const [record] = await records(file(ROW));
    expect(record?.outcome).toBe('conflict');
    expect(record?.changes.map(({ field }) => field)).toEqual(['coded_term', 'category', 'epoch', 'end_date']);
    expect(record?.conflicts).toEqual([{ field: 'term', here: 'By hand', last_import: null, incoming: 'Late visit' }]);
    expect(await deviations()).toMatchObject([{ term: 'By hand', category: 'VISIT', identified_on: '2026-10-30' }]);
  });

  it('rehearses with dry_run, and then does what it said', async () => {
    const rows = [ROW, ROW.replace('PD-1', 'PD-2').replace('2026-10-12', '12.10.2026')];
    const rehearsed = await send(file(...rows), '?dry_run=true');
    expect(rehearsed.body).toMatchObject({ dry_run: true, created_count: 1, rejected_count: 1 });
    expect(await deviations()).toEqual([]);
    const { body } = await send(file(...rows));
    expect(body).toMatchObject({ dry_run: false, created_count: 1, rejected_count: 1 });
    expect(await deviations()).toHaveLength(1);
  });

  it.each([
    ['another study', ROW.replace(STUDYID, 'OTHER'), ['STUDYID other_study']],
    ['another domain', ROW.replace(',DV,', ',AE,'), ['DOMAIN is_in']],
    ['a name', ROW.replace('104-007', 'Jane Doe'), ['USUBJID not_a_code']],
    ['initials', ROW.replace('104-007', 'J.D.'), ['USUBJID not_a_code']],
    ['a partial date', ROW.replace('2026-10-12', '2026-10'), ['DVSTDTC is_day']],
    ['no term', ROW.replace('Late visit', ''), ['DVTERM not_null']],
    ['an unknown site', ROW.replace(',104,', ',999,'), ['SITEID site_not_found']],
    ['no site', ROW.replace(',104,', ',,').replace('104-007', '99-007'), ['SITEID required']],
    ['a sequence that is none', ROW.replace(',1,', ',one,'), ['DVSEQ is_int']],
    ['no identifier', ROW.replace(',1,PD-1', ',,'), ['DVSPID required']],
    ['too few cells', `${STUDYID},DV`, ['row cell_count', 'DVSPID required']],
    ['NUL', ROW.replace('Late', 'La\0te'), ['DVTERM invalid_text']],
  ])('rejects a row with %s by its column', async (_, row, errors) => {
    expect(await errorsOf(row)).toEqual(errors);
  });

  it('rejects supplemental cells by their column', async () => {
    const header = `${HEADER},SUPPDV.important,SUPPDV.monitoring_visit_id,SUPPDV.due_date`;
    expect(await errorsOf(`${ROW},maybe,x,soon`, header)).toEqual([
      'SUPPDV.monitoring_visit_id is_int',
      'SUPPDV.important is_boolean',
      'SUPPDV.due_date is_day',
    ]);
    expect(await errorsOf(`${ROW},Y,999999,2026-12-01`, header)).toEqual([
      'SUPPDV.monitoring_visit_id monitoring_visit_not_found',
    ]);
  });

  it('rejects the second row of an identifier and imports the first', async () => {
    expect(await results(file(ROW, ROW.replace('Late', 'Early')))).toEqual(['created', 'rejected']);
  });

  it('finds the site by the code of the participant, and the record by USUBJID and DVSEQ', async () => {
    const row = ROW.replace(',104,1,PD-1,', ',,1,,');
    expect(await results(file(row))).toEqual(['created']);
    expect(await results(file(row))).toEqual(['unchanged']);
    const { body } = await as(world.manager).get(`${path}/sites`);
    const basel = (body as { id: number; site_number: string }[]).find(({ site_number: number }) => number === '104');
    expect(await deviations()).toMatchObject([
      { site_id: basel?.id, sponsor_defined_identifier: `${studyId}-104-007#1` },
    ]);
  });

  it('reads semicolons, tabs, a byte order mark, blank lines and line ends of any kind', async () => {
    expect(await results('\ufeff' + file(ROW.replace('PD-1', 'PD-3')).replaceAll(',', ';'))).toEqual(['created']);
    expect(await results(`${file(ROW.replace('PD-1', 'PD-4')).replaceAll(',', '\t')}\r\n\r\n\t\t\t\r\n`)).toEqual([
      'created',
    ]);
    expect(await results(file(ROW.replace('PD-1', 'PD-5')).replaceAll('\r\n', '\n'))).toEqual(['created']);
  });

  it.each([
    ['an unknown column', `${HEADER},PATIENTNAME\n`, 422, 'validation_error', 'Column PATIENTNAME is no known column'],
    ['a missing column', 'STUDYID,USUBJID,DVTERM\n', 422, 'validation_error', 'Column DVSTDTC is required'],
    ['a column that is there twice', `${HEADER},DVTERM\n`, 422, 'validation_error', 'Column DVTERM is there twice'],
    ['an open quote', `${HEADER}\n"a,b`, 400, 'invalid_csv', 'The file is not valid CSV'],
    ['a row that is too long', `${HEADER}\n${'x'.repeat(70_000)}`, 413, 'payload_too_large', 'more than 65536'],
    ['too many rows', `${HEADER}\n${'a\n'.repeat(10_001)}`, 422, 'validation_error', 'more than 10000 rows'],
    ['a header of separators alone', ','.repeat(256), 422, 'validation_error', 'A row has more than 256 cells'],
    ['a row of too many empty cells', `${HEADER}\n${','.repeat(256)}`, 422, 'validation_error', 'more than 256 cells'],
    ['blank lines alone', '\n\n', 422, 'validation_error', 'Column STUDYID is required'],
  ])('refuses a file with %s', async (_, text, status, code, detail) => {
    const answer = await send(text);
    expect(problem(answer)).toEqual([status, code]);
    expect(answer.body.detail).toContain(detail);
  });

  it('leaves out a row of 256 empty cells', async () => {
    expect(await results(file(ROW, ','.repeat(255)))).toEqual(['created']);
  });

  it('refuses other encodings, types, sizes and an absent body', async () => {
    const latin1 = Buffer.from(file(ROW.replace('Late', 'Späte')), 'latin1');
    const target = `${path}/deviations/import`;
    expect(problem(await as(world.manager).post(target, latin1, CSV))).toEqual([400, 'invalid_csv']);
    expect(problem(await as(world.manager).post(target, { a: 1 }))).toEqual([415, 'unsupported_media_type']);
    expect(problem(await as(world.manager).post(target))).toEqual([400, 'bad_request']);
    const large = `${HEADER}\n${`${'x'.repeat(50_000)}\n`.repeat(340)}`;
    expect(problem(await send(large))).toEqual([413, 'payload_too_large']);
  }, 60_000);

  it('is for those who may report, on sites of theirs, in a study that is not locked', async () => {
    expect(problem(await send(file(ROW), '', world.auditor))).toEqual([403, 'role_not_allowed']);
    const [, bern] = (await as(world.manager).get(`${path}/sites?sort=id`)).body as { id: number }[];
    const member = { user_id: world.developer.id, role: 'monitor', site_id: bern?.id, start_date: '2026-01-01' };
    await world.created(`${path}/members`, member);
    await as(world.manager).patch(path, { access: 'members' });
    const own = ROW.replace(',104,', ',10,').replace('104-007', '10-001').replace('PD-1', 'PD-9');
    const { body } = await send(file(ROW, own), '', world.developer);
    expect((body.records as DeviationImportRecord[]).map(({ outcome, errors }) => [outcome, errors[0]?.code])).toEqual([
      ['rejected', 'site_not_found'],
      ['created', undefined],
    ]);
    expect(problem(await send(file(ROW), '', world.other))).toEqual([404, 'study_not_found']);
    await records(file(ROW));
    const stolen = (await send(file(ROW.replace(',104,', ',10,')), '', world.developer)).body;
    expect(stolen.records[0].errors[0].code).toBe('not_yours');
    await as(world.manager).post(`${path}/lock`, { reason: 'Data base lock' });
    expect(problem(await send(file(ROW)))).toEqual([409, 'study_locked']);
  });

  it('gives back by the export what was imported, and imports its own export without a change', async () => {
    const header = `${HEADER},DVSCAT,DVSTDY,SUPPDV.identified_on,SUPPDV.important,SUPPDV.resolution`;
    const first = ROW.replace('2026-10-12', '2026-10-12T09:30');
    const text = [header, `${first},WINDOW,12,2026-11-03,Y,"=SUM(A1) ""quoted"", Zürich"`].join('\n');
    await records(text);
    const [site] = (await as(world.manager).get(`${path}/sites`)).body as { id: number }[];
    const dates = { start_date: '2026-10-01', identified_on: '2026-10-30' };
    await world.created(`${path}/deviations`, { site_id: site?.id, term: 'By hand;=1+1', ...dates });
    const exported = await as(world.manager).get(`${path}/deviations/export.csv`);
    const [names, ...lines] = exported.text
      .trim()
      .split('\r\n')
      .map((line) => line.slice(1, -1).split('","'));
    expect(exported.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(names?.slice(0, 8)).toEqual('STUDYID DOMAIN USUBJID SITEID DVSEQ DVREFID DVSPID DVTERM'.split(' '));
    expect(lines).toHaveLength(2);
    expect(exported.text).toContain(`"${studyId}","DV","${studyId}-104-007","104","1",,"PD-1","Late visit"`);
    expect(exported.text).toContain(
      '"WINDOW",,"TREATMENT","2026-10-12T09:30","2026-10-21","12",,,"2026-11-03","Y","N"',
    );
    expect(exported.text).toContain(`"By hand;'=1+1"`);
    expect(exported.text).toContain(`"'=SUM(A1) ""quoted"", Zürich"`);
    const again = await as(world.manager).post(`${path}/deviations/import`, exported.text, CSV);
    expect(again.body).toMatchObject({ unchanged_count: 2, created_count: 0 });
    const other = await world.aStudy({ sponsor_protocol_identifier: `${studyId}x` });
    await world.created(`${other}/sites`, { facility: 'Basel', site_number: '104' });
    const moved = exported.text.replaceAll(studyId, `${studyId}x`);
    expect((await as(world.manager).post(`${other}/deviations/import`, moved, CSV)).body.created_count).toBe(2);
    const copy = (await as(world.manager).get(`${other}/deviations/export.csv`)).text;
    expect(copy.replaceAll(`${studyId}x`, studyId)).toBe(exported.text);
  });

  it('records the export in the audit trail, and shows a member of one site that alone', async () => {
    await records(file(ROW, ROW.replace(',104,', ',10,').replace('104-007', '10-001').replace('PD-1', 'PD-2')));
    const [, bern] = (await as(world.manager).get(`${path}/sites?sort=id`)).body as { id: number }[];
    const member = { user_id: world.developer.id, role: 'monitor', site_id: bern?.id, start_date: '2026-01-01' };
    await world.created(`${path}/members`, member);
    await as(world.manager).patch(path, { access: 'members' });
    const { text } = await as(world.developer).get(`${path}/deviations/export.csv`);
    expect([text.includes('PD-2'), text.includes('PD-1')]).toEqual([true, false]);
    expect(problem(await as(world.other).get(`${path}/deviations/export.csv`))).toEqual([404, 'study_not_found']);
    const [entry] = await world.app.rows<{ action: string }>(
      sql`SELECT action FROM audit_trail WHERE action = 'protocol_deviation.exported' AND entity_id = ${idOf(path)}`,
    );
    expect(entry?.action).toBe('protocol_deviation.exported');
  });

  it('answers any text without a failure of the server', async () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('', '"', ',', '\n', 'Y', '2026-01-01', '1e9', '\ufeff', "'=1"));
    const line = fc.array(cell, { maxLength: 14 }).map((cells) => cells.join(','));
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(line, { maxLength: 5 }), async (withHeader, lines) => {
        const { status } = await send([...(withHeader ? [HEADER] : []), ...lines].join('\n') || ' ');
        expect([200, 400, 413, 422]).toContain(status);
      }),
      { numRuns: 100 },
    );
  });
});

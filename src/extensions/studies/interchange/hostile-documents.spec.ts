import { as } from '../../../../test/kit.js';
import { problem, StudyWorld } from '../study-world.spec-kit.js';
import { aRecord, example } from './records.spec-kit.js';

const WRONG: unknown[] = [7, 'x', true, [], {}, [7], { id: {} }, [[]], -1.5, ''];

const manyMembers = (number: number): string => Array.from({ length: number }, (_, n) => `"k${n + 1}":0`).join();

/** Codes of the faults of a record of a new study that has no field. */
const WITHOUT_FIELDS = ['required', 'required', 'required'];
const codesOf = ({ body }: { body: { errors: { code: string }[] } }) => body.errors.map(({ code }) => code);

/** A list of one item more than is read, after others. */
const many = (item: object, ...others: object[]): object[] => [
  ...others,
  ...Array<object>(5_001 - others.length).fill(item),
];

describe('A hostile document', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  const post = (text: string, type = 'application/json') =>
    as(world.manager).post('/api/studies/import?dry_run=true', text, { 'Content-Type': type });

  it.each([
    ['nesting', `{"protocolSection":${'['.repeat(60)}`, 400, '/protocolSection/0/0'],
    ['a key twice', '{"protocolSection":{"a":{"b":1,"b":2}}}', 400, '/protocolSection/a/b'],
    ['broken JSON', '{"protocolSection":{"a":[1,}', 400, '/protocolSection/a/1'],
    ['an early end', '{"studies":[{"a":1}', 400, '/studies'],
    ['a forbidden key', '{"studies":[{"__proto__":{}}]}', 400, '/studies/0'],
    ['a huge number', '{"studies":[1e999]}', 400, '/studies/0'],
    ['more values than anyone needs', `[${'0,'.repeat(500_001)}0]`, 400, '/499999'],
    ['more members in one object than any has', `{"a":{${manyMembers(10_001)}}}`, 400, '/a/k10001'],
    ['nothing', ' ', 400, ''],
  ])('with %s is refused with its place', async (_, text, status, pointer) => {
    const answer = await post(text);
    expect(problem(answer)).toEqual([status, 'invalid_json']);
    expect(answer.body.pointer).toMatch(new RegExp(`^${pointer}`));
  });

  it.each(['\\u0000', '\\ud800'])('with the character %s is refused with its place', async (character) => {
    const { status, body } = await post(`{"protocolSection":{"x":["${character}"]}}`);
    expect([status, body.errors[0]]).toEqual([
      422,
      expect.objectContaining({ field: '/protocolSection/x/0', code: 'invalid_text' }),
    ]);
  });

  it.each([
    ['large', '1e308', 3_404],
    ['small', '-1.5e-300', 3_506],
  ])('with many very %s numbers is refused with the place of the first that is too much', async (_, number, index) => {
    const documentOf = (count: number) => `{"protocolSection":{"x":[${Array(count).fill(number).join()}]}}`;
    const { status, body } = await post(documentOf(10_000));
    expect([status, body.errors]).toEqual([
      422,
      [
        {
          field: `/protocolSection/x/${index}`,
          code: 'too_long',
          message: expect.stringContaining('more than 1048576 zeros, written without exponents'),
        },
      ],
    ]);
    expect(codesOf(await post(documentOf(index)))).toEqual(WITHOUT_FIELDS);
  });

  it('with ordinary numbers has as many as it has values', async () => {
    const numbers = ['0', '-0.0', '1e20', '6.02E18', '0.000001', '123456789.125', '-17', '1e-6'];
    const list = Array.from({ length: 400_000 }, (_, n) => numbers[n % numbers.length]).join();
    expect(codesOf(await post(`{"protocolSection":{"x":[${list}]}}`))).toEqual(WITHOUT_FIELDS);
  });

  it.each([
    ['extensions', '/extension', { resourceType: 'ResearchStudy', extension: many({ url: 'x' }) }],
    ['sites', '/site', { resourceType: 'ResearchStudy', site: many({ display: 'x' }) }],
    [
      'resources',
      '/entry',
      {
        resourceType: 'Bundle',
        entry: many({ resource: { resourceType: 'Location' } }, { resource: { resourceType: 'ResearchStudy' } }),
      },
    ],
  ])('with more %s than a study has is refused with their place', async (_, place, document) => {
    const answer = await post(JSON.stringify(document), 'application/fhir+json');
    expect(problem(answer)).toEqual([422, 'validation_error']);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field: place, code: 'too_many' }));
  });

  it.each([
    ['', (records: unknown[]) => records],
    ['/studies', (records: unknown[]) => ({ studies: records })],
  ])('with more records than a page of the registry is refused at "%s"', async (place, documentOf) => {
    const answer = await post(JSON.stringify(documentOf(Array(1_001).fill({}))));
    expect([answer.status, answer.body.errors]).toEqual([
      422,
      [{ field: place, code: 'too_many_studies', message: 'A document has at most 1000 records' }],
    ]);
  });

  it('with a key as long as the document is refused with the start of its place', async () => {
    const key = '~'.repeat(1024 * 1024);
    const broken = await post(`{"${key}":x}`);
    expect(problem(broken)).toEqual([400, 'invalid_json']);
    expect(broken.body.pointer).toBe(`/${'~0'.repeat(150)}`.slice(0, 300) + '…');
    const participant = JSON.stringify({ resourceType: 'ResearchStudy', [key]: { resourceType: 'Patient' } });
    const answer = await post(participant, 'application/fhir+json');
    expect(problem(answer)).toEqual([422, 'validation_error']);
    expect(answer.body.errors[0].field).toBe(`/${'~0'.repeat(300)}…/resourceType`);
  });

  it('of a type or size that the route does not take is refused', async () => {
    expect((await post('{}', 'text/plain')).status).toBe(415);
    const long = JSON.stringify({ protocolSection: 'x'.repeat(17 * 1024 * 1024) });
    expect((await post(long)).status).toBe(413);
    expect((await as(world.manager).post('/api/studies/import')).status).toBe(400);
  }, 60_000);

  it('with wrong types anywhere is no fault of ours', async () => {
    const places = placesOf(example('every-optional-field').protocolSection);
    expect(places.length).toBeGreaterThan(100);
    const records = places.flatMap((place, index) => {
      const record = example('every-optional-field');
      const number = String(index).padStart(4, '0');
      record.protocolSection.identificationModule.nctId = `NCT7000${number}`;
      record.protocolSection.identificationModule.orgStudyIdInfo = { id: `WRONG-${number}` };
      return WRONG.map((value) => withValue(record, place, value));
    });
    const outcomes = new Set<string>();
    for (let start = 0; start < records.length; start += 100) {
      const { status, body } = await as(world.manager).post(
        '/api/studies/import?dry_run=true',
        records.slice(start, start + 100),
      );
      expect([200, 422]).toContain(status);
      for (const { outcome, errors } of (body.records ?? []) as { outcome: string; errors: { pointer: string }[] }[]) {
        outcomes.add(outcome);
        expect(outcome === 'rejected').toBe(errors.length > 0);
        for (const { pointer } of errors) expect(pointer).toMatch(/^\/\d+\/protocolSection/);
      }
    }
    expect(outcomes).toContain('rejected');
  }, 300_000);

  it('of which no record can be taken is 422, with the places', async () => {
    const record = aRecord();
    record.protocolSection.statusModule = { overallStatus: 'HAPPY', startDateStruct: { date: '2026-13' } };
    const { status, body } = await post(JSON.stringify({ studies: [record] }));
    expect([status, body.code]).toEqual([422, 'validation_error']);
    expect(body.errors).toEqual([
      {
        field: '/studies/0/protocolSection/statusModule/overallStatus',
        code: 'is_in',
        message: expect.stringMatching(/^overallStatus must be one of NOT_YET_RECRUITING/),
      },
    ]);
    record.protocolSection.statusModule = { overallStatus: 'RECRUITING', startDateStruct: { date: '2026-13' } };
    const second = await post(JSON.stringify({ studies: [record] }));
    record.protocolSection.designModule = { phases: ['PHASE2', 7] };
    const third = await post(JSON.stringify({ studies: [record] }));
    expect(third.body.errors[0].field).toBe('/studies/0/protocolSection/designModule/phases/1');
    expect(second.body.errors[0].field).toBe('/studies/0/protocolSection/statusModule/startDateStruct');
  });
});

/** Paths of all members of a value. */
function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [[...path, name], ...placesOf(member, [...path, name])]);
}

function withValue(record: { protocolSection: unknown }, place: readonly string[], value: unknown): object {
  const copy = structuredClone(record) as { protocolSection: Record<string, unknown> };
  const holder = place
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, copy.protocolSection);
  holder[place.at(-1) ?? ''] = value;
  return copy;
}

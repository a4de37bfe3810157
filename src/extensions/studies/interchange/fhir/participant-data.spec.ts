import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { as } from '../../../../../test/kit.js';
import { StudyWorld } from '../../study-world.spec-kit.js';
import { atOnce } from '../steps.js';
import { isRejected, SITE_FIELDS, STUDY_FIELDS, type JsonObject, type StudyFormat } from '../study-record.js';
import { type SiteFields, type StudyFields } from '../study-record.js';
import { FHIR_R4, FHIR_R5 } from './fhir.format.js';

const FHIR = { 'Content-Type': 'application/fhir+json' };
const PATIENT = { reference: 'Patient/1', display: 'J. Doe' };
const EXAMPLE = JSON.parse(readFileSync(join(__dirname, '../examples/fhir-r4/alone.json'), 'utf8')) as JsonObject;
const study = (number: string, rest: object = {}): JsonObject => ({
  resourceType: 'ResearchStudy',
  identifier: [{ value: number }],
  title: `Study ${number}`,
  ...rest,
});
const bundle = (...resources: object[]): JsonObject => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

/** The fields as a record has them that the document made. */
const valuesOf = <F extends object>(names: readonly string[], read: Partial<F>): F =>
  Object.fromEntries(
    names.map((name): [string, unknown] => [name, read[name as keyof F] ?? (name === 'identifiers' ? [] : null)]),
  ) as F;

describe('Data of participants in documents of FHIR', () => {
  let world: StudyWorld;

  beforeAll(async () => {
    world = await StudyWorld.start();
  });
  afterAll(() => world.app.stop());

  const send = (document: object) => as(world.manager).post('/api/studies/import', document, FHIR);

  it.each([
    ['OperationOutcome', { issue: [{ severity: 'information', code: 'informational' }] }],
    ['Composition', { title: 'Synopsis', section: [{ entry: [{ reference: 'ResearchStudy/1' }] }] }],
    ['StructureDefinition', { type: 'Patient', identifier: [{ value: 'profile-1' }] }],
    ['Group', { actual: true, quantity: 0, member: [] }],
  ])('imports a study beside a %s that is about no participant', async (resourceType, members) => {
    const number = `BESIDE-${resourceType}`;
    const { status, body } = await send(bundle({ ...EXAMPLE, ...study(number) }, { resourceType, ...members }));
    expect([status, body.records?.[0]?.errors, body.errors]).toEqual([200, [], undefined]);
    const [saved] = (await as(world.manager).get(`/api/studies?q=${number}`)).body as { full_title: string }[];
    expect(saved?.full_title).toBe(`Study ${number}`);
  });

  it.each([
    ['a conditional reference', { focus: { reference: 'Patient?identifier=http://h|123' } }],
    ['one to an absolute URL', { focus: { reference: 'https://h/fhir/Patient?identifier=123' } }],
    ['one without a URL', { focus: { type: 'Patient', identifier: { value: '123' } } }],
    ['the subject of a Composition', { contained: [{ resourceType: 'Composition', subject: PATIENT }] }],
    ['a reference that says that it is a resource', { focus: { resourceType: 'Basic', ...PATIENT } }],
    ['a member of a Group', { contained: [{ resourceType: 'Group', member: [{ entity: PATIENT }] }] }],
    ['a DocumentReference', { contained: [{ resourceType: 'DocumentReference' }] }],
    ['a type that is a list', { contained: [{ resourceType: ['Patient'], name: [{ family: 'Doe' }] }] }],
  ])('refuses %s', async (_, members) => {
    const number = 'REFUSED-1';
    const { status, body } = await send(study(number, { status: 'active', ...members }));
    expect([status, body.errors?.[0]?.code]).toEqual([422, 'participant_data']);
    const found = await as(world.manager).get(`/api/studies?q=${number}`);
    expect(found.body).toEqual([]);
  });

  it('names the place of a find by a pointer', () => {
    const [record] = FHIR_R4.parse(study('P-1', { 'a/b~c': [{}, { focus: PATIENT }] }));
    expect(record && isRejected(record) && record.faults).toMatchObject([{ pointer: '/a~1b~0c/1/focus' }]);
  });

  it.each<[string, StudyFormat, object]>([
    ['r4', FHIR_R4, { status: 'active', enrollment: [{ reference: '#g' }], site: [{ reference: '#o' }] }],
    ['r5', FHIR_R5, { status: 'active', recruitment: { targetNumber: 20 }, site: [{ reference: '#o' }] }],
  ])('writes a source of %s that an earlier build kept as it came', (_, format, members) => {
    const group = { resourceType: 'Group', id: 'g', actual: true, quantity: 20 };
    const organization = { resourceType: 'Organization', id: 'o', name: 'Rheinspital' };
    const source = (rest: object, others: object[]) =>
      study('KEPT-1', { ...members, contained: [{ ...group, ...rest }, organization, ...others] });
    const [parsed] = format.parse(source({}, []));
    if (!parsed || isRejected(parsed)) throw new Error(JSON.stringify(parsed));
    const kept = source({ member: [{ entity: PATIENT }] }, [{ resourceType: 'Device', id: 'd' }]);
    const fields = valuesOf<StudyFields>(STUDY_FIELDS, parsed.fields);
    const sites = parsed.sites?.map((site, position) => ({
      fields: valuesOf<SiteFields>(SITE_FIELDS, site.fields),
      position,
    }));
    expect(atOnce(format.write({ fields, sites: sites ?? [], source: structuredClone(kept) }))).toEqual(kept);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { as, type TestActor } from '../../../../../test/kit.js';
import { problem, StudyWorld } from '../../study-world.spec-kit.js';
import { fhirSchema, schemaFaults } from './fhir-schemas.spec-kit.js';

const EXAMPLES = join(__dirname, '../examples');
const FHIR = { 'Content-Type': 'application/fhir+json' };
const read = (name: string): object => JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as object;
const namesOf = (folder: string) => readdirSync(join(EXAMPLES, folder)).map((name) => `${folder}/${name}`);

interface Imported {
  readonly study_id: number;
  readonly outcome: string;
  readonly conflicts: readonly unknown[];
}

async function send(who: TestActor, document: object, headers: Record<string, string> = FHIR) {
  const { status, body } = await as(who).post('/api/studies/import', document, headers);
  expect([status, body.rejected_count, body.records?.[0]?.errors]).toEqual([200, 0, []]);
  return body.records[0] as Imported;
}

/** A study and its sites, but for what each installation gives them. */
async function studyOf(who: TestActor, id: number) {
  const study = (await as(who).get(`/api/studies/${id}`)).body as object;
  const sites = (await as(who).get(`/api/studies/${id}/sites?sort=id`)).body as object[];
  const own = ['id', 'study_id', 'version', 'created_at', 'updated_at'];
  const shared = (record: object) => Object.fromEntries(Object.entries(record).filter(([name]) => !own.includes(name)));
  return { ...shared(study), sites: sites.map(shared) };
}

describe('Import and export of studies in FHIR', () => {
  let here: StudyWorld;
  let elsewhere: StudyWorld;

  beforeAll(async () => {
    here = await StudyWorld.start();
    elsewhere = await StudyWorld.start();
  });
  afterAll(async () => {
    await here.app.stop();
    await elsewhere.app.stop();
  });

  const exported = async (world: StudyWorld, id: number, format: string): Promise<object> => {
    const { status, body, headers } = await as(world.manager).get(`/api/studies/${id}/export?format=${format}`);
    expect([status, headers['content-type']]).toEqual([200, 'application/fhir+json; charset=utf-8']);
    return body as object;
  };

  it.each([...namesOf('fhir-r4'), ...namesOf('fhir-r5')])('imports %s once, and gives it back', async (name) => {
    const [format = ''] = name.split('/');
    const document = read(name);
    const dry = await as(here.manager).post('/api/studies/import?dry_run=true', document, FHIR);
    expect(dry.body).toMatchObject({ format, dry_run: true, created_count: 1, rejected_count: 0 });
    const { study_id: id, outcome } = await send(here.manager, document);
    expect(outcome).toBe('created');
    expect((await send(here.manager, document)).outcome).toBe('unchanged');
    const first = await exported(here, id, format);
    expect((await send(here.manager, first)).outcome).toBe('unchanged');
    expect(await exported(here, id, format)).toEqual(first);
    expect(JSON.stringify(first)).not.toMatch(/telecom|555 01/);
    const { study_id: copy } = await send(elsewhere.manager, first);
    expect(await studyOf(elsewhere.manager, copy)).toEqual(await studyOf(here.manager, id));
  });

  it.each(['fhir-r4', 'fhir-r5'] as const)(
    'carries a record of a registry as %s to another installation',
    async (format) => {
      const validate = fhirSchema(format === 'fhir-r4' ? 'r4' : 'r5');
      for (const name of namesOf('clinical-trials-gov').filter((each) => each.endsWith('.json'))) {
        const body = (await as(here.manager).post('/api/studies/import', read(name))).body as { records: Imported[] };
        for (const { study_id: id } of body.records) {
          const document = await exported(here, id, format);
          expect([name, schemaFaults(validate, document)]).toEqual([name, []]);
          const { study_id: copy } = await send(elsewhere.manager, document);
          expect(await studyOf(elsewhere.manager, copy)).toEqual(await studyOf(here.manager, id));
        }
      }
    },
  );

  it.each([
    ['application/fhir+json', 'fhir-r4'],
    ['application/fhir+json; fhirVersion=5.0', 'fhir-r5'],
    ['application/json;q=0.5, application/fhir+json;fhirVersion=4.0', 'fhir-r4'],
    ['application/json, application/fhir+json', 'clinical-trials-gov'],
    ['text/html, */*', 'clinical-trials-gov'],
    ['text/turtle', 'clinical-trials-gov'],
  ])('gives %s the format %s, where none is named', async (Accept, format) => {
    const { study_id: id } = await send(here.manager, read('fhir-r5/alone.json'));
    const path = `/api/studies/${id}/export`;
    const [negotiated, named] = [
      await as(here.manager).get(path, { Accept }),
      await as(here.manager).get(`${path}?format=${format}`, { Accept: 'text/turtle' }),
    ];
    expect(negotiated.body).toEqual(named.body);
    expect(negotiated.headers['content-type']).toBe(named.headers['content-type']);
    expect([negotiated.headers.vary, named.headers.vary].map((vary) => /\bAccept\b/.test(String(vary)))).toEqual([
      true,
      false,
    ]);
  });

  it('keeps what a person changed since, and reports it', async () => {
    const document = read('fhir-r4/alone.json');
    const { study_id: id } = await send(here.manager, document);
    await as(here.manager).patch(`/api/studies/${id}`, { full_title: 'A better title' });
    const record = await send(here.manager, document);
    expect(record).toMatchObject({ outcome: 'conflict', conflicts: [{ field: 'full_title', here: 'A better title' }] });
    expect(await exported(here, id, 'fhir-r4')).toMatchObject({ title: 'A better title' });
  });

  it('refuses documents that are no study, and names the place of a fault', async () => {
    const answer = await as(here.manager).post('/api/studies/import', { resourceType: 'Patient' }, FHIR);
    expect(answer.status).toBe(422);
    expect(problem(answer)[1]).toBe('format_not_recognized');
    const both = { resourceType: 'ResearchStudy', sponsor: {}, progressStatus: [] };
    const { status, body } = await as(here.manager).post('/api/studies/import', both, FHIR);
    expect([status, body.code]).toEqual([422, 'validation_error']);
    expect(body.errors).toEqual([expect.objectContaining({ field: '/sponsor', code: 'ambiguous' })]);
    const encounter = { resourceType: 'Encounter', subject: { display: 'J. Doe' } };
    const study = { ...read('fhir-r4/alone.json'), contained: [{ resourceType: 'Group', contained: [encounter] }] };
    const refused = await as(here.manager).post('/api/studies/import', study, FHIR);
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [expect.objectContaining({ field: '/contained/0/contained/0/resourceType', code: 'participant_data' })],
    ]);
  });
});

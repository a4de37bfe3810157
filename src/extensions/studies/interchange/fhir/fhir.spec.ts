import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { OVERALL_STATUSES } from '../../study.facts.js';
import { atOnce } from '../steps.js';
import { isRejected, type JsonObject, type ParsedStudy, type RecordFault } from '../study-record.js';
import { type SiteFields, type StudyFields, type StudyFormat } from '../study-record.js';
import { fhirSchema, schemaFaults } from './fhir-schemas.spec-kit.js';
import { FHIR_R4, FHIR_R5 } from './fhir.format.js';

const EXAMPLES = join(__dirname, '../examples');
const FIELDS: StudyFields = {
  sponsor_protocol_identifier: 'CT-2041',
  nct_number: 'NCT01234567',
  identifiers: [
    { type: 'EudraCT', value: '2024-001234-11' },
    { type: 'REC', value: '24/LO/0001' },
  ],
  full_title: 'Aquilomab in Heart Failure',
  trial_short_title: 'Aquilomab in HF',
  trial_acronym: 'AQUILA',
  trial_phase: 'phase2_phase3',
  study_type: 'interventional',
  sponsor_name: 'Aquila Foundation',
  overall_status: 'enrolling_by_invitation',
  why_stopped: null,
  start_date: { date: '2025-03', type: 'actual' },
  primary_completion_date: { date: '2027-01-31', type: 'estimated' },
  completion_date: { date: '2027-06-30', type: 'estimated' },
  enrollment: { count: 300, type: 'estimated' },
  protocol_version: '2.1',
  approval_date: '2025-01-15',
};
const BASEL: SiteFields = {
  site_number: '101',
  facility: 'Rheinspital',
  city: 'Basel',
  state: 'BS',
  zip: '4031',
  country: 'Switzerland',
  status: 'recruiting',
  principal_investigator: 'Dr. Amara Obi',
};
/** The same fields without values. */
const emptied = <F extends object>(fields: F): F =>
  Object.fromEntries(Object.keys(fields).map((name): [string, unknown] => [name, null])) as F;
const BARE = emptied(BASEL);
const BERN: SiteFields = { ...BARE, facility: 'Aareklinik' };

const VERSIONS = [
  ['r4', FHIR_R4, FHIR_R5],
  ['r5', FHIR_R5, FHIR_R4],
] as const;
const examplesOf = (version: string): string[] =>
  readdirSync(join(EXAMPLES, `fhir-${version}`)).map((name) => `fhir-${version}/${name}`);
const example = (name: string): JsonObject => JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as JsonObject;

function parsedBy(format: StudyFormat, document: unknown): ParsedStudy {
  const [record] = [...format.parse(document)];
  if (!record || isRejected(record)) throw new Error(JSON.stringify(record));
  return record;
}

function faultsOf(format: StudyFormat, document: unknown): RecordFault[] {
  return [...format.parse(document)].flatMap((record) => (isRejected(record) ? [...record.faults] : []));
}

const fresh = (format: StudyFormat, fields: StudyFields = FIELDS, sites: readonly SiteFields[] = [BASEL, BERN]) =>
  atOnce(
    format.write({ fields, sites: sites.map((site) => ({ fields: site, position: undefined })), source: undefined }),
  );

/** The fields as a study has them that the document made. */
const stored = ({ fields }: ParsedStudy): StudyFields => ({
  ...emptied(FIELDS),
  identifiers: [],
  ...fields,
});
const storedSites = ({ sites = [] }: ParsedStudy) =>
  sites.map(({ fields }, position) => ({ fields: { ...BARE, ...fields }, position }));

describe.each(VERSIONS)('A study in FHIR %s', (version, format, other) => {
  const validate = fhirSchema(version);
  const names = examplesOf(version);
  const meta = {
    profile: [`http://hl7.org/fhir/${version === 'r4' ? '4.0' : '5.0'}/StructureDefinition/ResearchStudy`],
  };

  it('has five examples', () => expect(names).toHaveLength(5));

  it('is rejected by the schema where an element is unknown', () => {
    const [entry] = fresh(format).entry as { resource: JsonObject }[];
    expect(schemaFaults(validate, { ...entry?.resource, invented: 1 })).not.toEqual([]);
  });

  it('is valid by the official JSON schema for any fields', () => {
    expect(schemaFaults(validate, fresh(format))).toEqual([]);
    const none = { ...stored({ fields: {} } as ParsedStudy), ...required(FIELDS) };
    expect(schemaFaults(validate, fresh(format, none, []))).toEqual([]);
  });

  it('is the same study once it is read, with its sites', () => {
    const document = fresh(format);
    expect([format.recognizes(document), other.recognizes(document)]).toEqual([true, false]);
    const { fields, sites } = parsedBy(format, document);
    expect(fields).toEqual(FIELDS);
    expect(sites?.map((site) => ({ ...BARE, ...site.fields }))).toEqual([BASEL, BERN]);
  });

  it.each(OVERALL_STATUSES)('keeps the status %s, in a new document and in that of another status', (status) => {
    const why = ['suspended', 'terminated', 'withdrawn'].includes(status) ? 'The sponsor decided so' : null;
    const fields = { ...FIELDS, overall_status: status, why_stopped: why };
    for (const source of [undefined, parsedBy(format, fresh(format)).source]) {
      const document = atOnce(format.write({ fields, sites: [], source }));
      expect(schemaFaults(validate, document)).toEqual([]);
      expect(parsedBy(format, document).fields).toMatchObject({ overall_status: status, why_stopped: why });
    }
  });

  it.each(names)('is given back as it came, without contacts: %s', (name) => {
    const document = example(name);
    expect(schemaFaults(validate, document)).toEqual([]);
    const parsed = parsedBy(format, document);
    const source = structuredClone(parsed.source);
    const written = atOnce(format.write({ fields: stored(parsed), sites: storedSites(parsed), source }));
    expect(written).toEqual(parsed.source);
    expect(schemaFaults(validate, written)).toEqual([]);
    expect(JSON.stringify(written)).not.toMatch(/telecom|555 01|@example|"gender"/);
    expect(parsedBy(format, parsed.source).fields).toEqual(parsed.fields);
  });

  it.each(names)('has what changed since, and keeps what is unknown: %s', (name) => {
    const parsed = parsedBy(format, example(name));
    const fields = {
      ...stored(parsed),
      full_title: 'A new title',
      overall_status: 'completed',
      why_stopped: null,
    } as const;
    const enrolled = { ...fields, enrollment: { count: 12, type: 'actual' }, sponsor_name: 'New Sponsor' } as const;
    const sites = [...storedSites(parsed).slice(1), { fields: BASEL, position: undefined }];
    const written = atOnce(format.write({ fields: enrolled, sites, source: structuredClone(parsed.source) }));
    expect(schemaFaults(validate, written)).toEqual([]);
    const again = parsedBy(format, written);
    expect(stored(again)).toEqual(enrolled);
    expect(storedSites(again).map((site) => site.fields)).toEqual(sites.map((site) => site.fields));
    for (const kept of ['therapeutic-area', '"keyword"', '"meta"', '"objective"'])
      expect(JSON.stringify(written).includes(kept)).toBe(JSON.stringify(parsed.source).includes(kept));
  });

  it('is distinguished from the other version, and rejected where it is of both', () => {
    const both = { resourceType: 'ResearchStudy', title: 'T', sponsor: { display: 'S' }, progressStatus: [] };
    expect([FHIR_R4.recognizes(both), FHIR_R5.recognizes(both)]).toEqual([true, false]);
    expect(faultsOf(FHIR_R4, both)).toMatchObject([{ pointer: '/sponsor', code: 'ambiguous' }]);
    const stated = { ...both, meta };
    expect([format.recognizes(stated), other.recognizes(stated)]).toEqual([true, false]);
  });

  it.each([
    [{ title: 5 }, '/title', 'is_string'],
    [{ phase: { coding: [{ code: 'phase-9' }] } }, '/phase', 'is_in'],
    [{ identifier: {} }, '/identifier', 'is_array'],
    [{ site: [{}] }, '/site/0', 'required'],
    [{ site: [{ reference: '#none' }, 7] }, '/site/1', 'is_object'],
    [{ contained: [{ resourceType: 'Patient' }] }, '/contained/0/resourceType', 'participant_data'],
    [{ contained: [{ resourceType: 'Encounter' }] }, '/contained/0/resourceType', 'participant_data'],
    [
      { extension: [{ valueX: { resourceType: 'Group', contained: [{ resourceType: 'Condition' }] } }] },
      '/extension/0/valueX/contained/0/resourceType',
      'participant_data',
    ],
    [{ contained: [{ resourceType: 'Group', member: [{}] }] }, '/contained/0/member', 'participant_data'],
    [{ note: [{ authorReference: { reference: 'Patient/7' } }] }, '/note/0/authorReference', 'participant_data'],
    [{ note: [{ authorReference: { type: 'Patient', display: 'J' } }] }, '/note/0/authorReference', 'participant_data'],
    [{ identifier: ['A', 'B'].map((value) => ({ use: 'official', value })) }, '/identifier', 'ambiguous'],
  ])('is rejected with the place of the fault: %j', (members, pointer, code) => {
    const document = { resourceType: 'ResearchStudy', title: 'T', ...members };
    expect(faultsOf(format, document)).toEqual(expect.arrayContaining([expect.objectContaining({ pointer, code })]));
    const bundle = { resourceType: 'Bundle', entry: [{}, { resource: document }] };
    const inBundle = expect.objectContaining({ pointer: `/entry/1/resource${pointer}`, code });
    expect(faultsOf(format, bundle)).toEqual(expect.arrayContaining([inBundle]));
  });

  it.each(['alone', 'in a Bundle'])('names a new site %s as no resource that is there', (place) => {
    const { entry } = fresh(format) as { entry: { fullUrl: string; resource: JsonObject }[] };
    const basel = entry.findIndex(({ resource }) => resource.name === BASEL.facility);
    const [first] = entry;
    const [, bern] = first?.resource.site as JsonObject[];
    const left = entry.filter((_, index) => index !== basel);
    const inBundle = left.map((each) =>
      each === first ? { ...first, resource: { ...first.resource, site: [bern] } } : each,
    );
    const contained = [{ resourceType: 'Location', id: 'site-2', name: BERN.facility }];
    const alone = { ...first?.resource, contained, site: [{ reference: '#site-2' }] };
    const source = place === 'alone' ? alone : { resourceType: 'Bundle', type: 'collection', entry: inBundle };
    const parsed = parsedBy(format, source);
    const sites = [...storedSites(parsed), ...[BASEL, BARE].map((fields) => ({ fields, position: undefined }))];
    sites[2] = { fields: { ...BARE, facility: 'Third' }, position: undefined };
    const written = atOnce(format.write({ fields: stored(parsed), sites, source: structuredClone(parsed.source) }));
    expect(storedSites(parsedBy(format, written)).map(({ fields }) => fields.facility)).toEqual([
      BERN.facility,
      BASEL.facility,
      'Third',
    ]);
  });

  it('reads the studies of a Bundle apart, each with the resources that it refers to', () => {
    const study = (n: number) => ({
      resourceType: 'ResearchStudy',
      id: `s${n}`,
      meta,
      title: `Study ${n}`,
      identifier: [{ value: `P-${n}` }],
      site: [{ reference: `Location/l${n}` }],
    });
    const location = (n: number) => ({ resourceType: 'Location', id: `l${n}`, name: `Place ${n}` });
    const entry = [study(1), study(2), location(1), location(2)].map((resource) => ({ resource }));
    const records = [...format.parse({ resourceType: 'Bundle', entry })] as ParsedStudy[];
    expect(records.map(({ fields, sites }) => [fields.full_title, sites?.[0]?.fields.facility])).toEqual([
      ['Study 1', 'Place 1'],
      ['Study 2', 'Place 2'],
    ]);
    expect((records[1]?.source.entry as unknown[]).length).toBe(2);
    const patients = { resourceType: 'Bundle', entry: [...entry, { resource: { resourceType: 'Patient' } }] };
    expect(faultsOf(format, patients)).toMatchObject([{ pointer: '/entry/4', code: 'participant_data' }]);
    const nested = { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Patient' } }] };
    const inBundle = { resourceType: 'Bundle', entry: [...entry, { resource: nested }] };
    expect(faultsOf(format, inBundle)).toMatchObject([{ pointer: '/entry/4', code: 'participant_data' }]);
    const beside = { resourceType: 'Bundle', entry, extension: [{ valueX: { resourceType: 'Consent' } }] };
    expect(faultsOf(format, beside)).toMatchObject([{ pointer: '/extension/0/valueX/resourceType' }]);
    expect(faultsOf(format, { resourceType: 'Bundle' })).toMatchObject([{ pointer: '/entry', code: 'no_study' }]);
  });

  it('does not follow references in circles', () => {
    const location = { resourceType: 'Location', id: 'a', name: 'A', partOf: { reference: 'Location/a' } };
    const study = { resourceType: 'ResearchStudy', id: 's', meta, title: 'T', identifier: [{ value: 'P' }] };
    const circle = { ...study, partOf: [{ reference: 'ResearchStudy/s' }], site: [{ reference: 'Location/a' }] };
    const document = { resourceType: 'Bundle', entry: [circle, location].map((resource) => ({ resource })) };
    expect(parsedBy(format, document).sites?.[0]?.fields.facility).toBe('A');
  });

  it('throws for no document', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const member = fc.constantFrom(...MEMBERS);
    const study = fc.dictionary(member, fc.oneof(json, fc.array(fc.dictionary(member, json), { maxLength: 3 })));
    const resource = study.map((members) => ({ ...members, resourceType: 'ResearchStudy' }));
    const bundle = fc
      .array(
        fc.oneof(
          json,
          resource.map((value) => ({ resource: value })),
        ),
      )
      .map((entry) => ({
        resourceType: 'Bundle',
        entry,
      }));
    fc.assert(
      fc.property(fc.oneof(json, resource, bundle), (document) => {
        format.recognizes(document);
        for (const record of format.parse(document)) {
          if (isRejected(record)) expect(record.faults.length).toBeGreaterThan(0);
          else atOnce(format.write({ fields: FIELDS, sites: [{ fields: BASEL, position: 0 }], source: record.source }));
        }
      }),
      { numRuns: 500 },
    );
  });
});

const MEMBERS = [
  ...['identifier', 'title', 'status', '_status', 'phase', 'category', 'studyDesign', 'sponsor', 'associatedParty'],
  ...['period', 'site', 'enrollment', 'recruitment', 'reasonStopped', 'whyStopped', 'progressStatus', 'label'],
  ...['extension', 'contained', 'meta', 'coding', 'code', 'system', 'value', 'type', 'text', 'reference', 'display'],
];

function required({ sponsor_protocol_identifier, full_title, study_type, overall_status }: StudyFields) {
  return { sponsor_protocol_identifier, full_title, study_type, overall_status };
}

describe('A study of one version of FHIR', () => {
  it('is the same study when the other version carries it', () => {
    const { fields } = parsedBy(FHIR_R4, fresh(FHIR_R4));
    const moved = parsedBy(FHIR_R5, fresh(FHIR_R5, fields as StudyFields));
    expect(moved.fields).toEqual(FIELDS);
  });
});

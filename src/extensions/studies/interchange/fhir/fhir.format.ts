import { isJsonObject, JsonReader, MAX_ITEMS } from '../json-reader.js';
import { atOnce, type Steps } from '../steps.js';
import { isRejected, type JsonObject, type ParsedStudy, type RecordFault } from '../study-record.js';
import { type RejectedRecord, type StudyField, type StudyFields, type StudyFormat } from '../study-record.js';
import { type StudyContext } from './common-reader.js';
import { type Located } from './contained-resources.js';
import { FhirDocument, r4MemberOf, readerOf, versionOf, type FhirVersion } from './fhir-document.js';
import { participantDataIn } from './participant-data.js';
import { R4_MEMBERS, r4Fields } from './r4-reader.js';
import { r4Elements } from './r4-writer.js';
import { R5_MEMBERS, r5Fields } from './r5-reader.js';
import { r5Elements } from './r5-writer.js';
import { sitesOf } from './site-reader.js';
import { sourceOf } from './source.js';
import { writeDocument, type ElementWriter } from './write-document.js';

/** A document of a registry has one study, or some; more are sent in parts. */
const MAX_STUDIES = 25;

type Version = Exclude<FhirVersion, 'both'>;

interface Reading {
  readonly fields: (context: StudyContext) => Partial<StudyFields>;
  readonly members: Readonly<Partial<Record<StudyField, string>>>;
  readonly elements: ElementWriter;
}

const READINGS: Readonly<Record<Version, Reading>> = {
  r4: { fields: r4Fields, members: R4_MEMBERS, elements: r4Elements },
  r5: { fields: r5Fields, members: R5_MEMBERS, elements: r5Elements },
};

export const FHIR_R4 = formatOf('r4');
export const FHIR_R5 = formatOf('r5');

/** ResearchStudy of a version of FHIR, alone or in a Bundle with the Locations and Organizations that it refers to. */
function formatOf(version: Version): StudyFormat {
  return {
    name: `fhir-${version}`,
    mediaType: 'application/fhir+json',
    parameters: `fhirVersion=${version.slice(1)}.0`,
    recognizes: (document) => documentVersion(document) === version,
    parse: (document) => parseDocument(document, version),
    write: (study) => writeDocument(study, READINGS[version].elements, (source) => parseKept(source, version)),
  };
}

/** A document whose studies are of no single version is read as R4, which rejects them. */
function documentVersion(document: unknown): Version | undefined {
  if (!isJsonObject(document) || !['ResearchStudy', 'Bundle'].includes(String(document.resourceType))) return undefined;
  const { studies } = new FhirDocument(document);
  return studies.length > 0 && studies.every(({ value }) => versionOf(value) === 'r5') ? 'r5' : 'r4';
}

function* parseDocument(document: unknown, version: Version): Generator<ParsedStudy | RejectedRecord> {
  const given = isJsonObject(document) ? document : {};
  const fhir = new FhirDocument(given);
  const fault = documentFault(given, fhir) ?? participantFault(given, fhir);
  if (fault) {
    yield { faults: [fault] };
    return;
  }
  for (const located of fhir.studies) {
    const study = readerOf(located);
    assertNoParticipant(study, located);
    const parsed = atOnce(parseStudy({ study, located, document: fhir }, version));
    yield isRejected(parsed) ? parsed : { ...parsed, source: sourceOf(given, located, fhir) };
  }
}

/**
 * Parses the study of a source. One that an earlier build imported is not judged for participants: all its fields would
 * count as changed.
 */
function* parseKept(source: JsonObject, version: Version): Steps<ParsedStudy | undefined> {
  const document = new FhirDocument(source);
  const [located] = document.studies;
  if (!located || documentFault(source, document)) return undefined;
  const parsed = yield* parseStudy({ study: readerOf(located), located, document }, version);
  return isRejected(parsed) ? undefined : parsed;
}

function documentFault(document: JsonObject, { studies, isBundle }: FhirDocument): RecordFault | undefined {
  if (studies.length === 0)
    return { pointer: isBundle ? '/entry' : '/resourceType', code: 'no_study', message: 'There is no ResearchStudy' };
  if (studies.length > MAX_STUDIES)
    return { pointer: '/entry', code: 'too_many_studies', message: `A Bundle has at most ${MAX_STUDIES} studies` };
  const entries = Array.isArray(document.entry) ? (document.entry as unknown[]) : [];
  if (entries.length > MAX_ITEMS)
    return { pointer: '/entry', code: 'too_many', message: `A Bundle has at most ${MAX_ITEMS} entries` };
  return undefined;
}

/** Studies are judged one by one. */
function participantFault(document: JsonObject, { isBundle }: FhirDocument): RecordFault | undefined {
  if (!isBundle) return undefined;
  const entries = Array.isArray(document.entry) ? (document.entry as unknown[]) : [];
  const besideStudies = (entry: unknown) => (isStudyEntry(entry) ? { ...entry, resource: undefined } : entry);
  const index = entries.findIndex((entry) => participantDataIn(besideStudies(entry), '') !== undefined);
  const pointer = index < 0 ? participantDataIn({ ...document, entry: undefined }, '') : `/entry/${index}`;
  const message = 'A study is imported without resources that may be about participants: remove them';
  return pointer === undefined ? undefined : { pointer, code: 'participant_data', message };
}

const isStudyEntry = (entry: unknown): entry is JsonObject =>
  isJsonObject(entry) && isJsonObject(entry.resource) && entry.resource.resourceType === 'ResearchStudy';

function assertNoParticipant(study: JsonReader, { value, pointer }: Located): void {
  const participant = participantDataIn(value, pointer);
  if (participant !== undefined)
    JsonReader.of({}, participant, study).fault('', 'participant_data', 'must not be about a participant');
}

/** Its source is the study as it came. */
function* parseStudy(context: StudyContext, version: Version): Steps<ParsedStudy | RejectedRecord> {
  const { study, located } = context;
  assertVersion(study, located.value, version);
  study.objects('contained');
  const { fields: read, members } = READINGS[version];
  const fields = read(context);
  yield;
  const sites = yield* sitesOf(context);
  if (study.faults.length > 0) return { faults: study.faults };
  const locate = (field: string) => study.at(field === '' ? '' : (members[field as StudyField] ?? 'extension'));
  return { fields, sites, locate, source: located.value };
}

function assertVersion(study: JsonReader, value: JsonObject, version: Version): void {
  const found = versionOf(value);
  if (found === version) return;
  const member = found === 'both' ? r4MemberOf(value) : 'status';
  study.fault(member, 'ambiguous', 'is of another version of FHIR than other members: name it in meta.profile');
}

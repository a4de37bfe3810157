import { isStopped, TRIAL_PHASES, type StudyIdentifier, type TrialPhase } from '../../study.facts.js';
import { JsonReader } from '../json-reader.js';
import {
  isRejected,
  type JsonObject,
  type ParsedSite,
  type ParsedStudy,
  type RejectedRecord,
} from '../study-record.js';
import { type SiteFields, type StudyField, type StudyFields } from '../study-record.js';
import { withoutContacts } from './contacts.js';
import { CERTAINTY_WORDS, PHASE_WORDS, SITE_STATUS_WORDS, STATUS_WORDS, STUDY_TYPE_WORDS } from './vocabulary.js';

/** Members of `protocolSection` that fields are read from. */
export const PLACES: Readonly<Partial<Record<StudyField, readonly string[]>>> = {
  sponsor_protocol_identifier: ['identificationModule', 'orgStudyIdInfo', 'id'],
  nct_number: ['identificationModule', 'nctId'],
  identifiers: ['identificationModule', 'secondaryIdInfos'],
  full_title: ['identificationModule', 'officialTitle'],
  trial_short_title: ['identificationModule', 'briefTitle'],
  trial_acronym: ['identificationModule', 'acronym'],
  trial_phase: ['designModule', 'phases'],
  study_type: ['designModule', 'studyType'],
  sponsor_name: ['sponsorCollaboratorsModule', 'leadSponsor', 'name'],
  overall_status: ['statusModule', 'overallStatus'],
  why_stopped: ['statusModule', 'whyStopped'],
  start_date: ['statusModule', 'startDateStruct'],
  primary_completion_date: ['statusModule', 'primaryCompletionDateStruct'],
  completion_date: ['statusModule', 'completionDateStruct'],
  enrollment: ['designModule', 'enrollmentInfo'],
};

/** Type of a secondary identifier that has none. */
const NO_TYPE = 'OTHER';

/** Reads one record of ClinicalTrials.gov API v2. @param pointer of the record within its document */
export function parseStudy(document: unknown, pointer: string): ParsedStudy | RejectedRecord {
  const parsed = readStudy(document, pointer);
  return isRejected(parsed) ? parsed : { ...parsed, source: withoutContacts(parsed.source) };
}

/** As `parseStudy`, of a record whose contacts are gone already. */
export function readStudy(document: unknown, pointer: string): ParsedStudy | RejectedRecord {
  const record = JsonReader.of(document, pointer);
  const protocol = record.object('protocolSection');
  if (!protocol.exists && record.faults.length === 0) record.fault('protocolSection', 'required', 'is required');
  const fields = studyFields(protocol);
  const sites = siteRecords(protocol.object('contactsLocationsModule'));
  if (record.faults.length > 0) return { faults: record.faults };
  const locate = (field: string) => {
    const place = PLACES[field as StudyField];
    return place ? `${protocol.pointer}/${place.join('/')}` : pointer;
  };
  return { fields, sites, source: document as JsonObject, locate };
}

/** A module that is left out says nothing of its fields; a member that is left out of its module says that there is none. */
function studyFields(protocol: JsonReader): Partial<StudyFields> {
  const identification = protocol.object('identificationModule');
  const sponsors = protocol.object('sponsorCollaboratorsModule');
  const status = protocol.object('statusModule');
  const design = protocol.object('designModule');
  return {
    ...(identification.exists && identity(identification)),
    ...(sponsors.exists && { sponsor_name: sponsors.object('leadSponsor').text('name') }),
    ...(status.exists && statusFields(status)),
    ...(design.exists && designFields(design)),
  };
}

function identity(module: JsonReader): Partial<StudyFields> {
  const [official, brief] = [module.text('officialTitle'), module.text('briefTitle')];
  const identifier = module.object('orgStudyIdInfo').text('id');
  const title = official ?? brief;
  return {
    nct_number: module.text('nctId'),
    ...(identifier !== null && { sponsor_protocol_identifier: identifier }),
    ...(title !== null && { full_title: title }),
    identifiers: identifiers(module),
    trial_short_title: brief,
    trial_acronym: module.text('acronym'),
  };
}

/** Reads the identifiers; those without a value are none. */
function identifiers(module: JsonReader): StudyIdentifier[] {
  const given = (module.objects('secondaryIdInfos') ?? []).map((info) => identifierOf(info));
  return given.filter((identifier) => identifier !== undefined);
}

export function identifierOf(info: JsonReader): StudyIdentifier | undefined {
  const [value, type] = [info.text('id'), info.text('type')];
  return value === null ? undefined : { type: type ?? NO_TYPE, value };
}

function statusFields(module: JsonReader): Partial<StudyFields> {
  const status = module.word('overallStatus', STATUS_WORDS);
  const why = module.text('whyStopped');
  return {
    ...(status !== null && { overall_status: status }),
    why_stopped: status !== null && isStopped(status) ? why : null,
    start_date: dateOf(module.object('startDateStruct')),
    primary_completion_date: dateOf(module.object('primaryCompletionDateStruct')),
    completion_date: dateOf(module.object('completionDateStruct')),
  };
}

/** Old records do not say whether a date was reached, or participants were counted: without such a claim it is an estimate. */
function dateOf(struct: JsonReader): StudyFields['start_date'] {
  const [date, type] = [struct.text('date'), struct.word('type', CERTAINTY_WORDS)];
  return date === null ? null : { date, type: type ?? 'estimated' };
}

function designFields(module: JsonReader): Partial<StudyFields> {
  const type = module.word('studyType', STUDY_TYPE_WORDS);
  const enrollment = module.object('enrollmentInfo');
  const [count, certainty] = [enrollment.number('count'), enrollment.word('type', CERTAINTY_WORDS)];
  return {
    ...(type !== null && { study_type: type }),
    trial_phase: phaseOf(module),
    enrollment: count === null ? null : { count, type: certainty ?? 'estimated' },
  };
}

function phaseOf(module: JsonReader): TrialPhase | null {
  const given = module.texts('phases') ?? [];
  if (given.length === 0) return null;
  const words = [...new Set(given)].sort().map((word) => (PHASE_WORDS as Record<string, string>)[word]);
  const phase = TRIAL_PHASES.find((known) => known === words.join('_'));
  if (!phase) module.fault('phases', 'is_in', `must be a phase, or two that follow each other: ${phases}`);
  return phase ?? null;
}

const phases = Object.keys(PHASE_WORDS).join(', ');

/** @returns undefined where the record has no list of locations, which says nothing of them */
function siteRecords(module: JsonReader): ParsedSite[] | undefined {
  return module.objects('locations')?.map((location) => {
    const fields = siteFields(location);
    return { fields, locate: (field) => location.at(field === 'principal_investigator' ? 'contacts' : field) };
  });
}

/** A location that names no facility is known by its city, state or country. */
function siteFields(location: JsonReader): Partial<SiteFields> {
  const [city, state] = [location.text('city'), location.text('state')];
  const country = location.text('country');
  const facility = location.text('facility') ?? city ?? state ?? country;
  if (location.exists && facility === null) location.fault('facility', 'required', 'is required, or a city or country');
  return {
    ...(facility !== null && { facility }),
    city,
    state,
    zip: location.text('zip'),
    country,
    status: location.word('status', SITE_STATUS_WORDS),
    principal_investigator: investigatorOf(location),
  };
}

function investigatorOf(location: JsonReader): string | null {
  const contacts = location.objects('contacts') ?? [];
  return contacts.find((contact) => contact.code('role') === 'PRINCIPAL_INVESTIGATOR')?.text('name') ?? null;
}

import { JsonReader } from '../json-reader.js';
import { type Steps } from '../steps.js';
import { changedFields, isRejected, type JsonObject, type ParsedSite, type SiteFields } from '../study-record.js';
import { type StudyField, type StudyFields, type WritableSite, type WritableStudy } from '../study-record.js';
import { identifierOf, PLACES, readStudy } from './parse-study.js';
import { EXPANDED_ACCESS_WORDS } from './vocabulary.js';

/** Writes a study as a record of ClinicalTrials.gov API v2: its source, with what is otherwise here. */
export function* writeStudy({ fields, sites, source }: WritableStudy): Steps<JsonObject> {
  const parsed = source && readStudy(source, '');
  yield;
  const known = parsed && !isRejected(parsed) ? parsed : undefined;
  const changed = changedFields(known?.fields, fields);
  let record: JsonObject = source ?? {};
  for (const [field, value] of Object.entries(changed) as [StudyField, unknown][]) {
    const place = PLACES[field];
    if (place) record = withMember(record, ['protocolSection', ...place], wordsOf(field, value, fields, record));
  }
  if ('overall_status' in changed) record = withMember(record, [...STATUS_MODULE, 'lastKnownStatus'], undefined);
  return withLocations(record, sites, known?.sites);
}

const STATUS_MODULE = ['protocolSection', 'statusModule'];
const LOCATIONS = ['protocolSection', 'contactsLocationsModule', 'locations'];

/** Returns a value of a field in the words of the registry; undefined for none. */
function wordsOf(field: StudyField, value: unknown, study: StudyFields, record: JsonObject): unknown {
  if (value === null || value === undefined) return undefined;
  if (field === 'identifiers') return identifierInfos(study, record);
  if (field === 'trial_phase') return phasesOf(study.trial_phase ?? '');
  if (field === 'study_type') return study.study_type.toUpperCase();
  if (field === 'overall_status') return statusWord(study);
  if (typeof value !== 'object') return value;
  const { type, ...others } = value as { type: string };
  return { ...others, type: type.toUpperCase() };
}

function statusWord({ study_type, overall_status }: StudyFields): string {
  const own = study_type === 'expanded_access' ? EXPANDED_ACCESS_WORDS[overall_status] : undefined;
  return own ?? overall_status.toUpperCase();
}

const phasesOf = (phase: string): string[] =>
  phase === 'early_phase1' ? ['EARLY_PHASE1'] : phase.split('_').map((word) => word.toUpperCase());

/** Keeps what the source says of each identifier that is still here. */
function identifierInfos({ identifiers }: StudyFields, record: JsonObject): JsonObject[] | undefined {
  const module = memberOf(record, ['protocolSection', 'identificationModule', 'secondaryIdInfos']);
  const infos = (Array.isArray(module) ? module : []) as JsonObject[];
  const known = new Map(infos.map((info) => [JSON.stringify(identifierOf(JsonReader.of(info, ''))), info]));
  const written = identifiers.map(
    ({ type, value }) => known.get(JSON.stringify({ type, value })) ?? { id: value, type },
  );
  return written.length > 0 ? written : undefined;
}

/** The locations of the source that are still here, in their order, then the sites that it does not have. */
function withLocations(
  record: JsonObject,
  sites: readonly WritableSite[],
  parsed: readonly ParsedSite[] | undefined,
): JsonObject {
  const known = (memberOf(record, LOCATIONS) ?? []) as readonly JsonObject[];
  const placed = sites.filter(({ position }) => position !== undefined && position < known.length);
  const inOrder = placed.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
  const kept = inOrder.map(({ fields, position = 0 }) =>
    locationOf(known[position] ?? {}, changedFields(parsed?.[position]?.fields, fields)),
  );
  const added = sites.filter((site) => !placed.includes(site)).map(({ fields }) => locationOf({}, fields));
  const locations = [...kept, ...added];
  if (locations.length === known.length && locations.every((location, index) => location === known[index]))
    return record;
  return withMember(record, LOCATIONS, locations.length > 0 ? locations : undefined);
}

/** Sites have no number in a registry. */
function locationOf(source: JsonObject, { site_number: _, ...changed }: Partial<SiteFields>): JsonObject {
  return Object.entries(changed).reduce<JsonObject>((location, [field, value]) => {
    if (field === 'principal_investigator') return withInvestigator(location, value);
    return withMember(location, [field], (field === 'status' ? value?.toUpperCase() : value) ?? undefined);
  }, source);
}

function withInvestigator(location: JsonObject, name: string | null): JsonObject {
  const contacts = (location.contacts ?? []) as readonly JsonObject[];
  const others = contacts.filter(({ role }) => role !== 'PRINCIPAL_INVESTIGATOR');
  const people = name === null ? others : [{ name, role: 'PRINCIPAL_INVESTIGATOR' }, ...others];
  return withMember(location, ['contacts'], people.length > 0 ? people : undefined);
}

function memberOf(record: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as JsonObject | undefined)?.[name], record);
}

/** Returns a copy with a member set, or left out where it is undefined; all else is shared. */
function withMember(object: JsonObject, [name = '', ...rest]: readonly string[], value: unknown): JsonObject {
  const inner = object[name];
  if (rest.length > 0 && (value !== undefined || inner !== undefined))
    return { ...object, [name]: withMember((inner ?? {}) as JsonObject, rest, value) };
  const { [name]: _, ...others } = object;
  return value === undefined ? others : { ...object, [name]: value };
}

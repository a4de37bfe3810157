import { isJsonObject } from '../json-reader.js';
import { type StudyField, type StudyFields } from '../study-record.js';
import { codeOf, extensionUrl, NCT_URL, PHASES, PHASE_SYSTEMS, PROTOCOL_CODE, PROTOCOL_SYSTEM } from './codes.js';
import { studyTypeOf } from './codes.js';
import { identifiersOf, type IdentifierKind } from './common-reader.js';
import { readerOf } from './fhir-document.js';
import { setExtension, setMember, type MutableResource, type WrittenDocument } from './resource-members.js';

/** True where any of some fields changed. */
export const anyChanged = (changed: Partial<StudyFields>, ...fields: StudyField[]): boolean =>
  fields.some((field) => field in changed);

/** Writes identifiers; what the source says of each that is still here stays. */
export function writeIdentifiers({ study, located }: WrittenDocument, fields: StudyFields): void {
  const given = Array.isArray(study.identifier) ? (study.identifier as MutableResource[]) : [];
  const known = new Map(
    identifiersOf(readerOf(located)).map((read, index) => [
      read && keyOf(read.kind, read.type, read.value),
      given[index],
    ]),
  );
  const kept = (kind: IdentifierKind, type: string, value: string, fresh: object) =>
    known.get(keyOf(kind, type, value)) ?? fresh;
  const { nct_number: nct, sponsor_protocol_identifier: protocol } = fields;
  setMember(study, 'identifier', [
    ...(nct === null ? [] : [kept('nct', '', nct, { system: NCT_URL, value: nct })]),
    kept('protocol', '', protocol, protocolIdentifier(protocol)),
    ...fields.identifiers.map(({ type, value }) => kept('further', type, value, { type: { text: type }, value })),
  ]);
}

/** The type alone distinguishes further identifiers. */
const keyOf = (kind: IdentifierKind, type: string, value: string): string =>
  JSON.stringify([kind, kind === 'further' ? type : '', value]);

const NCI_THESAURUS = 'http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl';

const protocolIdentifier = (value: string): object => ({
  use: 'official',
  type: { coding: [{ system: NCI_THESAURUS, code: PROTOCOL_CODE }], text: 'Sponsor protocol identifier' },
  system: PROTOCOL_SYSTEM,
  value,
});

/** @param system of the version: that of R4 or of R5 */
export function writePhase(study: MutableResource, phase: StudyFields['trial_phase'], system: number): void {
  const code = phase === null ? undefined : codeOf(PHASES, phase);
  setMember(study, 'phase', code && { coding: [{ system: PHASE_SYSTEMS[system], code }] });
}

/** Writes a concept of the type of study before those that name none. */
export function writeStudyType(study: MutableResource, member: string, concept: object): void {
  const given = Array.isArray(study[member]) ? (study[member] as unknown[]) : [];
  study[member] = [concept, ...given.filter((other) => !namesStudyType(other))];
}

function namesStudyType(concept: unknown): boolean {
  if (!isJsonObject(concept)) return false;
  const codings = Array.isArray(concept.coding) ? (concept.coding as unknown[]) : [];
  const words = [concept.text, ...codings.filter(isJsonObject).flatMap(({ code, display }) => [code, display])];
  return words.some((word) => typeof word === 'string' && studyTypeOf(word) !== undefined);
}

/** Writes the period, and for each date what a period cannot say. */
export function writeDates(study: MutableResource, changed: Partial<StudyFields>, fields: StudyFields): void {
  const period: MutableResource = isJsonObject(study.period) ? { ...study.period } : {};
  if ('start_date' in changed) setMember(period, 'start', fields.start_date?.date);
  if ('completion_date' in changed) setMember(period, 'end', fields.completion_date?.date);
  setMember(study, 'period', Object.keys(period).length > 0 ? period : undefined);
  for (const field of ['start_date', 'primary_completion_date', 'completion_date'] as const) {
    if (!(field in changed)) continue;
    const fact = fields[field];
    const extension = fact && [
      { url: 'date', valueDateTime: fact.date },
      { url: 'type', valueCode: fact.type },
    ];
    setExtension(study, extensionUrl(field), extension ? { extension } : undefined);
  }
}

/** Writes fields that a version has no element for. */
export function writeExtensions(
  study: MutableResource,
  changed: Partial<StudyFields>,
  fields: readonly StudyField[],
): void {
  for (const field of fields) {
    if (!(field in changed)) continue;
    const value = changed[field];
    setExtension(study, extensionUrl(field), typeof value === 'string' ? { valueString: value } : undefined);
  }
}

/** Writes the status as an extension where the word of the version does not say it all. */
export function writeStatusExtension(study: MutableResource, status: string, isExact: boolean): void {
  setExtension(study, extensionUrl('overall_status'), isExact ? undefined : { valueString: status });
}

/** Adds the sponsor as an Organization. @returns the reference to it */
export function sponsorReference({ add }: WrittenDocument, name: string): object {
  return { reference: add({ resourceType: 'Organization', name }, 'sponsor'), display: name };
}

/** The reason of a stop; undefined for none. */
export const reasonConcept = (why: string | null): object | undefined => (why === null ? undefined : { text: why });

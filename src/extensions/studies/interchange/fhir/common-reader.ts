import { CERTAINTIES, OVERALL_STATUSES, type Certainty, type StudyIdentifier } from '../../study.facts.js';
import { type JsonReader } from '../json-reader.js';
import { type StudyFields } from '../study-record.js';
import { extensionUrl, isNctSystem, PHASE_SYSTEMS, PHASES, PROTOCOL_CODE, PROTOCOL_SYSTEM } from './codes.js';
import { studyTypeOf } from './codes.js';
import { type Located } from './contained-resources.js';
import { readerOf, type FhirDocument } from './fhir-document.js';

/** A study with the resources that it refers to, while it is read. */
export interface StudyContext {
  readonly study: JsonReader;
  readonly located: Located;
  readonly document: FhirDocument;
}

interface Coding {
  readonly system: string | null;
  readonly code: string | null;
  readonly display: string | null;
  readonly reader: JsonReader;
}

export function codingsOf(concept: JsonReader): Coding[] {
  return (concept.objects('coding') ?? []).map((reader) => ({
    system: reader.code('system'),
    code: reader.code('code'),
    display: reader.code('display'),
    reader,
  }));
}

/** Returns the words of a CodeableConcept: its text, else those of its first coding. */
export function conceptText(concept: JsonReader): string | null {
  const [coding] = codingsOf(concept);
  return concept.text('text') ?? coding?.reader.text('display') ?? coding?.reader.text('code') ?? null;
}

/** Returns the extension of this product that carries a field. */
const extensionOf = (resource: JsonReader, field: string): JsonReader | undefined =>
  resource.index('extension', 'url').get(extensionUrl(field));

/** Returns the text of the extension of this product that carries a field. */
export const extensionText = (resource: JsonReader, field: string): string | null =>
  extensionOf(resource, field)?.text('valueString') ?? null;

/** Kinds of identifiers of a study. */
export type IdentifierKind = 'nct' | 'protocol' | 'further';

export interface ReadIdentifier extends StudyIdentifier {
  readonly kind: IdentifierKind;
}

const NCT_NUMBER = /^NCT\d{8}$/;

/**
 * Reads the identifiers: the NCT number by its system or form; the sponsor's by the system of this product, its code of NCI or
 * the use `official`, or because it is the only other one.
 *
 * @returns in the order of the list; undefined for one without a value
 */
export function identifiersOf(study: JsonReader): (ReadIdentifier | undefined)[] {
  const given = (study.objects('identifier') ?? []).map((identifier) => {
    const [value, system] = [identifier.text('value'), identifier.code('system')];
    const concept = identifier.object('type');
    const isNct = value !== null && (NCT_NUMBER.test(value) || (system !== null && isNctSystem(system)));
    const isMarked = system === PROTOCOL_SYSTEM || codingsOf(concept).some(({ code }) => code === PROTOCOL_CODE);
    const type = conceptText(concept) ?? identifier.text('system') ?? 'OTHER';
    return { value, type, isNct, isMarked, isOfficial: identifier.code('use') === 'official' };
  });
  const others = given.filter(({ isNct, value }) => !isNct && value !== null);
  const marked = others.filter(({ isMarked }) => isMarked);
  const official = others.filter(({ isOfficial }) => isOfficial);
  const candidates = marked.length > 0 ? marked : official.length > 0 ? official : others.length === 1 ? others : [];
  if (candidates.length > 1) study.fault('identifier', 'ambiguous', 'has several identifiers of the sponsor: mark one');
  const nct = given.find(({ isNct }) => isNct);
  return given.map((identifier) => {
    const { value, type } = identifier;
    if (value === null) return undefined;
    const kind = identifier === nct ? 'nct' : identifier === candidates[0] ? 'protocol' : 'further';
    return { kind, type, value };
  });
}

/** A document without identifiers says nothing of them. */
export function identifierFields(study: JsonReader): Partial<StudyFields> {
  const read = identifiersOf(study).filter((identifier) => identifier !== undefined);
  if (read.length === 0) return {};
  const protocol = read.find(({ kind }) => kind === 'protocol')?.value;
  const further = read.filter(({ kind }) => kind === 'further');
  return {
    nct_number: read.find(({ kind }) => kind === 'nct')?.value ?? null,
    ...(protocol !== undefined && { sponsor_protocol_identifier: protocol }),
    identifiers: further.map(({ type, value }) => ({ type, value })),
  };
}

export function phaseOf(study: JsonReader): StudyFields['trial_phase'] {
  const isPhase = ({ system }: Coding) => system === null || (PHASE_SYSTEMS as readonly string[]).includes(system);
  const coding = codingsOf(study.object('phase')).find(isPhase);
  if (!coding?.code) return null;
  if (Object.hasOwn(PHASES, coding.code)) return PHASES[coding.code] ?? null;
  study.fault('phase', 'is_in', `must be one of ${Object.keys(PHASES).join(', ')}`);
  return null;
}

/** Reads the type of a study from the concepts of a list; nothing where none names one. */
export function studyTypeIn(concepts: readonly JsonReader[]): Partial<StudyFields> {
  const words = concepts.flatMap((concept) => [
    ...codingsOf(concept).flatMap(({ code, display }) => [code, display]),
    concept.code('text'),
  ]);
  const type = words.map((word) => (word === null ? undefined : studyTypeOf(word))).find((known) => known);
  return type ? { study_type: type } : {};
}

/** A time has its day; a year alone is no date of a study, and nothing is read from it. */
const DATE = /^\d{4}-\d{2}(?:-\d{2})?(?=$|T)/;
const dateIn = (text: string | null): string | null => (text === null ? null : (DATE.exec(text)?.[0] ?? null));

/**
 * Reads the dates. FHIR has no element for whether a date was reached, nor for primary completion: extensions of this product
 * carry them. A date of the period without its extension, or with one of another date, is an estimate.
 */
export function dateFields(study: JsonReader): Partial<StudyFields> {
  const period = study.object('period');
  const primary = extensionOf(study, 'primary_completion_date');
  return {
    start_date: periodDate(study, 'start_date', period.code('start')),
    completion_date: periodDate(study, 'completion_date', period.code('end')),
    ...(primary && { primary_completion_date: factOf(primary) }),
  };
}

function periodDate(study: JsonReader, field: string, text: string | null): StudyFields['start_date'] {
  const date = dateIn(text);
  const extension = extensionOf(study, field);
  const fact = extension ? factOf(extension) : null;
  if (date === null) return null;
  return fact?.date === date ? fact : { date, type: 'estimated' };
}

function factOf(extension: JsonReader): StudyFields['start_date'] {
  const parts = extension.index('extension', 'url');
  const date = dateIn(parts.get('date')?.code('valueDateTime') ?? null);
  const type = parts.get('type')?.code('valueCode') ?? null;
  return date === null ? null : { date, type: isCertainty(type) ? type : 'estimated' };
}

const isCertainty = (word: string | null): word is Certainty => CERTAINTIES.includes(word as Certainty);

/** Reads a field that an extension of this product carries; nothing without it. */
export function extensionField(study: JsonReader, field: keyof StudyFields): Partial<StudyFields> {
  const text = extensionText(study, field);
  return text === null ? {} : { [field]: text };
}

/** Returns the status of the extension, for which a version of FHIR has a coarser word or none. */
export function statusExtension(study: JsonReader): StudyFields['overall_status'] | null {
  const text = extensionText(study, 'overall_status');
  return OVERALL_STATUSES.find((status) => status === text) ?? null;
}

/** Returns the name of what a reference refers to, else what it displays. */
export function nameOf(reference: JsonReader, { document, located, study }: StudyContext): string | null {
  const target = reference.code('reference');
  const resource = target === null ? undefined : document.resolve(target, located);
  const display = reference.text('display');
  if (!resource) return display;
  return readerOf(resource, study).text('name') ?? display;
}

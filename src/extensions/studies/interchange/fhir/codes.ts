import { type StudyType, type TrialPhase } from '../../study.facts.js';

/** Codes of research-study-phase, the same in R4 and R5 but for their system. */
export const PHASES: Readonly<Record<string, TrialPhase>> = {
  'n-a': 'na',
  'early-phase-1': 'early_phase1',
  'phase-1': 'phase1',
  'phase-1-phase-2': 'phase1_phase2',
  'phase-2': 'phase2',
  'phase-2-phase-3': 'phase2_phase3',
  'phase-3': 'phase3',
  'phase-4': 'phase4',
};
export const PHASE_SYSTEMS = [
  'http://terminology.hl7.org/CodeSystem/research-study-phase',
  'http://hl7.org/fhir/research-study-phase',
] as const;

/** Codes of http://hl7.org/fhir/study-design, and the words of registries. */
export const STUDY_TYPE_CODES: Readonly<Record<string, StudyType>> = {
  'SEVCO:01001': 'interventional',
  'SEVCO:01002': 'observational',
  'SEVCO:01038': 'expanded_access',
};

/** Longer than any name of a type. */
const MAX_WORD = 200;

/** Returns the type of study that a code or a text names, such as `Expanded Access`; undefined for others. */
export function studyTypeOf(word: string): StudyType | undefined {
  if (word.length > MAX_WORD) return undefined;
  const known =
    STUDY_TYPE_CODES[word] ??
    word
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_');
  return Object.values(STUDY_TYPE_CODES).find((type) => type === known);
}

/** Returns the key of a value. */
export const codeOf = <T>(codes: Readonly<Record<string, T>>, value: T): string | undefined =>
  Object.entries(codes).find(([, known]) => known === value)?.[0];

const NCT_SYSTEM = /^https?:\/\/(?:www\.)?clinicaltrials\.gov\/?/i;
export const NCT_URL = 'http://clinicaltrials.gov';
/** True for the system of NCT numbers. */
export const isNctSystem = (system: string): boolean => NCT_SYSTEM.test(system);

/** System of the sponsor's identifier of the protocol, and of the number of a site, as this product writes them. */
export const PROTOCOL_SYSTEM = 'urn:ctms:sponsor-protocol-identifier';
export const SITE_NUMBER_SYSTEM = 'urn:ctms:site-number';
/** NCI Thesaurus: the identifier that the sponsor gave the protocol (ICH M11). */
export const PROTOCOL_CODE = 'C132351';

const EXTENSION = 'urn:ctms:fhir:';
/** URL of the extension that carries a field for which a version of FHIR has no element, or a coarser one. */
export const extensionUrl = (field: string): string => EXTENSION + field;

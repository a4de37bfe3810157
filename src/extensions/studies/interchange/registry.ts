import Negotiator from 'negotiator';
import { clinicalTrialsGov } from './clinical-trials-gov/clinical-trials-gov.format.js';
import { FHIR_R4, FHIR_R5 } from './fhir/fhir.format.js';
import { type StudyFormat } from './study-record.js';

/** Formats of studies, in the order in which a document is offered to them. */
const STUDY_FORMATS: readonly StudyFormat[] = [clinicalTrialsGov, FHIR_R4, FHIR_R5];

export const FORMAT_NAMES: readonly string[] = STUDY_FORMATS.map(({ name }) => name);

/** Media types of documents that can be imported. */
export const IMPORT_MEDIA_TYPES: readonly string[] = [...new Set(STUDY_FORMATS.map(({ mediaType }) => mediaType))];

/** Returns the format of a document, undefined for none that is known. */
export const formatOf = (mediaType: string, document: unknown): StudyFormat | undefined =>
  STUDY_FORMATS.find((format) => format.mediaType === mediaType && format.recognizes(document));

export const formatNamed = (name: string): StudyFormat | undefined =>
  STUDY_FORMATS.find((format) => format.name === name);

/** Returns the format that an `Accept` header prefers; the first where it accepts all alike, or none. */
export function formatAccepted(accept: string | undefined): StudyFormat {
  const negotiable = STUDY_FORMATS.map(({ mediaType, parameters }) =>
    [mediaType, parameters].filter(Boolean).join(';'),
  );
  const preferred = new Negotiator({ headers: { accept } }).mediaType(negotiable);
  return STUDY_FORMATS[Math.max(0, negotiable.indexOf(preferred ?? ''))] as StudyFormat;
}

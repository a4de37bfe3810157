import { isJsonObject } from '../json-reader.js';
import { type ParsedStudy, type RejectedRecord, type StudyFormat } from '../study-record.js';
import { parseStudy } from './parse-study.js';
import { writeStudy } from './write-study.js';

/** Records of ClinicalTrials.gov API v2: one, a list of them, or a page of the API. */
export const clinicalTrialsGov: StudyFormat = {
  name: 'clinical-trials-gov',
  mediaType: 'application/json',
  recognizes: (document) =>
    Array.isArray(document) || (isJsonObject(document) && ('protocolSection' in document || 'studies' in document)),
  parse,
  write: writeStudy,
};

function* parse(document: unknown): Generator<ParsedStudy | RejectedRecord> {
  if (Array.isArray(document)) return yield* parseAll(document, '');
  if (!isJsonObject(document) || !('studies' in document)) return yield parseStudy(document, '');
  if (Array.isArray(document.studies)) return yield* parseAll(document.studies as unknown[], '/studies');
  yield { faults: [{ pointer: '/studies', code: 'is_array', message: 'studies must be a list' }] };
}

function* parseAll(records: readonly unknown[], pointer: string): Generator<ParsedStudy | RejectedRecord> {
  for (const [index, record] of records.entries()) yield parseStudy(record, `${pointer}/${index}`);
}

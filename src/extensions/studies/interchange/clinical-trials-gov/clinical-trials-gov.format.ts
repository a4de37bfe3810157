import { isJsonObject } from '../json-reader.js';
import { type ParsedStudy, type RejectedRecord, type StudyFormat } from '../study-record.js';
import { parseStudy } from './parse-study.js';
import { writeStudy } from './write-study.js';

/** A page of the API has as many at most. */
const MAX_RECORDS = 1000;

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
  if (Array.isArray(document)) yield* parseAll(document, '');
  else if (!isJsonObject(document) || !('studies' in document)) yield parseStudy(document, '');
  else if (Array.isArray(document.studies)) yield* parseAll(document.studies as unknown[], '/studies');
  else yield { faults: [{ pointer: '/studies', code: 'is_array', message: 'studies must be a list' }] };
}

function* parseAll(records: readonly unknown[], pointer: string): Generator<ParsedStudy | RejectedRecord> {
  const message = `A document has at most ${MAX_RECORDS} records`;
  if (records.length > MAX_RECORDS) {
    yield { faults: [{ pointer, code: 'too_many_studies', message }] };
    return;
  }
  for (const [index, record] of records.entries()) yield parseStudy(record, `${pointer}/${index}`);
}

import { type SiteView } from '../sites/sites.dto.js';
import { type StudyView } from '../studies.dto.js';
import { type Steps } from './steps.js';

/** Fields of a study that formats exchange, by their names in the API. */
export const STUDY_FIELDS = [
  'sponsor_protocol_identifier',
  'nct_number',
  'identifiers',
  'full_title',
  'trial_short_title',
  'trial_acronym',
  'trial_phase',
  'study_type',
  'sponsor_name',
  'overall_status',
  'why_stopped',
  'start_date',
  'primary_completion_date',
  'completion_date',
  'enrollment',
  'protocol_version',
  'approval_date',
] as const;
export type StudyField = (typeof STUDY_FIELDS)[number];
export type StudyFields = Pick<StudyView, StudyField>;

/** Fields of a site that formats exchange. */
export const SITE_FIELDS = [
  'site_number',
  'facility',
  'city',
  'state',
  'zip',
  'country',
  'status',
  'principal_investigator',
] as const;
export type SiteField = (typeof SITE_FIELDS)[number];
export type SiteFields = Pick<SiteView, SiteField>;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Values read from a document, with their places. A field left out: the document says nothing of it; null: it has none. */
interface Parsed<F> {
  readonly fields: Partial<F>;
  /** Returns the JSON pointer (RFC 6901), within the whole document, of what a field was or would be read from. */
  readonly locate: (field: string) => string;
}

export type ParsedSite = Parsed<SiteFields>;

/** One study as a format reads it. Lengths and values are checked by the import, by the rules of `POST /api/studies`. */
export interface ParsedStudy extends Parsed<StudyFields> {
  /** In the order of `source`; undefined where the document says nothing of sites. */
  readonly sites: readonly ParsedSite[] | undefined;
  /**
   * The record as it came, but without phones and addresses of contacts: kept with the study and given back by `write`.
   * `parse(source)` yields this study again.
   */
  readonly source: JsonObject;
}

/** Faults that a rejected record names; the next ones follow once these are corrected. */
export const MAX_FAULTS = 20;

/** Fault of a record: a JSON pointer into the document, a code such as `invalid_type`, a sentence for people. */
export interface RecordFault {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** A record that cannot be read. */
export interface RejectedRecord {
  readonly faults: readonly RecordFault[];
}

export interface WritableSite {
  readonly fields: SiteFields;
  /** Place among the sites of `parse(source)`; undefined for a site that the source does not have. */
  readonly position: number | undefined;
}

/** One study as it is here now, with the source of its last import in the format that writes it. */
export interface WritableStudy {
  readonly fields: StudyFields;
  readonly sites: readonly WritableSite[];
  /** Undefined for a study that was never imported in this format. The writer may change it: copying 16 MiB takes 200 ms. */
  readonly source: JsonObject | undefined;
}

/** A format of studies; `registry.ts` lists them. Formats are pure: no clock, no database. */
export interface StudyFormat {
  /** As in `?format=`, such as `fhir-r4`. */
  readonly name: string;
  /** Media type of requests and answers, such as `application/fhir+json`. */
  readonly mediaType: string;
  /** Parameters by which `Accept` tells it from others of its media type, such as `fhirVersion=4.0`. */
  readonly parameters?: string;
  /** True for a document of this format, among those of its media type. */
  readonly recognizes: (document: unknown) => boolean;
  /** Yields each record of a document. Throws for no document. */
  readonly parse: (document: unknown) => Iterable<ParsedStudy | RejectedRecord>;
  /**
   * Writes a study in steps: its source, with the members whose field differs from what `parse(source)` has (`changedFields`), so that an
   * import without changes since is written as it came.
   */
  readonly write: (study: WritableStudy) => Steps<JsonObject>;
}

export const isRejected = (record: ParsedStudy | RejectedRecord): record is RejectedRecord => 'faults' in record;

/** Returns the fields of `now` that differ from those that were parsed; all of them where nothing was. */
export function changedFields<F extends object>(parsed: Partial<F> | undefined, now: F): Partial<F> {
  const changed = Object.entries(now).filter(([field, value]) => !isSame(parsed?.[field as keyof F], value));
  return Object.fromEntries(changed) as Partial<F>;
}

/** Compares values of fields: an absent one is null, and the order of members does not matter. */
export function isSame(a: unknown, b: unknown): boolean {
  if ((a ?? null) === (b ?? null)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), b as Record<string, unknown>];
  return left.length === Object.keys(b).length && left.every(([key, value]) => isSame(value, right[key]));
}

import { type Problem } from '../../../core/http/problem.js';
import { type FieldConflict } from './merge.js';
import {
  IMPORT_OUTCOMES,
  type ImportChange,
  type ImportConflict,
  type ImportedRecord,
  type ImportOutcome,
  type ImportReport,
} from './interchange.dto.js';
import { type ParsedStudy, type RejectedRecord, type StudyFields } from './study-record.js';

/** Lists what a merge sets. @param siteId null for the study itself */
export function changesOf<F extends object>(before: F, values: Partial<F>, siteId: number | null): ImportChange[] {
  return Object.entries(values).map(([field, after]) => ({
    site_id: siteId,
    field,
    before: (before as Record<string, unknown>)[field] ?? null,
    after: after ?? null,
  }));
}

export const conflictsOf = (conflicts: readonly FieldConflict[], siteId: number | null): ImportConflict[] =>
  conflicts.map((conflict) => ({
    site_id: siteId,
    field: conflict.field,
    code: 'changed_here',
    message: `${conflict.field} was changed here since the last import, and keeps its value`,
    here: conflict.here,
    last_import: conflict.last_import,
    incoming: conflict.incoming,
  }));

const NO_SITES = { created_count: 0, changed_count: 0, unchanged_count: 0, absent_site_ids: [] };

/** A record of which nothing is known but its place. */
export function emptyRecord(pointer: string, outcome: ImportOutcome, fields: Partial<StudyFields>): ImportedRecord {
  return {
    pointer,
    outcome,
    study_id: null,
    nct_number: fields.nct_number ?? null,
    sponsor_protocol_identifier: fields.sponsor_protocol_identifier ?? null,
    changes: [],
    conflicts: [],
    errors: [],
    sites: NO_SITES,
  };
}

/** A record whose document is wrong. */
export function rejectedRecord({ faults }: RejectedRecord, index: number): ImportedRecord {
  const place = /^(?:\/[a-z]+)?\/\d+/i.exec(faults[0]?.pointer ?? '')?.[0] ?? '';
  return { ...emptyRecord(place || String(index && `/${index}`), 'rejected', {}), errors: [...faults] };
}

/** A record that cannot be taken as a whole, for a reason that lies here. */
export function refusedRecord({ fields, locate }: ParsedStudy, { code, detail }: Problem): ImportedRecord {
  const nothing = { site_id: null, field: null, here: null, last_import: null, incoming: null };
  const conflicts = [{ ...nothing, code, message: detail }];
  return { ...emptyRecord(locate(''), 'conflict', fields), conflicts };
}

export function reportOf(format: string, dryRun: boolean, records: ImportedRecord[]): ImportReport {
  const counts = Object.fromEntries(
    IMPORT_OUTCOMES.map((outcome) => [
      `${outcome}_count`,
      records.filter((record) => record.outcome === outcome).length,
    ]),
  ) as Record<`${ImportOutcome}_count`, number>;
  return { format, dry_run: dryRun, ...counts, records };
}

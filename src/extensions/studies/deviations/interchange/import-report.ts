import {
  type DeviationImportRecord,
  type DeviationImportReport,
  type DeviationOutcome,
} from './deviation-import.dto.js';

/** Reports the records in the order of the file, and counts them. A rehearsal gives no ids of records that it created. */
export function importReport(dryRun: boolean, records: readonly DeviationImportRecord[]): DeviationImportReport {
  const count = (outcome: DeviationOutcome) => records.filter((record) => record.outcome === outcome).length;
  const shown = records.map((record) => (dryRun && record.outcome === 'created' ? { ...record, id: null } : record));
  return {
    dry_run: dryRun,
    created_count: count('created'),
    changed_count: count('changed'),
    unchanged_count: count('unchanged'),
    conflict_count: count('conflict'),
    rejected_count: count('rejected'),
    records: shown.sort((a, b) => a.row - b.row),
  };
}

import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type LegacyImportFault, type Finding, type ImportFindings } from './sources/import-findings.js';
import { ENTITIES_WITH_ID, type SkippedModel, type LegacySource } from './sources/legacy-source.js';
import { countKnownLinks, countStaged } from './id-map.sql.js';

const PLURALS = {
  user: 'users',
  tag: 'tags',
  task: 'tasks',
  link: 'task_tags',
  history: 'history',
  notification: 'notifications',
} as const;

export type Counts = Record<(typeof PLURALS)[keyof typeof PLURALS], number>;

/** The result of an import or, where there are faults, the reasons for which it changed nothing. */
export interface LegacyImportReport {
  /** Name of the installation, by which later imports recognize its records. */
  readonly source: string;
  readonly sha256?: string;
  readonly kept_ids: boolean;
  readonly imported: Counts;
  readonly already_there: Counts;
  readonly left_out: readonly SkippedModel[];
  readonly warnings: readonly Finding[];
  readonly notes: readonly Finding[];
  /** Number of all faults; `faults` is limited. */
  readonly fault_count: number;
  readonly faults: readonly LegacyImportFault[];
}

/** Rolls an import back; the report lists the faults. */
export class ImportRejectedError extends Error {
  constructor(readonly report: LegacyImportReport) {
    super(`${report.fault_count} fault(s): nothing was changed`);
  }
}

export const noCounts = (): Counts => Object.fromEntries(Object.values(PLURALS).map((plural) => [plural, 0])) as Counts;

/** Counts the new and the known records of the source. */
export async function countRecords(
  tx: AuditedTransaction,
  links: number,
): Promise<{ imported: Counts; already_there: Counts }> {
  const imported: Counts = { ...noCounts(), task_tags: links };
  const already_there: Counts = { ...noCounts(), task_tags: await countKnownLinks(tx) };
  for (const entity of ENTITIES_WITH_ID) {
    const { fresh, there } = await countStaged(tx, entity);
    imported[PLURALS[entity]] = fresh;
    already_there[PLURALS[entity]] = there;
  }
  return { imported, already_there };
}

export function legacyImportReport(
  source: LegacySource,
  findings: ImportFindings,
  done: Pick<LegacyImportReport, 'kept_ids' | 'imported' | 'already_there'>,
): LegacyImportReport {
  const sha256 = source.sha256();
  return {
    source: source.name,
    ...(sha256 && { sha256 }),
    ...done,
    left_out: source.skipped(),
    warnings: findings.warnings,
    notes: findings.notes,
    fault_count: findings.faultCount,
    faults: findings.faults,
  };
}

const SHOWN_FAULTS = 20;
const MAX_SHOWN_PK = 60;

function faultLine({ record, model, pk, message, remedy }: LegacyImportFault): string {
  const where = `${model} ${pk === null ? '(no id)' : String(pk).slice(0, MAX_SHOWN_PK)}`;
  return `  ${record === null ? '' : `record ${record}, `}${where}: ${message}. ${remedy}`;
}

/** Formats a report for the terminal. */
export function summaryLines(report: LegacyImportReport): string[] {
  const { source, imported, already_there, left_out, warnings, notes, fault_count, faults } = report;
  const list = (counts: Counts) =>
    Object.entries(counts)
      .map(([plural, n]) => `${n} ${plural.replace('_', ' ')}`)
      .join(', ');
  const done =
    fault_count > 0
      ? [
          `Nothing was changed: ${fault_count} fault(s) in ${source}.`,
          ...faults.slice(0, SHOWN_FAULTS).map(faultLine),
          ...(fault_count > SHOWN_FAULTS ? [`  … and ${fault_count - SHOWN_FAULTS} more: see the report`] : []),
        ]
      : [`Imported from ${source}: ${list(imported)}.`, `Already there: ${list(already_there)}.`];
  return [
    ...done,
    ...left_out.map(({ model, count, reason }) => `Left out: ${count ?? '?'} ${model}: ${reason}`),
    ...warnings.map(({ count, message }) => `Warning: ${count} ${message}`),
    ...notes.map(({ count, message }) => `Note: ${count} ${message}`),
  ];
}

import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../../core/authorization/actor.js';
import { auditedValue, auditMetadataOf } from '../../../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../../../core/persistence/unit-of-work.js';
import { columnsOf, dayOf } from '../../records/columns.js';
import { StudyAuthorizationService } from '../../records/study-authorization.service.js';
import { reportableStudies } from '../../study.policy.js';
import { Deviation } from '../deviation.entity.js';
import { rejectDuplicate } from '../deviations.service.js';
import { type DeviationImportRecord, type DeviationImportReport } from './deviation-import.dto.js';
import { DeviationImportsRepository, type LastImport } from './deviation-imports.repository.js';
import { mergeRow, type DeviationMerge, type Values } from './deviation-merge.js';
import { isUnreadable, readRows, type ReadableRow, type UnreadableRow } from './deviation-rows.js';
import { type DvRow } from './dv-csv.reader.js';
import { importReport } from './import-report.js';
import { RowPlacement } from './row-placement.js';

/** Row that changes or confirms a stored record. */
interface MergedRow {
  readonly row: ReadableRow;
  readonly stored: Deviation;
  readonly merge: DeviationMerge;
  readonly last: LastImport | undefined;
}

/** Rows by what becomes of them. */
interface Sorted {
  readonly created: readonly { readonly row: ReadableRow; readonly values: Partial<Deviation> }[];
  readonly merged: readonly MergedRow[];
  readonly rejected: readonly UnreadableRow[];
}

const FIELDS = auditMetadataOf(Deviation);
/**
 * Rows that are looked up, compared and written by the same statements; other requests have their turn between them. A power of
 * two is inserted by one statement.
 */
const PART = 512;

/** Imports records of the DV domain, in one audited transaction and a few statements for each five hundred of them. */
@Injectable()
export class DeviationImportService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly imports: DeviationImportsRepository,
    private readonly authorization: StudyAuthorizationService,
  ) {}

  /**
   * Asserts that the actor may import into the study, before the file is read: `import` asserts it again, once the study is
   * locked.
   *
   * @throws as `import`
   */
  async assertImportable(actor: Actor, studyId: number): Promise<void> {
    await this.unitOfWork.rehearse(actor, (tx) => this.assertChangeable(tx, actor, studyId));
  }

  /**
   * Creates the deviations that the study does not have, by DVSPID, and changes the others. Rows that cannot be imported are
   * rejected, each with its errors; the rest is imported.
   *
   * @param dryRun rolls everything back
   * @throws Problem 404 `study_not_found`, 403, 409 `study_locked`, `deviation_exists` where another request adds one of them
   */
  import(actor: Actor, studyId: number, rows: readonly DvRow[], dryRun: boolean): Promise<DeviationImportReport> {
    const work = async (tx: AuditedTransaction) => {
      await this.assertChangeable(tx, actor, studyId);
      const read = await readRows(rows, await this.imports.protocolOf(tx, studyId));
      const records: DeviationImportRecord[] = [];
      for (let start = 0; start < read.length; start += PART) {
        const sorted = await this.sort(tx, actor, studyId, read.slice(start, start + PART));
        records.push(...(await this.write(tx, studyId, sorted)));
      }
      return importReport(dryRun, records);
    };
    return rejectDuplicate(dryRun ? this.unitOfWork.rehearse(actor, work) : this.unitOfWork.run(actor, work));
  }

  private assertChangeable(tx: AuditedTransaction, actor: Actor, studyId: number): Promise<unknown> {
    return this.authorization.assertChangeable(tx, actor, reportableStudies, studyId, undefined);
  }

  private async sort(
    tx: AuditedTransaction,
    actor: Actor,
    studyId: number,
    rows: readonly (ReadableRow | UnreadableRow)[],
  ): Promise<Sorted> {
    const readable = rows.filter((row): row is ReadableRow => !isUnreadable(row));
    const identifiers = readable.map(({ identifier }) => identifier);
    const stored = await this.imports.lock(tx, studyId, identifiers);
    const byIdentifier = new Map(stored.map((deviation) => [deviation.sponsorDefinedIdentifier, deviation]));
    const [placement, last] = await Promise.all([
      this.placement(tx, actor, studyId, readable, stored),
      this.imports.lastImports(tx, idsOf(stored)),
    ]);
    const rejected = rows.filter(isUnreadable);
    const [created, merged]: [Sorted['created'][number][], MergedRow[]] = [[], []];
    for (const row of readable) {
      const known = byIdentifier.get(row.identifier);
      const errors = placement.errors(row, known);
      const values = { ...row.values, site_id: placement.siteOf(row, known) as number };
      if (errors.length > 0) rejected.push({ row: row.row, identifier: row.identifier, errors });
      else if (known) merged.push(mergedRow({ ...row, values }, known, last.get(known.id)));
      else created.push({ row: { ...row, values }, values: newDeviation(tx, studyId, values) });
    }
    return { created, merged, rejected };
  }

  private async placement(
    tx: AuditedTransaction,
    actor: Actor,
    studyId: number,
    rows: readonly ReadableRow[],
    stored: readonly Deviation[],
  ): Promise<RowPlacement> {
    const given = rows.map(({ values }) => values.monitoring_visit_id ?? null);
    const here = stored.map(({ monitoringVisitId }) => monitoringVisitId);
    const visits = [...given, ...here].filter((id) => id !== null);
    const [sites, siteOfVisit] = await Promise.all([
      this.imports.sites(tx, actor, studyId),
      this.imports.sitesOfVisits(tx, studyId, [...new Set(visits)]),
    ]);
    return new RowPlacement(actor, sites, siteOfVisit);
  }

  private async write(tx: AuditedTransaction, studyId: number, sorted: Sorted): Promise<DeviationImportRecord[]> {
    const { created, merged, rejected } = sorted;
    const times = { createdAt: tx.now, updatedAt: tx.now };
    const inserted = await tx.insert(
      Deviation,
      created.map(({ values }) => ({ ...values, ...times })),
    );
    const changed = merged.filter(({ merge }) => merge.changes.length > 0);
    await tx.updateEach(
      Deviation,
      changed.map(({ stored, merge }) => ({ row: stored, patch: patchOf(merge) })),
    );
    const news = created.map(({ row }, index) => ({ row, id: inserted[index]?.id as number }));
    await this.imports.keep(tx, [
      ...news.map(({ row, id }) => ({ deviationId: id, imported: row.values, kept: row.kept })),
      ...merged.filter(isNewsToKeep).map(({ row, stored, merge, last }) => ({
        deviationId: stored.id,
        imported: merge.imported,
        kept: { ...last?.kept, ...row.kept },
      })),
    ]);
    const event = { type: FIELDS.type, studyId, actorId: tx.principal.id };
    for (const { id } of inserted) tx.emit('study.record_created', { ...event, id });
    for (const { stored } of changed) tx.emit('study.record_changed', { ...event, id: stored.id });
    return [...news.map(createdRecord), ...merged.map(mergedRecord), ...rejected.map(rejectedRecord)];
  }
}

const idsOf = (deviations: readonly Deviation[]): number[] => deviations.map(({ id }) => id);

const patchOf = ({ changes }: DeviationMerge): Partial<Deviation> =>
  columnsOf<Deviation>(Object.fromEntries(changes.map(({ field, after }) => [field, after])));

function mergedRow(row: ReadableRow, stored: Deviation, last: LastImport | undefined): MergedRow {
  const values = Object.fromEntries(
    Object.keys(row.values).map((field) => [field, auditedValue(FIELDS, stored, field)]),
  );
  return { row, stored, last, merge: mergeRow(values, row.values as Values, last?.imported) };
}

/** A file without the day of identification proves only that the deviation is known now. */
function newDeviation(tx: AuditedTransaction, studyId: number, values: ReadableRow['values']): Partial<Deviation> {
  const defaults = { identifiedOn: dayOf(tx.now), important: false, seriousNoncompliance: false };
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  return { ...defaults, ...columnsOf<Deviation>(given), studyId };
}

const isNewsToKeep = ({ merge, row, last }: MergedRow): boolean =>
  JSON.stringify([merge.imported, { ...last?.kept, ...row.kept }]) !== JSON.stringify([last?.imported, last?.kept]);

/** Fields of deviations are texts, days, flags and ids. */
const textOf = (value: unknown): string | null => (value === null ? null : String(value as string | number | boolean));

const NOTHING = { changes: [], conflicts: [], errors: [] };

const createdRecord = ({ row, id }: { row: ReadableRow; id: number }): DeviationImportRecord => ({
  row: row.row,
  sponsor_defined_identifier: row.identifier,
  id,
  outcome: 'created',
  ...NOTHING,
});

const mergedRecord = ({ row, stored, merge }: MergedRow): DeviationImportRecord => ({
  row: row.row,
  sponsor_defined_identifier: row.identifier,
  id: stored.id,
  outcome: merge.conflicts.length > 0 ? 'conflict' : merge.changes.length > 0 ? 'changed' : 'unchanged',
  changes: merge.changes.map(({ field, before, after }) => ({ field, before: textOf(before), after: textOf(after) })),
  conflicts: merge.conflicts.map(({ field, here, last_import, incoming }) => ({
    field,
    here: textOf(here),
    last_import: textOf(last_import),
    incoming: textOf(incoming),
  })),
  errors: [],
});

const rejectedRecord = ({ row, identifier, errors }: UnreadableRow): DeviationImportRecord => ({
  row,
  sponsor_defined_identifier: identifier,
  id: null,
  outcome: 'rejected',
  ...NOTHING,
  errors: [...errors],
});

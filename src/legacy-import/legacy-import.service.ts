import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../core/authorization/actor.js';
import { type Progress } from '../core/progress.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { isUniqueViolation } from '../core/http/database-errors.js';
import { type Changes } from '../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { DjangoFile } from './sources/django-file.js';
import { beginImport, rollBackToSavepoint, setSavepoint } from './import-transaction.sql.js';
import { ImportFindings } from './sources/import-findings.js';
import { type LegacySource } from './sources/legacy-source.js';
import { LiveDatabase } from './sources/live-database.js';
import { SERVER_IDENTITY } from './sources/live-database.sql.js';
import { LegacyRecordReader } from './sources/legacy-record-reader.js';
import { SourceError } from './sources/source-error.js';
import { assignIds, mapIds, assertSameInstallation } from './id-map.js';
import { hasNewRecords, type Matching } from './id-map.sql.js';
import { recordImported } from './import-audit.sql.js';
import {
  countRecords,
  ImportRejectedError,
  noCounts,
  legacyImportReport,
  type LegacyImportReport,
} from './import-report.js';
import {
  analyze,
  countDeletedTags,
  detachFromDeletedParents,
  insertLinks,
  insertRecords,
} from './imported-records.sql.js';
import { checkRecords, collectWarnings } from './record-checks.js';
import { completeStaged, findMissingUsers } from './source-links.js';
import { Staging } from './staging.js';

export interface ImportOptions {
  readonly from: 'django-json' | 'postgres';
  /** Path of the file, or URL of the database. */
  readonly origin: string;
  /** Name of the installation; default: `django-json`, or what identifies the database. */
  readonly source?: string | undefined;
  readonly match: Matching;
  /** IANA zone of times without one; default UTC. */
  readonly timeZone?: string | undefined;
  /** Username that replaces users who are referred to and missing. */
  readonly standIn?: string | undefined;
  readonly progress?: Progress | undefined;
}

/** A source with staged records, and the findings in them. */
interface StagedImport {
  readonly tx: AuditedTransaction;
  readonly source: LegacySource;
  readonly findings: ImportFindings;
  readonly kept_ids: boolean;
  readonly phase: (name: string, fraction?: number) => void;
}

const pipeCannotBeReread = (): SourceError =>
  new SourceError(
    'The import collided with what others wrote, and a pipe cannot be read twice; nothing was changed',
    'Run it again, or import from a file',
  );

/** Imports the records of a replaced installation, all or none, in one transaction. */
@Injectable()
export class LegacyImport {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @returns the report; where it lists faults, nothing was changed
   * @throws Error where the source cannot be read at all
   */
  async run(options: ImportOptions): Promise<LegacyImportReport> {
    try {
      let runs = 0;
      return await this.unitOfWork.run(
        systemPrincipal('legacy import', 'Brought over from a replaced installation'),
        (tx) => importAll(tx, options, runs++ > 0),
      );
    } catch (error) {
      if (error instanceof ImportRejectedError) return error.report;
      throw error;
    }
  }
}

/** @param again whether an earlier attempt conflicted with concurrent changes and was rolled back */
async function importAll(tx: AuditedTransaction, options: ImportOptions, again: boolean): Promise<LegacyImportReport> {
  await beginImport(tx);
  const source = await openSource(tx, options);
  const findings = new ImportFindings();
  const phase = (name: string, fraction?: number) => options.progress?.phase(name, fraction);
  try {
    if (again && source instanceof DjangoFile && !source.isFile) throw pipeCannotBeReread();
    await stage(tx, source, findings, options);
  } finally {
    await source.close();
  }
  phase('Checking');
  await completeStaged(tx, source.models, findings);
  const kept_ids = await mapIds(tx, source.name, options.match);
  await assertSameInstallation(tx, source.name);
  await findMissingUsers(tx, source, findings, options.match.users, options.standIn);
  const staged: StagedImport = { tx, source, findings, kept_ids, phase };
  await checkRecords(tx, source.models, findings);
  await collectWarnings(tx, source.models, findings, kept_ids);
  assertNoFaults(staged);
  return write(staged);
}

/** @throws ImportRejectedError where any fault was found */
function assertNoFaults({ source, findings, kept_ids }: StagedImport): void {
  if (findings.faultCount > 0) {
    throw new ImportRejectedError(
      legacyImportReport(source, findings, { kept_ids, imported: noCounts(), already_there: noCounts() }),
    );
  }
}

async function openSource(tx: AuditedTransaction, { from, origin, source }: ImportOptions): Promise<LegacySource> {
  if (from === 'django-json') return DjangoFile.open(origin, source);
  const [target] = await tx.query<{ identity: string }>(SERVER_IDENTITY);
  return LiveDatabase.open(origin, target?.identity ?? '', source);
}

async function stage(
  tx: AuditedTransaction,
  source: LegacySource,
  findings: ImportFindings,
  { timeZone, progress }: ImportOptions,
): Promise<void> {
  const staging = await Staging.prepare(tx);
  const reader = new LegacyRecordReader(source.models, findings, timeZone);
  for await (const records of source.records()) {
    source
      .takeUnreadable()
      .forEach(({ number, ...fault }) => findings.fault({ record: number, field: null, ...fault }));
    for (const record of records) {
      const row = reader.row(record);
      if (!row) continue;
      staging.add(record.entity, row);
      reader.links(record, row).forEach((link) => staging.add('link', link));
    }
    reader.naturalKeys().forEach(({ entity, pk, name }) => staging.add('key', { entity, pk, name }));
    await staging.flush();
    progress?.phase('Reading', source.progress());
  }
  await staging.finish();
}

async function write(staged: StagedImport): Promise<LegacyImportReport> {
  const { tx, source, findings, kept_ids, phase } = staged;
  if (!(await hasNewRecords(tx)))
    return legacyImportReport(source, findings, { kept_ids, ...(await countRecords(tx, 0)) });
  await assignIds(tx);
  phase('Writing records');
  await detachTasks(staged);
  await writeOrReportConflicts(staged);
  const links = await writeLinks(staged);
  phase('Writing the audit trail');
  await recordImported(tx);
  phase('Finishing');
  const report = legacyImportReport(source, findings, { kept_ids, ...(await countRecords(tx, links)) });
  tx.audit({
    action: 'import.completed',
    entityType: 'import',
    entityId: null,
    entityVersion: null,
    changes: completedChanges(report),
  });
  await analyze(tx);
  return report;
}

/** Warns of new tasks whose parent was deleted here after an earlier import; they are written without it. */
async function detachTasks({ tx, source, findings }: StagedImport): Promise<void> {
  const detached = await detachFromDeletedParents(tx);
  detached.forEach(({ pk }) => findings.warn('parent_deleted_here', `${source.models.task} ${pk}`));
}

/** Reports uniqueness conflicts like faults: a filled target is not locked, so users may take a name after the checks. */
async function writeOrReportConflicts(staged: StagedImport): Promise<void> {
  const { tx, source } = staged;
  await setSavepoint(tx);
  try {
    await insertRecords(tx, source.name);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await rollBackToSavepoint(tx);
    await checkRecords(tx, source.models, staged.findings);
    assertNoFaults(staged);
    throw error;
  }
}

/** Writes the tags of new tasks, and warns of those deleted here after an earlier import. @returns how many it wrote */
async function writeLinks({ tx, source, findings }: StagedImport): Promise<number> {
  const written = await insertLinks(tx);
  const deleted = await countDeletedTags(tx);
  deleted.forEach(({ pk, n }) => findings.warn('tag_deleted_here', `${source.models.task} ${pk}`, n));
  return written;
}

function completedChanges({ source, sha256, kept_ids, imported }: LegacyImportReport): Changes {
  const facts = { source, ...(sha256 && { sha256 }), kept_ids, ...imported };
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, [null, value]]));
}

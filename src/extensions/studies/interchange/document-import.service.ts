import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { isConstraintViolation } from '../../../core/http/database-errors.js';
import { Problem, validationError } from '../../../core/http/problem.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../../core/persistence/unit-of-work.js';
import { StudyProblem } from '../studies.problems.js';
import { ImportValidationService } from './import-validation.service.js';
import { rejectedRecord, reportOf } from './import-outcomes.js';
import { type ImportedRecord, type ImportReport } from './interchange.dto.js';
import { FORMAT_NAMES, formatOf } from './registry.js';
import { StudyImportService, type AcceptedRecord } from './study-import.service.js';
import { isRejected, type ParsedStudy, type RejectedRecord } from './study-record.js';

const UNIQUE = ['studies_nct_number_key', 'studies_sponsor_protocol_identifier_key', 'study_imports_format_key'];
const ATTEMPTS = 3;

/** Imports documents of studies: all records of one in one audited transaction. */
@Injectable()
export class DocumentImportService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly validation: ImportValidationService,
    private readonly studies: StudyImportService,
  ) {}

  /**
   * @param dryRun does all of it and rolls it back
   * @throws Problem 422 `format_not_recognized`, or `validation_error` where every record is rejected
   */
  async import(actor: Actor, mediaType: string, document: unknown, dryRun: boolean): Promise<ImportReport> {
    const format = formatOf(mediaType, document);
    if (!format) throw StudyProblem.format_not_recognized(`The document is none of ${FORMAT_NAMES.join(', ')}`);
    const prepared: (AcceptedRecord | RejectedRecord)[] = [];
    await nextTurn();
    for (const parsed of format.parse(document)) {
      await nextTurn();
      const record = await this.validation.validated(parsed);
      prepared.push(isRejected(record) ? record : accepted(record));
      await nextTurn();
    }
    const work = (tx: AuditedTransaction) => this.importAll(tx, actor, format.name, prepared);
    const records = await onceMore(() =>
      dryRun ? this.unitOfWork.rehearse(actor, work) : this.unitOfWork.run(actor, work),
    );
    assertAnyTaken(records);
    return reportOf(format.name, dryRun, dryRun ? records.map(withoutNewId) : records);
  }

  private async importAll(
    tx: AuditedTransaction,
    actor: Actor,
    format: string,
    prepared: readonly (AcceptedRecord | RejectedRecord)[],
  ): Promise<ImportedRecord[]> {
    const records: ImportedRecord[] = [];
    for (const [index, record] of prepared.entries()) {
      records.push(
        'faults' in record ? rejectedRecord(record, index) : await this.studies.import(tx, actor, format, record),
      );
      await nextTurn();
    }
    return records;
  }
}

function accepted(parsed: ParsedStudy): AcceptedRecord {
  const source = JSON.stringify(parsed.source);
  return { parsed, source, digest: createHash('sha256').update(source).digest('hex') };
}

/** @throws Problem 422 where every record was rejected */
function assertAnyTaken(records: readonly ImportedRecord[]): void {
  if (records.length === 0 || records.some(({ outcome }) => outcome !== 'rejected')) return;
  const errors = records.flatMap((record) => record.errors);
  throw validationError(errors.map(({ pointer, code, message }) => ({ field: pointer, code, message })));
}

/** The id of a study that a dry run created is that of none. */
const withoutNewId = (record: ImportedRecord): ImportedRecord =>
  record.outcome === 'created' ? { ...record, study_id: null } : record;

/** Repeats an import that lost a race for the same new study: the next attempt finds it. */
async function onceMore<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem || !UNIQUE.some((name) => isConstraintViolation(error, name))) throw error;
      if (attempt === ATTEMPTS) throw StudyProblem.study_exists();
    }
  }
}

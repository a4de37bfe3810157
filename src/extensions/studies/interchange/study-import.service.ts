import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { Problem } from '../../../core/http/problem.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { columnsOf } from '../records/columns.js';
import { StudyAuthorizationService } from '../records/study-authorization.service.js';
import { StudiesService } from '../studies.service.js';
import { StudyProblem } from '../studies.problems.js';
import { Study } from '../study.entity.js';
import { managedStudies } from '../study.policy.js';
import { changesOf, conflictsOf, emptyRecord, refusedRecord, rejectedRecord } from './import-outcomes.js';
import { type ImportedRecord } from './interchange.dto.js';
import { ImportRepository } from './import.repository.js';
import { merge, type Merge } from './merge.js';
import { SiteImportService, type SiteImport } from './site-import.service.js';
import { StudyImport } from './study-import.entity.js';
import { STUDY_FIELDS, type ParsedStudy, type RecordFault, type StudyFields } from './study-record.js';

/** A record that was parsed and checked. */
export interface AcceptedRecord {
  readonly parsed: ParsedStudy;
  /** JSON of its source. */
  readonly source: string;
  readonly digest: string;
}

const REQUIRED = ['sponsor_protocol_identifier', 'full_title', 'study_type'] as const;
/** Neither is right without the other. */
const UNITS = [['overall_status', 'why_stopped']] as const;

/** Imports one record: creates its study, or merges it into the one that is here. */
@Injectable()
export class StudyImportService {
  constructor(
    private readonly repository: ImportRepository,
    private readonly studies: StudiesService,
    private readonly sites: SiteImportService,
    private readonly authorization: StudyAuthorizationService,
  ) {}

  async import(tx: AuditedTransaction, actor: Actor, format: string, record: AcceptedRecord): Promise<ImportedRecord> {
    const { parsed } = record;
    const found = await this.repository.lockStudies(tx, parsed.fields);
    const study = sameStudy(found, parsed.fields);
    try {
      if (study === 'another') throw StudyProblem.study_exists();
      if (!study) return await this.create(tx, actor, format, record);
      await this.assertChangeable(tx, actor, study.id);
      return await this.change(tx, format, study, found, record);
    } catch (error) {
      if (error instanceof Problem) return refusedRecord(parsed, error);
      throw error;
    }
  }

  /** @throws Problem; for a study that the actor does not see, one that discloses no more than `POST /api/studies` does */
  private async assertChangeable(tx: AuditedTransaction, actor: Actor, id: number): Promise<void> {
    try {
      await this.authorization.assertChangeable(tx, actor, managedStudies, id, undefined);
    } catch (error) {
      const hidden = error instanceof Problem && error.code === StudyProblem.study_not_found.code;
      throw hidden ? StudyProblem.study_exists() : error;
    }
  }

  private async create(
    tx: AuditedTransaction,
    actor: Actor,
    format: string,
    record: AcceptedRecord,
  ): Promise<ImportedRecord> {
    const { fields, locate, sites } = record.parsed;
    const missing = REQUIRED.filter((field) => !fields[field]).map((field) => required(field, locate(field)));
    if (missing.length > 0) return { ...rejectedRecord({ faults: missing }, 0), pointer: locate('') };
    const study = await this.studies.createWithin(tx, actor, columnsOf<Study>(fields));
    const imported = sites && (await this.sites.import(tx, study.id, sites, true));
    await this.keep(tx, format, study.id, record, { fieldValues: fields, imports: [], sites: imported });
    return {
      ...emptyRecord(locate(''), 'created', fields),
      study_id: study.id,
      ...(imported && { sites: imported.counts, conflicts: [...imported.conflicts] }),
    };
  }

  private async change(
    tx: AuditedTransaction,
    format: string,
    study: Study,
    found: readonly Study[],
    record: AcceptedRecord,
  ): Promise<ImportedRecord> {
    const { parsed } = record;
    const imports = await this.repository.lockImports(tx, study.id);
    const last = Object.assign({}, ...imports.map(({ fieldValues }) => fieldValues)) as Partial<StudyFields>;
    const here = studyFieldsOf(study);
    const merged = withoutTaken(merge(here, parsed.fields, last, UNITS), found.length > 1);
    await this.studies.changeWithin(tx, study, columnsOf<Study>(merged.values));
    const sites = parsed.sites && (await this.sites.import(tx, study.id, parsed.sites, false));
    await this.keep(tx, format, study.id, record, { fieldValues: merged.imported, imports, sites });
    const changes = [...changesOf(here, merged.values, null), ...(sites?.changes ?? [])];
    const conflicts = [...conflictsOf(merged.conflicts, null), ...(sites?.conflicts ?? [])];
    const changed = changes.length > 0 || (sites?.counts.created_count ?? 0) > 0;
    return {
      ...emptyRecord(parsed.locate(''), conflicts.length > 0 ? 'conflict' : changed ? 'changed' : 'unchanged', {
        ...here,
        ...merged.values,
      }),
      study_id: study.id,
      changes,
      conflicts,
      ...(sites && { sites: sites.counts }),
    };
  }

  /** Keeps what this import set, and its source. */
  private async keep(
    tx: AuditedTransaction,
    format: string,
    studyId: number,
    { source, digest }: AcceptedRecord,
    { fieldValues, imports, sites }: Kept,
  ): Promise<void> {
    const known = imports.find((each) => each.format === format);
    const times = { createdAt: tx.now, updatedAt: tx.now };
    const [row] = known
      ? await tx.update(StudyImport, [known], { digest })
      : await tx.insert(StudyImport, [{ studyId, format, digest, fieldValues, ...times }]);
    const { id } = row as StudyImport;
    this.repository.keepFields(tx, studyId, fieldValues, sites ? id : (imports.at(-1)?.id ?? id));
    if (known?.digest !== digest) this.repository.keepSource(tx, id, source);
    if (sites) this.repository.keepSites(tx, id, sites.rows);
  }
}

interface Kept {
  readonly fieldValues: Partial<StudyFields>;
  /** Those before this one, the one that set sites last at the end. */
  readonly imports: readonly StudyImport[];
  readonly sites: SiteImport | undefined;
}

/** @returns the study of a record by its NCT number, else by the identifier of the sponsor; `another` where that is taken */
function sameStudy(found: readonly Study[], { nct_number }: Partial<StudyFields>): Study | 'another' | undefined {
  const byNumber = nct_number ? found.find((study) => study.nctNumber === nct_number) : undefined;
  if (byNumber || found.length === 0) return byNumber;
  const [bySponsor] = found as [Study];
  return nct_number && bySponsor.nctNumber ? 'another' : bySponsor;
}

/** The identifier of the sponsor stays where another study has the new one. */
function withoutTaken(merged: Merge<StudyFields>, taken: boolean): Merge<StudyFields> {
  const { sponsor_protocol_identifier: incoming, ...values } = merged.values;
  if (!taken || incoming === undefined) return merged;
  const conflict = { field: 'sponsor_protocol_identifier', here: null, last_import: null, incoming };
  return { ...merged, values, conflicts: [...merged.conflicts, conflict] };
}

const required = (field: string, pointer: string): RecordFault => ({
  pointer,
  code: 'required',
  message: `${field} is required for a study that is not here yet`,
});

/** Returns the fields of a study that formats exchange. */
function studyFieldsOf(study: Study): StudyFields {
  const properties = Object.keys(columnsOf(Object.fromEntries(STUDY_FIELDS.map((field) => [field, null]))));
  const values = STUDY_FIELDS.map((field, index) => [field, study[properties[index] as keyof Study]]);
  return Object.fromEntries(values) as StudyFields;
}

import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { Site } from '../sites/site.entity.js';
import { Study } from '../study.entity.js';
import { StudyImport } from './study-import.entity.js';
import { type SiteFields, type StudyFields } from './study-record.js';

/** A site as an import left it. */
export interface StoredSiteImport {
  readonly importId: number;
  /** Null where the site was removed since. */
  readonly siteId: number | null;
  readonly fieldValues: Partial<SiteFields>;
}

export interface ImportedSiteRow extends Omit<StoredSiteImport, 'importId'> {
  readonly position: number;
}

/** Statements on imports and what they match. Their number does not depend on that of the sites. */
@Injectable()
export class ImportRepository {
  /** Locks the studies that have one of these identifiers. */
  lockStudies(tx: AuditedTransaction, { nct_number, sponsor_protocol_identifier }: Partial<StudyFields>) {
    return tx.lockWhere(
      Study,
      sql`(nct_number = ${nct_number ?? null} OR sponsor_protocol_identifier = ${sponsor_protocol_identifier ?? null})`,
    );
  }

  /** Locks the imports of a study, the one that set sites last at the end. */
  async lockImports(tx: AuditedTransaction, studyId: number): Promise<StudyImport[]> {
    const imports = await tx.lockWhere(StudyImport, sql`study_id = ${studyId}`);
    return imports.sort((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime() || a.id - b.id);
  }

  lockSites(tx: AuditedTransaction, studyId: number): Promise<Site[]> {
    return tx.lockWhere(Site, sql`study_id = ${studyId}`);
  }

  /** @returns the sites of all imports of a study, the latest import last, in the order of the document */
  importedSites(tx: AuditedTransaction, studyId: number): Promise<StoredSiteImport[]> {
    return tx.query(sql`SELECT p.import_id AS "importId", p.site_id AS "siteId", p.field_values AS "fieldValues"
      FROM study_import_sites p JOIN study_imports i ON i.id = p.import_id
      WHERE i.study_id = ${studyId} ORDER BY i.updated_at, i.id, p.position`);
  }

  /**
   * Keeps the values that imports have set with all imports of a study: which format set one last does not matter. Sites have
   * those of each format, so that the order of imports does.
   *
   * @param latest the import that set sites last; times of one instant are set apart
   */
  keepFields(tx: AuditedTransaction, studyId: number, fieldValues: Partial<StudyFields>, latest: number): void {
    tx.enqueue(sql`UPDATE study_imports i SET field_values = ${JSON.stringify(fieldValues)}::jsonb, updated_at = CASE
        WHEN id = ${latest} THEN greatest(${tx.now}, (SELECT max(updated_at) FROM study_imports WHERE study_id = i.study_id)
          + interval '1 millisecond') ELSE updated_at END
      WHERE study_id = ${studyId}`);
  }

  /** Replaces the source of an import. */
  keepSource(tx: AuditedTransaction, importId: number, document: string): void {
    tx.enqueue(sql`INSERT INTO study_import_sources (import_id, document) VALUES (${importId}, ${document}::jsonb)
      ON CONFLICT (import_id) DO UPDATE SET document = excluded.document`);
  }

  /** Replaces the sites of an import. */
  keepSites(tx: AuditedTransaction, importId: number, sites: readonly ImportedSiteRow[]): void {
    tx.enqueue(sql`DELETE FROM study_import_sites WHERE import_id = ${importId}`);
    tx.enqueue(sql`INSERT INTO study_import_sites (import_id, position, site_id, field_values)
      SELECT ${importId}, s.position, s."siteId", s."fieldValues"
      FROM jsonb_to_recordset(${JSON.stringify(sites)}::jsonb) AS s(position int, "siteId" int, "fieldValues" jsonb)`);
  }
}

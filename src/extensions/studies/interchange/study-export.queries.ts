import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { Database } from '../../../infrastructure/database/database.js';
import { StudyRecordsQueries, recordsFrom } from '../records/study-records.queries.js';
import { accessJoins, visibleTo } from '../records/study-access.sql.js';
import { StudyProblem } from '../studies.problems.js';
import { SITES } from '../sites/site-kind.sql.js';
import { SITE_FIELDS, STUDY_FIELDS, type SiteFields, type StudyFields } from './study-record.js';

const STUDY_COLUMNS = raw(STUDY_FIELDS.map((field) => `s.${field}`).join(', '));
const SITE_COLUMNS = raw(SITE_FIELDS.map((field) => `r.${field}`).join(', '));

/** A study as an export writes it: its fields, sites and source, all of one moment. */
export interface ExportedStudy {
  readonly fields: StudyFields;
  /** The sites that the actor sees. */
  readonly sites: readonly (SiteFields & { readonly id: number })[];
  /** JSON of the source of the last import in the format; null where there was none. */
  readonly document: string | null;
  /** Sites that the places of the source became, in its order; null for those that were removed since. */
  readonly siteIds: readonly (number | null)[];
}

/** Reads what an export writes. */
@Injectable()
export class StudyExportQueries {
  constructor(
    private readonly database: Database,
    private readonly records: StudyRecordsQueries,
  ) {}

  /**
   * One statement, since a study and sites of two moments may contradict each other.
   *
   * @throws Problem 404 `study_not_found`
   */
  async study(actor: Actor, id: number, format: string): Promise<ExportedStudy> {
    const { today } = this.records;
    const exported = await this.database.row<ExportedStudy>(sql`
      SELECT to_json(study) AS fields, d.document::text AS document,
        (SELECT coalesce(json_agg(to_json(site) ORDER BY site.id), '[]') FROM (
          SELECT r.id, ${SITE_COLUMNS} FROM ${recordsFrom(SITES, actor.id, today)}
          WHERE r.study_id = ${id} AND ${visibleTo(actor)}) site) AS sites,
        (SELECT coalesce(jsonb_agg(p.site_id ORDER BY p.position), '[]') FROM study_import_sites p
          WHERE p.import_id = i.id) AS "siteIds"
      FROM (SELECT ${STUDY_COLUMNS} FROM studies s ${accessJoins(actor.id, today, undefined)}
        WHERE s.id = ${id} AND ${visibleTo(actor)}) study
      LEFT JOIN study_imports i ON i.study_id = ${id} AND i.format = ${format}
      LEFT JOIN study_import_sources d ON d.import_id = i.id`);
    if (!exported) throw StudyProblem.study_not_found(`Study ${id} not found`);
    return exported;
  }
}

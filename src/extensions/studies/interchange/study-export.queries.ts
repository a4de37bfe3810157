import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { Database } from '../../../infrastructure/database/database.js';
import { StudyRecordsQueries, recordsFrom } from '../records/study-records.queries.js';
import { visibleTo } from '../records/study-access.sql.js';
import { SITES } from '../sites/site-kind.sql.js';
import { SITE_FIELDS, STUDY_FIELDS, type SiteFields, type StudyFields } from './study-record.js';

const STUDY_COLUMNS = raw(
  STUDY_FIELDS.map((field) => (field === 'approval_date' ? `${field}::text` : field)).join(', '),
);
const SITE_COLUMNS = raw(SITE_FIELDS.map((field) => `r.${field}`).join(', '));

/** Reads what an export writes. */
@Injectable()
export class StudyExportQueries {
  constructor(
    private readonly database: Database,
    private readonly records: StudyRecordsQueries,
  ) {}

  async study(id: number): Promise<StudyFields> {
    return (await this.database.row<StudyFields>(
      sql`SELECT ${STUDY_COLUMNS} FROM studies WHERE id = ${id}`,
    )) as StudyFields;
  }

  /** @returns the sites that the actor sees */
  sites(actor: Actor, studyId: number): Promise<(SiteFields & { id: number })[]> {
    return this.database.rows(sql`SELECT r.id, ${SITE_COLUMNS} FROM ${recordsFrom(SITES, actor.id, this.records.today)}
      WHERE r.study_id = ${studyId} AND ${visibleTo(actor)} ORDER BY r.id`);
  }
}

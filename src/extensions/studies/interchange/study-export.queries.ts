import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { Database } from '../../../infrastructure/database/database.js';
import { StudyRecordsQueries, recordsFrom } from '../records/study-records.queries.js';
import { accessJoins, visibleTo } from '../records/study-access.sql.js';
import { StudyProblem } from '../studies.problems.js';
import { SITES } from '../sites/site-kind.sql.js';
import { SITE_FIELDS, STUDY_FIELDS, type SiteFields, type StudyFields } from './study-record.js';

const STUDY_COLUMNS = raw(STUDY_FIELDS.map((field) => `s.${field}`).join(', '));
const SITE_COLUMNS = raw(SITE_FIELDS.map((field) => `r.${field}`).join(', '));

/** Sites and characters of the source up to which an export is small. */
const SMALL_SITES = 250;
const SMALL_SOURCE = 256 * 1024;
/** Stored bytes of such a source, which is usually compressed to a fourth: PostgreSQL knows them without reading it. */
const SMALL_STORED = 32 * 1024;

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

/** Bounds of what a statement reads of a study: without `fits` neither source nor sites. */
interface Extent {
  readonly fits: Sql;
  readonly document: Sql;
}

const WHOLE: Extent = { fits: sql`TRUE`, document: sql`d.document::text` };

/** The text is truncated: few stored bytes may be a long one, as 32 KiB of repeated numbers like 1e308 are 37 MB. */
const small = (id: number): Extent => ({
  fits: sql`coalesce(pg_column_size(d.document), 0) <= ${raw(String(SMALL_STORED))} AND (SELECT count(*) FROM
    (SELECT FROM study_sites WHERE study_id = ${id} LIMIT ${raw(String(SMALL_SITES + 1))}) site) <= ${raw(String(SMALL_SITES))}`,
  document: sql`left(d.document::text, ${raw(String(SMALL_SOURCE + 1))})`,
});

/** Reads what an export writes. */
@Injectable()
export class StudyExportQueries {
  constructor(
    private readonly database: Database,
    private readonly records: StudyRecordsQueries,
  ) {}

  /** Reads a study of any size. @throws Problem 404 `study_not_found` */
  study(actor: Actor, id: number, format: string): Promise<ExportedStudy> {
    return this.read(actor, id, format, WHOLE);
  }

  /** Reads a study whose export is small; undefined for a larger one. @throws Problem 404 `study_not_found` */
  async smallStudy(actor: Actor, id: number, format: string): Promise<ExportedStudy | undefined> {
    const study = await this.read(actor, id, format, small(id));
    return study.fits && (study.document?.length ?? 0) <= SMALL_SOURCE ? study : undefined;
  }

  /** One statement, since a study and sites of two moments may contradict each other. */
  private async read(
    actor: Actor,
    id: number,
    format: string,
    { fits, document }: Extent,
  ): Promise<ExportedStudy & { readonly fits: boolean }> {
    const { today } = this.records;
    const exported = await this.database.row<ExportedStudy & { readonly fits: boolean }>(sql`
      SELECT extent.fits, to_json(study) AS fields, CASE WHEN extent.fits THEN ${document} END AS document,
        CASE WHEN extent.fits THEN (SELECT coalesce(json_agg(to_json(site) ORDER BY site.id), '[]') FROM (
          SELECT r.id, ${SITE_COLUMNS} FROM ${recordsFrom(SITES, actor.id, today)}
          WHERE r.study_id = ${id} AND ${visibleTo(actor)}) site) END AS sites,
        CASE WHEN extent.fits THEN (SELECT coalesce(jsonb_agg(p.site_id ORDER BY p.position), '[]')
          FROM study_import_sites p WHERE p.import_id = i.id) END AS "siteIds"
      FROM (SELECT ${STUDY_COLUMNS} FROM studies s ${accessJoins(actor.id, today, undefined)}
        WHERE s.id = ${id} AND ${visibleTo(actor)}) study
      LEFT JOIN study_imports i ON i.study_id = ${id} AND i.format = ${format}
      LEFT JOIN study_import_sources d ON d.import_id = i.id
      CROSS JOIN LATERAL (SELECT ${fits} AS fits) extent`);
    if (!exported) throw StudyProblem.study_not_found(`Study ${id} not found`);
    return exported;
  }
}

import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../../../../core/authorization/actor.js';
import { Database } from '../../../../infrastructure/database/database.js';
import { StudyRecordsQueries, recordsFrom } from '../../records/study-records.queries.js';
import { visibleTo } from '../../records/study-access.sql.js';
import { DEVIATIONS } from '../deviation-kind.sql.js';
import { DV_COLUMNS, KEPT_COLUMNS, SUPPLEMENTAL } from './dv-columns.js';

/** A day, or the time of the file that has this day. */
const timeOf = (column: string, name: string): Sql =>
  raw(`CASE
  WHEN i.kept->>'${name}' LIKE r.${column}::text || 'T%' THEN i.kept->>'${name}' ELSE r.${column}::text END`);
const flag = (column: string): Sql => raw(`CASE WHEN r.${column} THEN 'Y' ELSE 'N' END`);

/** SQL of each column: of a deviation `r`, its study `s`, its site `st` and its last import `i`. */
const EXPRESSIONS: Readonly<Record<string, Sql>> = {
  STUDYID: sql`s.sponsor_protocol_identifier`,
  DOMAIN: sql`'DV'`,
  USUBJID: sql`s.sponsor_protocol_identifier || '-' || r.participant_code`,
  SITEID: sql`st.site_number`,
  DVSEQ: sql`row_number() OVER (PARTITION BY r.site_id, r.participant_code ORDER BY r.id)`,
  DVSPID: sql`r.sponsor_defined_identifier`,
  DVTERM: sql`r.term`,
  DVDECOD: sql`r.coded_term`,
  DVCAT: sql`r.category`,
  EPOCH: sql`r.epoch`,
  DVSTDTC: timeOf('start_date', 'DVSTDTC'),
  DVENDTC: timeOf('end_date', 'DVENDTC'),
  ...Object.fromEntries(KEPT_COLUMNS.map((name) => [name, raw(`i.kept->>'${name}'`)])),
};

function expressionOf({ name, type }: (typeof DV_COLUMNS)[number]): Sql {
  const field = name.slice(SUPPLEMENTAL.length);
  const expression = EXPRESSIONS[name] ?? (type === 'flag' ? flag(field) : raw(`r.${field}::text`));
  return sql`${expression} AS ${raw(`"${name}"`)}`;
}

/** Reads deviations as records of the DV domain. */
@Injectable()
export class DeviationsExportQueries {
  constructor(
    private readonly database: Database,
    private readonly records: StudyRecordsQueries,
  ) {}

  /** Streams all deviations of a study that the actor sees, whose keys are the names of `DV_COLUMNS`. */
  rows(actor: Actor, studyId: number): AsyncGenerator<Record<string, unknown>[]> {
    return this.database.stream(
      sql`SELECT ${join(DV_COLUMNS.map(expressionOf))} FROM ${recordsFrom(DEVIATIONS, actor.id, this.records.today)}
        JOIN study_sites st ON st.id = r.site_id LEFT JOIN deviation_imports i ON i.deviation_id = r.id
        WHERE r.study_id = ${studyId} AND ${visibleTo(actor)} ORDER BY r.id`,
      actor.id,
    );
  }
}

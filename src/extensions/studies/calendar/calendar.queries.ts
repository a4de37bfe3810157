import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { Database } from '../../../infrastructure/database/database.js';
import { DEVIATION_STAGE, DEVIATIONS } from '../deviations/deviation-kind.sql.js';
import { MILESTONES } from '../milestones/milestone-kind.sql.js';
import { MONITORING_VISITS, VISIT_STAGE } from '../monitoring-visits/monitoring-visit-kind.sql.js';
import { StudyRecordsQueries, recordsFrom } from '../records/study-records.queries.js';
import { visibleTo } from '../records/study-access.sql.js';
import { TRAININGS } from '../training/training-kind.sql.js';

/** Date of a record of a study. */
export interface StudyDay {
  readonly type: 'monitoring_visit' | 'milestone' | 'deviation' | 'training';
  readonly id: number;
  readonly start: string;
  readonly end: string | null;
  /** Type of the visit, name of the milestone, term of the deviation, course of the training. */
  readonly name: string;
  /** Stage of a visit; the user of a training. */
  readonly detail: string | null;
  readonly settled: boolean;
  readonly site: string | null;
  readonly place: string | null;
  readonly updatedAt: Date;
}

const DAYS_LIMIT = 5000;

/** Reads the dates of a study within the scope of the actor's policy. */
@Injectable()
export class CalendarQueries {
  constructor(
    private readonly database: Database,
    private readonly records: StudyRecordsQueries,
  ) {}

  async studyName(studyId: number): Promise<string> {
    const row = await this.database.row<{ name: string }>(
      sql`SELECT coalesce(trial_acronym, sponsor_protocol_identifier) AS name FROM studies WHERE id = ${studyId}`,
    );
    return row?.name ?? '';
  }

  /** Reads the dates in their order; of more than 5,000, the latest. */
  days(actor: Actor, studyId: number): Promise<StudyDay[]> {
    const { today } = this.records;
    const where = sql`r.study_id = ${studyId} AND ${visibleTo(actor)}`;
    const visits = sql`SELECT 'monitoring_visit' AS type, r.id, coalesce(r.started_on, r.planned_date) AS start, r.ended_on AS "end",
        r.type AS name, ${raw(VISIT_STAGE)} AS detail, r.started_on IS NOT NULL OR r.confirmed_on IS NOT NULL AS settled,
        ${SITE} FROM ${recordsFrom(MONITORING_VISITS, actor.id, today)} ${JOIN_SITE} WHERE ${where}`;
    const milestones = sql`SELECT 'milestone', r.id, coalesce(r.actual_date, r.planned_date), NULL::date, r.name, NULL,
        r.actual_date IS NOT NULL, ${SITE} FROM ${recordsFrom(MILESTONES, actor.id, today)} ${JOIN_SITE} WHERE ${where}`;
    const deviations = sql`SELECT 'deviation', r.id, r.due_date, NULL::date, r.term, NULL, true, ${SITE}
      FROM ${recordsFrom(DEVIATIONS, actor.id, today)} ${JOIN_SITE} WHERE ${where} AND r.due_date IS NOT NULL AND ${raw(DEVIATION_STAGE)} <> 'resolved'`;
    const trainings = sql`SELECT 'training', r.id, r.expires_on, NULL::date, r.course, u.username, true, NULL, NULL, r.updated_at
      FROM ${recordsFrom(TRAININGS, actor.id, today)} JOIN users u ON u.id = r.user_id WHERE ${where} AND r.expires_on IS NOT NULL`;
    return this.database
      .rows<StudyDay>(sql`SELECT type, id, start::text, "end"::text, name, detail, settled, site, place,
        updated_at AS "updatedAt"
      FROM (SELECT * FROM (${visits} UNION ALL ${milestones} UNION ALL ${deviations} UNION ALL ${trainings}) days
        ORDER BY start DESC, type DESC, id DESC LIMIT ${raw(String(DAYS_LIMIT))}) latest
      ORDER BY latest.start, type, id`);
  }
}

const JOIN_SITE: Sql = sql`LEFT JOIN study_sites p ON p.id = r.site_id`;
const SITE: Sql = sql`coalesce(p.site_number, p.facility) AS site, concat_ws(', ', p.facility, p.city, p.country) AS place, r.updated_at`;

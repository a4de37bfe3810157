import sql, { raw, type Sql } from 'sql-template-tag';
import { inScope } from '../../../core/authorization/policy.js';
import { type Actor } from '../../../core/authorization/actor.js';
import { STUDY_COLUMNS, visibleStudies } from '../study.policy.js';

/** Condition on a membership `m`: active on a day. */
export const activeOn = (day: Sql): Sql => sql`m.start_date <= ${day} AND (m.end_date IS NULL OR m.end_date >= ${day})`;

/** Condition on a user `u`: may manage studies at all, as `managedStudies` has it. */
export const MAY_MANAGE: Sql = sql`u.role = 'manager' AND u.is_active`;

/** Condition on a membership `m`: of a project manager for the whole study, active on a day. */
export const isProjectManager = (day: string): Sql =>
  sql`m.role = 'project_manager' AND m.site_id IS NULL AND ${activeOn(sql`${day}::date`)}`;

/**
 * Joins what the records `r` of a study are judged by: the study `s`, the day `clock.today` of which stages are computed,
 * and the membership `me.membership` of a user (`StudyAttributes`).
 *
 * @param site SQL expression of the site of a record, which may be null; undefined for the study itself
 */
export function accessJoins(userId: number, today: string, site: Sql | undefined): Sql {
  const covers = site === undefined ? sql`TRUE` : sql`(m.site_id IS NULL OR m.site_id = ${site})`;
  return sql`CROSS JOIN (SELECT ${today}::date AS today) clock
    CROSS JOIN LATERAL (SELECT CASE WHEN bool_or(m.site_id IS NULL) THEN 'study' WHEN count(*) > 0 THEN 'site' ELSE 'none' END
        AS membership
      FROM study_members m WHERE m.study_id = s.id AND m.user_id = ${userId}::int AND ${activeOn(raw('clock.today'))}
        AND ${covers}) me`;
}

/** Condition on the rows that a user sees. */
export const visibleTo = (actor: Actor): Sql => inScope(visibleStudies(actor), STUDY_COLUMNS);

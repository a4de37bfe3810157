import sql, { join, raw, type Sql } from 'sql-template-tag';
import { inScope } from '../../../core/authorization/policy.js';
import { ROLES, type Actor, type Role } from '../../../core/authorization/actor.js';
import { type RecordReader, type RecordVisibility } from '../../../core/authorization/visible-records.sql.js';
import { dayOf } from './columns.js';
import { auditedStudies, STUDY_COLUMNS, visibleStudies } from '../study.policy.js';

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
 * @param userId its id, or an SQL expression of it
 * @param site SQL expression of the site of a record, which may be null; undefined for the study itself
 */
export function accessJoins(userId: number | Sql, today: string, site: Sql | undefined): Sql {
  const covers = site === undefined ? sql`TRUE` : sql`(m.site_id IS NULL OR m.site_id = ${site})`;
  return sql`CROSS JOIN (SELECT ${today}::date AS today) clock
    CROSS JOIN LATERAL (SELECT CASE WHEN bool_or(m.site_id IS NULL) THEN 'study' WHEN count(*) > 0 THEN 'site' ELSE 'none' END
        AS membership
      FROM study_members m WHERE m.study_id = s.id AND m.user_id = ${userId}::int AND ${activeOn(raw('clock.today'))}
        AND ${covers}) me`;
}

/** Condition on the rows that a user sees. */
export const visibleTo = (actor: Actor): Sql => inScope(visibleStudies(actor), STUDY_COLUMNS);

/** The same of a user `u`, of any role. */
const visibleToUser = (): Sql => sql`(${join(ROLES.map(visibleToRole), ' OR ')})`;

const visibleToRole = (role: Role): Sql =>
  sql`(u.role = ${role} AND ${inScope(visibleStudies({ id: 0, role, atWork: false }), STUDY_COLUMNS)})`;

/**
 * Returns the condition that a user may see a record of a study, by the policy of studies. It is kept for the day: rendering it
 * takes longer than reading a page of notifications.
 *
 * @param site SQL expression of the site of a record `r` that a membership must cover, or how it follows from the reader
 */
export function recordVisibility(table: string, site: Sql | ((reader: RecordReader) => Sql)): RecordVisibility {
  let kept: (Omit<RecordReader, 'now'> & { readonly day: string; readonly condition: Sql }) | undefined;
  return (reader) => {
    const { userId, recordId } = reader;
    const day = dayOf(reader.now);
    if (kept?.day === day && kept.userId === userId && kept.recordId === recordId) return kept.condition;
    const covered = typeof site === 'function' ? site(reader) : site;
    const condition = sql`EXISTS (SELECT FROM ${raw(table)} r JOIN studies s ON s.id = r.study_id JOIN users u ON u.id = ${userId}
    ${accessJoins(userId, day, covered)} WHERE r.id = ${recordId} AND ${visibleToUser()})`;
    kept = { userId, recordId, day, condition };
    return condition;
  };
}

/** The same of a study itself. */
export const studyVisibility: RecordVisibility = ({ userId, recordId, now }) =>
  sql`EXISTS (SELECT FROM studies s JOIN users u ON u.id = ${userId}
    ${accessJoins(userId, dayOf(now), undefined)} WHERE s.id = ${recordId} AND ${visibleToUser()})`;

/** Options of `@Audited` of a table of records. @param site as in `RecordSource` */
export const auditedRecords = (table: string, site: string) => ({
  readers: auditedStudies,
  visible: recordVisibility(table, raw(site)),
});

import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { type NotificationKind } from '../../../notifications/notification-kinds.sql.js';
import { RecordNotificationsRepository } from '../../../notifications/record-notifications.repository.js';
import { DEVIATION_STAGE } from '../deviations/deviation-kind.sql.js';
import { VISIT_STAGE } from '../monitoring-visits/monitoring-visit-kind.sql.js';
import { dayOf } from '../records/columns.js';
import { activeOn } from '../records/study-access.sql.js';
import { NOT_RENEWED, TRAINING_STAGE } from '../training/training-kind.sql.js';
import { endingTraining, lateReport, overdueDeviation } from './reminder-kinds.sql.js';

/** Selects the records that are due, and the users who are reminded of them. */
interface Reminder {
  readonly table: string;
  /** Site of a record `r`, which may be null. */
  readonly site: Sql;
  /** Day that makes it another fact when it changes. */
  readonly day: Sql;
  /** Further columns, which the text needs. */
  readonly facts: Sql;
  readonly joins: Sql;
  readonly isDue: Sql;
  /** Condition on a membership `m` that covers the record. */
  readonly recipients: Sql;
}

const IS_PROJECT_MANAGER = sql`m.role = 'project_manager'`;
const AT_SITE = sql`JOIN study_sites at_site ON at_site.id = r.site_id`;
const PLACE = sql`at_site.site_number AS "siteNumber", at_site.facility`;

/** Reminds members of what is due in all studies, a batch at a time. A locked study, in which nothing can change, rests. */
@Injectable()
export class RemindersRepository {
  constructor(private readonly notifications: RecordNotificationsRepository) {}

  /** Reminds of monitoring visits that ended `days` ago without a completed report. @returns the number of rows read */
  remindOfReports(tx: AuditedTransaction, days: number, limit: number): Promise<number> {
    return this.remind(tx, lateReport, limit, {
      table: 'monitoring_visits',
      site: sql`r.site_id`,
      day: sql`r.ended_on`,
      facts: sql`r.type AS "visitType", r.ended_on::text AS "endedOn", ${PLACE}`,
      joins: AT_SITE,
      // The first condition spares the stages of those that are complete, which count tasks.
      isDue: sql`(r.report_completed_on IS NULL OR r.report_completed_on > clock.today)
        AND r.ended_on <= clock.today - ${days}::int AND ${raw(VISIT_STAGE)} = 'awaiting_report'`,
      recipients: sql`${IS_PROJECT_MANAGER} OR m.user_id = r.monitor_id`,
    });
  }

  /** Reminds of deviations whose due date has passed. @returns the number of rows read */
  remindOfDeviations(tx: AuditedTransaction, limit: number): Promise<number> {
    return this.remind(tx, overdueDeviation, limit, {
      table: 'protocol_deviations',
      site: sql`r.site_id`,
      day: sql`r.due_date`,
      facts: sql`r.term, r.due_date::text AS "dueDate", ${PLACE}`,
      joins: AT_SITE,
      isDue: sql`${raw(DEVIATION_STAGE)} = 'overdue'`,
      recipients: sql`m.role IN ('project_manager', 'monitor', 'quality', 'study_coordinator')`,
    });
  }

  /** Reminds of trainings that end within `days`, or have ended. @returns the number of rows read */
  remindOfTrainings(tx: AuditedTransaction, days: number, limit: number): Promise<number> {
    return this.remind(tx, endingTraining, limit, {
      table: 'study_trainings',
      site: sql`CASE WHEN m.user_id = r.user_id THEN m.site_id END`,
      day: sql`r.expires_on`,
      facts: sql`r.course, trained.username, r.expires_on::text AS "expiresOn",
        ${raw(TRAINING_STAGE)} = 'expired' AS "isExpired"`,
      joins: sql`JOIN users trained ON trained.id = r.user_id`,
      isDue: sql`r.expires_on <= clock.today + ${days}::int AND ${NOT_RENEWED}`,
      recipients: sql`${IS_PROJECT_MANAGER} OR m.user_id = r.user_id`,
    });
  }

  /** Notifies of what is due and was not notified yet. */
  private async remind<F extends object>(
    tx: AuditedTransaction,
    kind: NotificationKind<F>,
    limit: number,
    reminder: Reminder,
  ): Promise<number> {
    const given = { userId: sql`due."userId"`, recordId: sql`due."recordId"`, fact: sql`due.fact` };
    const rows = await tx.query<{ recordId: number; userId: number; fact: string } & F>(
      sql`SELECT due.* FROM (${dueSql(reminder, dayOf(tx.now))}) due
        WHERE ${this.notifications.isDue(kind, tx.now, given)} LIMIT ${limit}`,
    );
    await this.notifications.add(tx, kind, rows);
    return rows.length;
  }
}

/** Selects each record that is due with each active member who is reminded of it. */
function dueSql({ table, site, day, facts, joins, isDue, recipients }: Reminder, today: string): Sql {
  return sql`SELECT DISTINCT r.id AS "recordId", ${day}::text AS fact, m.user_id AS "userId",
      s.sponsor_protocol_identifier AS study, ${facts}
    FROM ${raw(table)} r JOIN studies s ON s.id = r.study_id CROSS JOIN (SELECT ${today}::date AS today) clock ${joins}
      JOIN study_members m ON m.study_id = r.study_id AND ${activeOn(sql`clock.today`)}
        AND (m.site_id IS NULL OR m.site_id = ${site})
    WHERE s.locked_at IS NULL AND ${isDue} AND (${recipients})`;
}

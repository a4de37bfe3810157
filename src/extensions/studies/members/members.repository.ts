import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { iso } from '../../../infrastructure/database/database.js';
import { dayOf } from '../records/columns.js';
import { isActiveMember } from '../records/study-access.repository.js';
import { isProjectManager, MAY_MANAGE } from '../records/study-access.sql.js';
import { type Member } from './member.entity.js';

interface TaskRow {
  readonly id: number;
  readonly title: string;
  readonly deadline: string;
}

/** Statements on memberships beyond those of every record. */
@Injectable()
export class MembersRepository {
  /** True where the user has a membership of this site and role on one of its days. */
  async overlaps(tx: AuditedTransaction, member: Member): Promise<boolean> {
    const rows =
      await tx.query(sql`SELECT FROM study_members WHERE study_id = ${member.studyId} AND user_id = ${member.userId}
      AND site_id IS NOT DISTINCT FROM ${member.siteId ?? null}::int AND role = ${member.role} AND id <> ${member.id ?? 0}
      AND daterange(start_date, end_date, '[]') && daterange(${member.startDate}::date, ${member.endDate ?? null}::date, '[]')`);
    return rows.length > 0;
  }

  /** Serializes the memberships' changes so that two project managers cannot both be the last to leave. */
  async lockStudy(tx: AuditedTransaction, studyId: number): Promise<void> {
    await tx.query(sql`SELECT pg_advisory_xact_lock(hashtextextended('study members', ${studyId}))`);
  }

  /** @returns the ids of all managers */
  async managers(tx: AuditedTransaction): Promise<number[]> {
    const users = await tx.query<{ id: number }>(sql`SELECT id FROM users WHERE role = 'manager'`);
    return users.map(({ id }) => id);
  }

  /**
   * Counts the other active project managers of a study, for all of it, who may manage it.
   *
   * @param staying counts those alone who have no last day
   */
  async otherProjectManagers(
    tx: AuditedTransaction,
    studyId: number,
    except: number,
    staying = false,
  ): Promise<number> {
    const [row] = await tx.query<{ n: number }>(sql`SELECT count(DISTINCT m.user_id)::int AS n FROM study_members m
        JOIN users u ON u.id = m.user_id AND ${MAY_MANAGE}
      WHERE m.study_id = ${studyId} AND m.id <> ${except} AND ${isProjectManager(dayOf(tx.now))}
        AND (NOT ${staying} OR m.end_date IS NULL)`);
    return row?.n ?? 0;
  }

  /**
   * @param lastDay of the membership that ends, today or later; null for one that has ended or goes on
   * @returns the open tasks of a study that its user has and no active membership covers after that day, by deadline
   */
  tasksToHandOver(tx: AuditedTransaction, member: Member, lastDay: string | null): Promise<TaskRow[]> {
    const { studyId, userId } = member;
    const day = sql`greatest(${dayOf(tx.now)}::date, ${lastDay}::date + 1)`;
    const covered = isActiveMember(sql`t.assigned_to_id`, sql`l.study_id`, sql`l.site_id`, day);
    return tx.query<TaskRow>(sql`SELECT t.id, t.title, ${iso(sql`t.deadline`)} AS deadline
      FROM study_task_links l JOIN tasks t ON t.id = l.task_id
      WHERE l.study_id = ${studyId} AND t.assigned_to_id = ${userId} AND t.deleted_at IS NULL AND t.status <> 'completed'
        AND NOT ${covered} ORDER BY t.deadline, t.id LIMIT 100`);
  }
}

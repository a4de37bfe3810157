import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { type Problem } from '../../../core/http/problem.js';
import { type StudyAttributes } from '../study.policy.js';
import { type FollowUpTemplate } from '../study.facts.js';
import { StudyProblem } from '../studies.problems.js';
import { dayOf } from './columns.js';
import { accessJoins, activeOn, isProjectManager, MAY_MANAGE } from './study-access.sql.js';

/** A study as a change of its records judges it. */
export interface JudgedStudy extends StudyAttributes {
  readonly id: number;
  readonly lockedAt: Date | null;
}

/** Reads, in a transaction that changes records, what these are judged by. */
@Injectable()
export class StudyAccessRepository {
  /**
   * Keeps a study from being locked until the end of the transaction.
   *
   * @param site of the record; null: it has none; undefined: the study itself
   * @returns undefined where there is no such study
   */
  async judge(
    tx: AuditedTransaction,
    actor: Actor,
    studyId: number,
    site: number | null | undefined,
  ): Promise<JudgedStudy | undefined> {
    const [study] = await tx.query<JudgedStudy>(sql`${judgedStudy(tx, actor, studyId, site)} FOR SHARE OF s`);
    return study;
  }

  /** As `judge` of the study itself, without waiting for anyone: it may change before the transaction ends. */
  async judgeUnlocked(tx: AuditedTransaction, actor: Actor, studyId: number): Promise<JudgedStudy | undefined> {
    const [study] = await tx.query<JudgedStudy>(judgedStudy(tx, actor, studyId, undefined));
    return study;
  }

  /**
   * Waits for changes of the study's tasks that are under way, and keeps its tasks from being changed until the end of the
   * transaction. Call it before the study is locked: changes of tasks lock their study last.
   */
  async holdTasks(tx: AuditedTransaction, studyId: number): Promise<void> {
    await tx.query(sql`SELECT count(*) FROM (SELECT FROM tasks t
      WHERE t.id IN (SELECT task_id FROM study_task_links WHERE study_id = ${studyId}) ORDER BY t.id FOR SHARE OF t) held`);
  }

  /** @returns the templates of the tasks that follow monitoring visits */
  async followUpTemplates(tx: AuditedTransaction, studyId: number): Promise<readonly FollowUpTemplate[]> {
    const [study] = await tx.query<{ templates: FollowUpTemplate[] }>(
      sql`SELECT follow_up_templates AS templates FROM studies WHERE id = ${studyId}`,
    );
    return study?.templates ?? [];
  }

  /** True for a site of the study. */
  async hasSite(tx: AuditedTransaction, studyId: number, siteId: number): Promise<boolean> {
    const rows = await tx.query(sql`SELECT FROM study_sites WHERE id = ${siteId} AND study_id = ${studyId}`);
    return rows.length > 0;
  }

  /** True where a deviation refers to a monitoring visit. */
  async hasDeviations(tx: AuditedTransaction, visitId: number): Promise<boolean> {
    const rows = await tx.query(sql`SELECT FROM protocol_deviations WHERE monitoring_visit_id = ${visitId} LIMIT 1`);
    return rows.length > 0;
  }

  /**
   * Keeps the membership that covers the user from being ended until the end of the transaction. The study is to be locked
   * already.
   *
   * @throws Problem 409 `assignee_not_a_member` where a study for members has no such active member of the site
   */
  async assertAssignable(
    tx: AuditedTransaction,
    studyId: number,
    siteId: number | null,
    userId: number,
  ): Promise<void> {
    const restricted = await tx.query(sql`SELECT FROM studies
      WHERE id = ${studyId} AND access = 'members' AND EXISTS (SELECT FROM users WHERE id = ${userId})`);
    if (restricted.length === 0) return;
    const today = sql`${dayOf(tx.now)}::date`;
    const covers = coveringMembership(sql`${userId}::int`, sql`${studyId}::int`, sql`${siteId}::int`, today);
    const held = await tx.query(sql`SELECT FROM study_members m WHERE ${covers} ORDER BY m.id FOR KEY SHARE`);
    if (held.length === 0) throw notAMember(userId, studyId);
  }

  /** @returns the names of those who may unlock a study: its project managers, or all managers where it has none */
  async unlockersOf(tx: AuditedTransaction, studyId: number): Promise<string[]> {
    const rows = await tx.query<{ username: string; member: boolean }>(sql`SELECT u.username, m.id IS NOT NULL AS member
      FROM users u LEFT JOIN study_members m ON m.user_id = u.id AND m.study_id = ${studyId}
        AND ${isProjectManager(dayOf(tx.now))}
      WHERE ${MAY_MANAGE} ORDER BY member DESC, u.username LIMIT 5`);
    const members = rows.filter(({ member }) => member);
    return (members.length > 0 ? members : rows).map(({ username }) => username);
  }
}

function judgedStudy(tx: AuditedTransaction, actor: Actor, studyId: number, site: number | null | undefined): Sql {
  const covered = site === undefined ? undefined : sql`${site}::int`;
  return sql`SELECT s.id, s.access, s.locked_at AS "lockedAt", me.membership
    FROM studies s ${accessJoins(actor.id, dayOf(tx.now), covered)} WHERE s.id = ${studyId}`;
}

/** @param studyId undefined where the actor does not see the study, of which nothing is disclosed then */
export const notAMember = (userId: number, studyId: number | undefined): Problem =>
  StudyProblem.assignee_not_a_member(
    studyId === undefined
      ? 'A task that changes with this one belongs to a study for members, and its new assignee is none'
      : `User ${userId} is no active member of study ${studyId} for this: make them one first`,
  );

/** True for an active member of the study of `study` and `site`, columns of another table. */
export const isActiveMember = (user: Sql, study: Sql, site: Sql, day: Sql): Sql =>
  sql`EXISTS (SELECT FROM study_members m WHERE ${coveringMembership(user, study, site, day)})`;

/** Condition on a membership `m`: as `isActiveMember`. */
export const coveringMembership = (user: Sql, study: Sql, site: Sql, day: Sql): Sql =>
  sql`m.study_id = ${study} AND m.user_id = ${user} AND ${activeOn(day)} AND (m.site_id IS NULL OR m.site_id = ${site})`;

import sql from 'sql-template-tag';
import { narrowing } from '../../../core/authorization/narrowing.js';
import { ALL } from '../../../core/authorization/policy.js';
import { visibleTasks } from '../../../tasks/task.policy.js';
import { dayOf } from '../records/columns.js';

/** Membership of a study for members; null in every field where the user has none. */
interface MembershipFacts {
  readonly studyId: number | null;
  readonly siteId: number | null;
  readonly startDate: string | null;
  readonly endDate: string | null;
}

/** Attributes of a task of a study for members; null in both for any other task. */
interface TaskRestriction {
  readonly studyId: number | null;
  readonly siteId: number | null;
}

/**
 * Leaves to a manager, of the tasks of studies for members, those that an active membership covers. Developers have the
 * tasks that are assigned to them, and auditors read everything. No facts: no study is for members.
 */
export const membershipNarrowing = narrowing<MembershipFacts, TaskRestriction>({
  name: 'study members',
  policies: [visibleTasks],
  facts: (userId) => sql`SELECT m.study_id AS "studyId", m.site_id AS "siteId", m.start_date::text AS "startDate",
      m.end_date::text AS "endDate"
    FROM (SELECT WHERE EXISTS (SELECT FROM studies WHERE access = 'members')) restricted
      LEFT JOIN (study_members m JOIN studies s ON s.id = m.study_id AND s.access = 'members') ON m.user_id = ${userId}`,
  attributes: {
    table: 'study_task_restrictions',
    key: 'task_id',
    columns: { studyId: 'study_id', siteId: 'site_id' },
  },
  scope: ({ role, now }, facts) => {
    if (role !== 'manager' || facts.length === 0) return ALL;
    const today = dayOf(now);
    const active = facts.filter(({ startDate, endDate }) => covers(today, startDate, endDate));
    return [
      { studyId: null },
      ...active.map(({ studyId, siteId }) => (siteId === null ? { studyId } : { studyId, siteId })),
    ];
  },
});

const covers = (day: string, start: string | null, end: string | null): boolean =>
  start !== null && start <= day && (end === null || end >= day);

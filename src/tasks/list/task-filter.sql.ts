import sql, { join, type Sql } from 'sql-template-tag';
import { type SortKey } from '../../core/http/keyset-pagination.js';
import { inFilter } from '../../infrastructure/database/sql-filters.js';
import { PRIORITIES } from '../task.entity.js';
import { type TaskSelection, type TasksSelected } from './task-filter.dto.js';

/** Rank of a priority from 1, the lowest. The index on it has exactly this expression. */
export const RANK = `array_position(ARRAY['${PRIORITIES.join("', '")}'], t.priority::text)`;
const SORT_KEYS: Readonly<Record<string, SortKey>> = {
  id: { expression: 't.id', type: 'int' },
  deadline: { expression: 't.deadline', type: 'timestamptz' },
  priority: { expression: RANK, type: 'int' },
  created_at: { expression: 't.created_at', type: 'timestamptz' },
  updated_at: { expression: 't.updated_at', type: 'timestamptz' },
  title: { expression: 't.title', type: 'text' },
};

/**
 * Resolves the order of a list: the keys of the request, then the id as tie-break. The id has the direction of the key
 * before it, so that one index serves both directions. A key that a filter holds at one value is dropped: an index that
 * has it first could not start at a cursor.
 */
export function sortKeys({ sort = [], priority }: Pick<TaskSelection, 'sort' | 'priority'>): SortKey[] {
  const requested = sort.map((name) => ({
    ...(SORT_KEYS[name.replace('-', '')] as SortKey),
    descending: name.startsWith('-'),
  }));
  const last = { ...(SORT_KEYS.id as SortKey), descending: requested.at(-1)?.descending ?? false };
  const keys = requested.filter(({ expression }) => expression !== RANK || priority?.length !== 1);
  const byId = keys.findIndex(({ expression }) => expression === last.expression);
  return byId < 0 ? [...keys, last] : keys.slice(0, byId + 1);
}

/** Filters by assignee, creator and parent, which have indexes. */
export function ownershipConditions(filter: TasksSelected): Sql[] {
  return [
    ...inFilter('t.assigned_to_id', filter.assigned_to, 'int'),
    ...inFilter('t.created_by_id', filter.created_by, 'int'),
    ...inFilter('t.parent_task_id', filter.parent_task, 'int'),
  ];
}

/** The other filters, but for the text. */
export function filterConditions(filter: TasksSelected, now: Date): Sql[] {
  const overdue = sql`(t.status <> 'completed' AND t.deadline < ${now})`;
  const ranks = filter.priority?.map((priority) => PRIORITIES.indexOf(priority) + 1);
  return [
    ...inFilter('t.status', filter.status, 'text'),
    ...inFilter(RANK, ranks, 'int'),
    ...(filter.tags ? [sql`t.id IN (SELECT task_id FROM task_tags WHERE tag_id = ANY(${filter.tags}::int[]))`] : []),
    ...(filter.deadline_before ? [sql`t.deadline < ${filter.deadline_before}`] : []),
    ...(filter.deadline_after ? [sql`t.deadline >= ${filter.deadline_after}`] : []),
    ...(filter.overdue === undefined ? [] : [filter.overdue ? overdue : sql`NOT ${overdue}`]),
    ...(filter.needs_attention ? [needsAttention(filter.needs_attention, now)] : []),
  ];
}

function needsAttention(needs: NonNullable<TaskSelection['needs_attention']>, now: Date): Sql {
  const conditions = {
    blocked: sql`t.status = 'blocked'`,
    overdue: sql`(t.status <> 'completed' AND t.deadline < ${now}::timestamptz - interval '3 days')`,
    overworked: sql`t.actual_hours - 1.5 * t.estimated_hours > 0`,
  };
  return sql`(${join(
    needs.map((need) => conditions[need]),
    ' OR ',
  )})`;
}

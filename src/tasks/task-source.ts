import sql, { empty, type Sql } from 'sql-template-tag';
import { iso } from '../database/database.js';
import { field, folded } from '../past/folded.js';

/** Where tasks are read from. Every query of tasks calls the table `t`, whatever it is. */
export interface TaskSource {
  /** What comes before `SELECT`. */
  readonly prefix: Sql;
  readonly from: Sql;
  /** A task as the API shows it, as JSON text. */
  readonly view: Sql;
}

function viewOf(tags: Sql): Sql {
  return sql`json_build_object(
  'id', t.id, 'title', t.title, 'description', t.description, 'status', t.status, 'priority', t.priority,
  'estimated_hours', t.estimated_hours::text, 'actual_hours', t.actual_hours::text, 'deadline', ${iso(sql`t.deadline`)},
  'priority_escalated', t.priority_escalated, 'assigned_to', t.assigned_to_id, 'assigned_to_user', assignee.username,
  'created_by', t.created_by_id, 'created_by_user', creator.username, 'parent_task', t.parent_task_id,
  'tags', ${tags},
  'version', t.version, 'created_at', ${iso(sql`t.created_at`)}, 'updated_at', ${iso(sql`t.updated_at`)})::text`;
}

export const PRESENT: TaskSource = {
  prefix: empty,
  from: sql`FROM tasks t
  JOIN users assignee ON assignee.id = t.assigned_to_id
  JOIN users creator ON creator.id = t.created_by_id`,
  view: viewOf(
    sql`(SELECT coalesce(json_agg(tt.tag_id ORDER BY tt.tag_id), '[]') FROM task_tags tt WHERE tt.task_id = t.id)`,
  ),
};

/** Tasks as they were: under the names of the tables, so that every filter and order means what it means today. */
export function pastSource(asOf: string): TaskSource {
  const columns = sql`f.id, ${field('title')} AS title, coalesce(${field('description')}, '') AS description,
    ${field('status')} AS status, ${field('priority')} AS priority, ${field('assigned_to', 'int')} AS assigned_to_id,
    ${field('created_by', 'int')} AS created_by_id, ${field('parent_task', 'int')} AS parent_task_id,
    ${field('estimated_hours', 'numeric(6,2)')} AS estimated_hours,
    ${field('actual_hours', 'numeric(6,2)')} AS actual_hours, ${field('deadline', 'timestamptz')} AS deadline,
    coalesce(${field('priority_escalated', 'boolean')}, false) AS priority_escalated, f.version, f.updated_at,
    coalesce(${field('created_at', 'timestamptz')}, f.since) AS created_at,
    ${field('deleted_at', 'timestamptz')} AS deleted_at, coalesce(f.state->'tags'->1, '[]') AS tags`;
  return {
    prefix: sql`WITH tasks AS NOT MATERIALIZED (SELECT ${columns} FROM ${folded('task', asOf)} f),
      task_tags AS (SELECT t.id AS task_id, tag::int AS tag_id FROM tasks t, jsonb_array_elements_text(t.tags) tag) `,
    from: sql`FROM tasks t
      CROSS JOIN LATERAL (SELECT ${printedName(sql`t.assigned_to_id`)} AS username) assignee
      CROSS JOIN LATERAL (SELECT ${printedName(sql`t.created_by_id`)} AS username) creator`,
    view: viewOf(sql`t.tags`),
  };
}

/** The name of a user, also of one who is gone. */
function printedName(id: Sql): Sql {
  return sql`coalesce((SELECT u.username FROM users u WHERE u.id = ${id}),
    (SELECT a.entity_name FROM audit_trail a WHERE a.entity_type = 'user' AND a.entity_id = ${id}
      AND a.entity_name IS NOT NULL ORDER BY a.id DESC LIMIT 1), 'user ' || ${id})`;
}

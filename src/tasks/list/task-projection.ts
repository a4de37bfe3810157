import sql, { empty, type Sql } from 'sql-template-tag';
import {
  asIs,
  escaped,
  flag,
  instant,
  JsonView,
  numbers,
  plain,
  type JsonWriter,
} from '../../core/http/row-serializer.js';
import { field, folded } from '../../audit/point-in-time/state-as-of.sql.js';

/** Where tasks are read from. Every query of tasks calls the table `t`, whatever it is. */
export interface TaskSource {
  /** What comes before `SELECT`. */
  readonly prefix: Sql;
  readonly from: Sql;
  readonly view: TaskJson;
  /** The columns of the view that hold ids of users whom it names. */
  readonly who: readonly number[];
}

/** Whom tasks name, by id. */
export type Names = ReadonlyMap<string, string>;
type TaskJson = JsonView<Names>;

const named: JsonWriter<Names> = (id, names) => JSON.stringify(names.get(id));

/** A task as the API shows it. */
function viewOf(tags: Sql): Pick<TaskSource, 'view' | 'who'> {
  const view = new JsonView<Names>({
    id: [sql`t.id`, asIs],
    title: [sql`t.title`, escaped],
    description: [sql`t.description`, escaped],
    status: [sql`t.status`, plain],
    priority: [sql`t.priority`, plain],
    estimated_hours: [sql`t.estimated_hours`, plain],
    actual_hours: [sql`t.actual_hours`, plain],
    deadline: [sql`t.deadline`, instant],
    priority_escalated: [sql`t.priority_escalated`, flag],
    assigned_to: [sql`t.assigned_to_id`, asIs],
    assigned_to_user: [sql`t.assigned_to_id`, named],
    created_by: [sql`t.created_by_id`, asIs],
    created_by_user: [sql`t.created_by_id`, named],
    parent_task: [sql`t.parent_task_id`, asIs],
    tags: [tags, numbers],
    version: [sql`t.version`, asIs],
    created_at: [sql`t.created_at`, instant],
    updated_at: [sql`t.updated_at`, instant],
  });
  return { view, who: [view.at('assigned_to'), view.at('created_by')] };
}

export const PRESENT: TaskSource = {
  prefix: empty,
  from: sql`FROM tasks t`,
  ...viewOf(sql`ARRAY(SELECT tt.tag_id FROM task_tags tt WHERE tt.task_id = t.id ORDER BY tt.tag_id)`),
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
    from: sql`FROM tasks t`,
    ...viewOf(sql`ARRAY(SELECT jsonb_array_elements_text(t.tags)::int)`),
  };
}

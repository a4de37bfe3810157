import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import {
  rawJson,
  jsonString,
  pgBoolean,
  pgTimestamp,
  RowSerializer,
  pgIntArray,
  unescapedString,
  type ColumnSerializer,
} from '../../core/http/row-serializer.js';
import { type Actor } from '../../core/authorization/actor.js';
import { verdictsSql, withVerdicts } from '../../core/authorization/restriction.sql.js';
import { allowedActions } from '../permissions/allowed-actions.js';
import { JUDGED_TASK_COLUMNS, type TaskAttributes } from '../task.policy.js';
import { stateField, stateAsOf } from '../../audit/point-in-time/state-as-of.sql.js';
import { type TaskView } from '../tasks.dto.js';

/** A source of tasks, current or as of a time, with its columns. Every query calls it `t`. */
export interface TaskProjection {
  /** `WITH` clause before `SELECT`, or empty. */
  readonly prefix: Sql;
  readonly from: Sql;
  readonly view: TaskJson;
  /** Indexes of the columns with user ids, whose names the view shows. */
  readonly userIdColumns: readonly number[];
  /** Serializes `allowed_actions` of a task from the JSON of the attributes that policies judge; undefined where not asked for. */
  readonly actions?: (attributes: string) => string;
}

/** User names by user id. */
export type Usernames = ReadonlyMap<string, string>;
type TaskJson = RowSerializer<TaskView, TaskContext>;

/** Values of a view that are in no column of a task. */
export interface TaskContext extends Pick<TaskProjection, 'actions'> {
  readonly names: Usernames;
}

const username: ColumnSerializer<TaskContext> = (id, { names }) => JSON.stringify(names.get(id));

/** Attributes that policies judge, as JSON: whichever they are, one column carries them with their types. */
const ATTRIBUTES = sql`json_build_object(${join(
  Object.entries(JUDGED_TASK_COLUMNS).map(([name, column]) => raw(`'${name}', ${column}`)),
)})`;

const ALLOWED_ACTIONS = {
  allowed_actions: [sql`${ATTRIBUTES}::text`, (text: string, { actions }: TaskContext) => actions?.(text) ?? '[]'],
} as const;

/** Serializes a task as `TaskView`. */
function viewOf(tags: Sql, more: Partial<typeof ALLOWED_ACTIONS> = {}): Pick<TaskProjection, 'view' | 'userIdColumns'> {
  const view = new RowSerializer<TaskView, TaskContext>({
    id: [sql`t.id`, rawJson],
    title: [sql`t.title`, jsonString],
    description: [sql`t.description`, jsonString],
    status: [sql`t.status`, unescapedString],
    priority: [sql`t.priority`, unescapedString],
    estimated_hours: [sql`t.estimated_hours`, unescapedString],
    actual_hours: [sql`t.actual_hours`, unescapedString],
    deadline: [sql`t.deadline`, pgTimestamp],
    priority_escalated: [sql`t.priority_escalated`, pgBoolean],
    assigned_to: [sql`t.assigned_to_id`, rawJson],
    assigned_to_user: [sql`t.assigned_to_id`, username],
    created_by: [sql`t.created_by_id`, rawJson],
    created_by_user: [sql`t.created_by_id`, username],
    parent_task: [sql`t.parent_task_id`, rawJson],
    tags: [tags, pgIntArray],
    version: [sql`t.version`, rawJson],
    created_at: [sql`t.created_at`, pgTimestamp],
    updated_at: [sql`t.updated_at`, pgTimestamp],
    ...more,
  });
  return { view, userIdColumns: [view.columnIndex('assigned_to'), view.columnIndex('created_by')] };
}

const CURRENT_TAGS = sql`ARRAY(SELECT tt.tag_id FROM task_tags tt WHERE tt.task_id = t.id ORDER BY tt.tag_id)`;

export const CURRENT_TASKS: TaskProjection = {
  prefix: empty,
  from: sql`FROM tasks t`,
  ...viewOf(CURRENT_TAGS),
};

const WITH_ACTIONS: TaskProjection = { ...CURRENT_TASKS, ...viewOf(CURRENT_TAGS, ALLOWED_ACTIONS) };

/** Current tasks with what an actor may do with each; judged once for all tasks with the same attributes. */
export function tasksWithActions(actor: Actor): TaskProjection {
  const known = new Map<string, string>();
  const verdicts = verdictsSql(actor, 't.id');
  const taskOf = (text: string): TaskAttributes => {
    if (!verdicts) return JSON.parse(text) as TaskAttributes;
    const [attributes, judgement] = JSON.parse(text) as [TaskAttributes, boolean[]];
    return withVerdicts(actor, attributes, judgement);
  };
  const actions = (text: string): string => {
    const json = known.get(text) ?? JSON.stringify(allowedActions(actor, taskOf(text)));
    known.set(text, json);
    return json;
  };
  return { ...(verdicts ? withJudgedActions(verdicts) : WITH_ACTIONS), actions };
}

/** The column of attributes has the verdicts of narrowings beside them. */
function withJudgedActions(verdicts: Sql): TaskProjection {
  const column = sql`json_build_array(${ATTRIBUTES}, ${verdicts})::text`;
  return {
    ...CURRENT_TASKS,
    ...viewOf(CURRENT_TAGS, { allowed_actions: [column, ALLOWED_ACTIONS.allowed_actions[1]] }),
  };
}

/** Tasks as of a time, under the names of the current tables, so that filters and orders apply unchanged. */
export function tasksAsOf(asOf: string): TaskProjection {
  const columns = sql`f.id, ${stateField('title')} AS title, coalesce(${stateField('description')}, '') AS description,
    ${stateField('status')} AS status, ${stateField('priority')} AS priority, ${stateField('assigned_to', 'int')} AS assigned_to_id,
    ${stateField('created_by', 'int')} AS created_by_id, ${stateField('parent_task', 'int')} AS parent_task_id,
    ${stateField('estimated_hours', 'numeric(6,2)')} AS estimated_hours,
    ${stateField('actual_hours', 'numeric(6,2)')} AS actual_hours, ${stateField('deadline', 'timestamptz')} AS deadline,
    coalesce(${stateField('priority_escalated', 'boolean')}, false) AS priority_escalated, f.version, f.updated_at,
    coalesce(${stateField('created_at', 'timestamptz')}, f.since) AS created_at,
    ${stateField('deleted_at', 'timestamptz')} AS deleted_at, coalesce(f.state->'tags'->1, '[]') AS tags`;
  return {
    prefix: sql`WITH tasks AS NOT MATERIALIZED (SELECT ${columns} FROM ${stateAsOf('task', asOf)} f),
      task_tags AS (SELECT t.id AS task_id, tag::int AS tag_id FROM tasks t, jsonb_array_elements_text(t.tags) tag) `,
    from: sql`FROM tasks t`,
    ...viewOf(sql`ARRAY(SELECT jsonb_array_elements_text(t.tags)::int)`),
  };
}

import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { Narrowings } from '../core/authorization/narrowings.service.js';
import { judged } from '../core/authorization/restriction.sql.js';
import { Clock } from '../core/clock.js';
import { type RawRow } from '../core/http/row-serializer.js';
import { type ListReader } from '../core/http/list-response.js';
import {
  limitSql,
  afterKeyset,
  cursorColumnsRaw,
  fetchSize,
  decodeCursor,
  orderBy,
  toPageFromRaw,
  type JsonPage,
  type JsonRow,
} from '../core/http/keyset-pagination.js';
import { type QueryFn } from '../core/persistence/prepared-statements.js';
import { inScope } from '../core/authorization/policy.js';
import { ilikeFilter } from '../infrastructure/database/sql-filters.js';
import { spanned } from '../core/http/span.js';
import { Database, iso, type PlanMode } from '../infrastructure/database/database.js';
import { boundedListCondition } from './list/bounded-search.sql.js';
import { type TaskFilter, type TasksListed, type TasksSelected } from './list/task-filter.dto.js';
import { type TaskSubset } from './list/task-subset.sql.js';
import { ownershipConditions, filterConditions, sortKeys } from './list/task-filter.sql.js';
import { tasksAsOf, tasksWithActions, CURRENT_TASKS, type TaskProjection } from './list/task-projection.sql.js';
import { type TaskReadQuery } from './permissions/task-include.dto.js';
import { type VersionedJson } from '../core/http/entity-tags.js';
import { type TaskView } from './tasks.dto.js';
import { TaskSerializer } from './list/task-serializer.js';
import { historicalTasks, TASK_COLUMNS, visibleTasks, type TaskAttributes } from './task.policy.js';
import { taskNotFound } from './tasks.problems.js';

/** Columns of the CSV export: the fields of `TaskView` in their order, and the names of the tags. */
export const CSV_COLUMNS = (
  'id title description status priority estimated_hours actual_hours deadline priority_escalated assigned_to ' +
  'assigned_to_user created_by created_by_user parent_task tags version created_at updated_at tag_names'
).split(' ');

const PAGE_PARAMETERS = ['sort', 'limit', 'cursor', 'include_total', 'include'];

/** Selects a task as a row of its view, without a check of who may see it. */
export function taskById(id: number, { prefix, view, from }: TaskProjection = CURRENT_TASKS): Sql {
  return sql`${prefix}SELECT ${view.columns} ${from} WHERE t.id = ${id}`;
}

/** Reads tasks within the scope of the actor's policy. */
@Injectable()
export class TasksQueries {
  private readonly query: QueryFn = (statement) => this.database.rows(statement);

  constructor(
    private readonly database: Database,
    private readonly serializer: TaskSerializer,
    private readonly clock: Clock,
    private readonly narrowings: Narrowings,
  ) {}

  /** Reads one task that the actor sees, now or as of a time. @throws Problem 404 `task_not_found` */
  async visibleTaskOrThrow(actor: Actor, id: number, query: TaskReadQuery = {}): Promise<VersionedJson<TaskView>> {
    const projection = projectionFor(actor, query);
    const statement = sql`${taskById(id, projection)} AND t.deleted_at IS NULL AND ${visible(actor, query.as_of)}`;
    const [row] = await this.database.queryRaw(statement);
    if (!row) throw taskNotFound(id);
    const { names } = await this.serializer.context([row], projection);
    return this.serializer.serialize(row, names, projection);
  }

  /** Returns what narrows a user at a time. */
  async narrowingsOf({ id, role }: Pick<Actor, 'id' | 'role'>, at: Date): Promise<NonNullable<Actor['narrowings']>> {
    return (await this.narrowings.factsOf(this.query, id)).activate({ id, role, now: at });
  }

  /**
   * Returns the attributes that policies judge, of a task that the actor sees.
   *
   * @param subject the user whose policies will judge it
   * @throws Problem 404 `task_not_found`
   */
  async visibleAttributesOrThrow(
    actor: Actor,
    id: number,
    subject: Pick<Actor, 'narrowings'> = actor,
  ): Promise<TaskAttributes> {
    const row = await this.database.row<TaskAttributes>(
      sql`SELECT t.assigned_to_id AS "assigneeId", t.priority, t.critical_given_by AS "criticalGivenBy" FROM tasks t
        WHERE t.id = ${id} AND t.deleted_at IS NULL AND ${visible(actor)}`,
    );
    if (!row) throw taskNotFound(id);
    const [task] = await judged(this.query, subject, [{ ...row, id }]);
    return task as TaskAttributes;
  }

  /**
   * Reads the list for a `ListResponse`.
   *
   * @param subset of the tasks, such as those of a study
   */
  list(actor: Actor, filter: TaskFilter, subset?: TaskSubset): ListReader {
    const listed = { ...spanned(actor, filter, 'deadline_after', 'deadline_before'), ...(subset && { subset }) };
    return {
      count: (gone) => this.count(actor, listed, gone),
      page: (limit, gone) => this.page(actor, listed, limit, gone),
      stream: () => this.all(actor, listed),
    };
  }

  /** Reads one page. */
  async page(actor: Actor, filter: TasksListed, limit: number, gone?: () => AbortSignal): Promise<JsonPage> {
    const statement = sql`${this.listSql(actor, filter, fetchSize(limit))} ${limitSql(fetchSize(limit))}`;
    const { rows, limit: length } = await this.database.pageRaw(statement, {
      limit,
      reader: actor.id,
      gone,
      planned: planModeFor(filter),
      scans: foldsTrail(filter),
    });
    const projection = projectionFor(actor, filter);
    const context = await this.serializer.context(rows, projection);
    return toPageFromRaw(rows, length, orderName(filter), projection.view, context);
  }

  /** Reads the whole list in batches. */
  all(actor: Actor, filter: TasksListed): AsyncGenerator<JsonRow[]> {
    const projection = projectionFor(actor, filter);
    const serialize = async (rows: RawRow[], query: QueryFn) => {
      const context = await this.serializer.context(rows, projection, query);
      return rows.map((row) => ({ json: projection.view.serialize(row, context) }));
    };
    const read = { planned: planModeFor(filter), scans: foldsTrail(filter) };
    return this.database.streamRaw(this.listSql(actor, filter), actor.id, serialize, read);
  }

  /** Reads the whole list in batches of flat rows, whose keys are `CSV_COLUMNS`. */
  rows(actor: Actor, filter: TasksSelected): AsyncGenerator<Record<string, unknown>[]> {
    const statement = sql`SELECT t.id, t.title, t.description, t.status, t.priority, t.estimated_hours,
      t.actual_hours, ${iso(sql`t.deadline`)} AS deadline, t.priority_escalated, t.assigned_to_id AS assigned_to,
      assignee.username AS assigned_to_user, t.created_by_id AS created_by, creator.username AS created_by_user,
      t.parent_task_id AS parent_task, tagged.ids AS tags, t.version, ${iso(sql`t.created_at`)} AS created_at,
      ${iso(sql`t.updated_at`)} AS updated_at, tagged.names AS tag_names
      FROM tasks t JOIN users assignee ON assignee.id = t.assigned_to_id JOIN users creator ON creator.id = t.created_by_id,
        LATERAL ${TAGGED} tagged
      WHERE ${this.where(actor, filter)} ORDER BY ${orderBy(sortKeys(filter))}`;
    return this.database.stream(statement, actor.id);
  }

  /** Counts the tasks over all pages. */
  async count(actor: Actor, filter: TasksListed, gone?: () => AbortSignal): Promise<number> {
    const statement = sql`${projectionFor(actor, filter).prefix}SELECT count(*) AS n FROM tasks t WHERE ${this.where(actor, { ...filter, cursor: undefined })}`;
    const read = { reader: actor.id, gone, scans: foldsTrail(filter) };
    const row = await this.database.runShort(read, () => this.database.row<{ n: string }>(statement));
    return Number(row?.n);
  }

  private listSql(actor: Actor, filter: TasksListed, limit?: number): Sql {
    const keys = sortKeys(filter);
    const { prefix, view, from } = projectionFor(actor, filter);
    return sql`${prefix}SELECT ${view.columns}, ${cursorColumnsRaw(keys)} ${from}
      WHERE ${this.where(actor, filter, limit)} ORDER BY ${orderBy(keys)}`;
  }

  private where(actor: Actor, filter: TasksListed, limit?: number): Sql {
    const { as_of: asOf, cursor, q } = filter;
    const keys = sortKeys(filter);
    const now = asOf === undefined ? this.clock.now() : new Date(asOf);
    const within = join([sql`t.deleted_at IS NULL`, visible(actor, asOf), ...ownershipConditions(filter)], ' AND ');
    const filters = [...filterConditions(filter, now), ...(filter.subset ? [filter.subset.condition] : [])];
    const after = decodeCursor(cursor, orderName(filter), keys);
    if (asOf === undefined) return boundedListCondition({ within, filters, keys, after, limit }, q);
    // No index covers tasks as of a time, so a bounded search would gain nothing.
    return join(
      [within, ...filters, ...ilikeFilter(['t.title', 't.description'], q), afterKeyset(keys, after)],
      ' AND ',
    );
  }
}

/** The tags of a task in two cells, ids and names in the same order. */
const TAGGED = sql`(SELECT string_agg(g.id::text, '; ' ORDER BY g.id) AS ids, string_agg(g.name, '; ' ORDER BY g.id) AS names
  FROM task_tags tt JOIN tags g ON g.id = tt.tag_id WHERE tt.task_id = t.id)`;

/** Plans filtered lists for their values: how many rows are left depends on them, and a wrong plan takes seconds. */
function planModeFor(filter: TasksListed): PlanMode {
  const filters = Object.entries(filter).filter(
    ([name, value]) => value !== undefined && !PAGE_PARAMETERS.includes(name),
  );
  return filters.length > 0 ? 'custom' : 'generic';
}

/** True for a list as of a time, which is folded from the whole trail for each page. */
const foldsTrail = ({ as_of }: TasksListed): boolean => as_of !== undefined;

function orderName({ sort, subset }: TasksListed): string {
  return `${subset?.name ?? 'tasks'} ${(sort ?? ['id']).join(',')}`;
}

/** Selects the columns of an answer: of now or of a time, with what the actor may do where that is asked for. */
export function projectionFor(actor: Actor, { as_of, include }: TaskReadQuery): TaskProjection {
  if (as_of !== undefined) return tasksAsOf(as_of);
  return include?.includes('allowed_actions') ? tasksWithActions(actor) : CURRENT_TASKS;
}

function visible(actor: Actor, asOf?: string): Sql {
  return inScope(asOf === undefined ? visibleTasks(actor) : historicalTasks(actor), TASK_COLUMNS);
}

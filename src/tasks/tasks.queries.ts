import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { Clock } from '../core/clock.js';
import { type TextRow } from '../core/http/row-serializer.js';
import {
  atMost,
  behind,
  cursorTexts,
  fetchedFor,
  lastOf,
  orderBy,
  textPageOf,
  type JsonPage,
  type JsonRow,
} from '../core/http/keyset-pagination.js';
import { type Ask } from '../core/persistence/prepared-statements.js';
import { inScope } from '../core/authorization/policy.js';
import { containing } from '../infrastructure/database/sql-filters.js';
import { Database, iso, type Planning } from '../infrastructure/database/database.js';
import { quickly } from './list/bounded-search.sql.js';
import { type TasksListed, type TasksSelected } from './list/task-filter.dto.js';
import { relatedTasks, selectedTasks, sortKeys } from './list/task-filter.sql.js';
import { pastSource, PRESENT, type TaskSource } from './list/task-projection.js';
import { TaskViews, type ShownTask } from './list/task-serializer.js';
import { pastTasks, TASK_COLUMNS, visibleTasks } from './task.policy.js';

/** The fields of a task as the API shows it, in their order, and the names of its tags. */
export const CSV_COLUMNS = (
  'id title description status priority estimated_hours actual_hours deadline priority_escalated assigned_to ' +
  'assigned_to_user created_by created_by_user parent_task tags version created_at updated_at tag_names'
).split(' ');

const OF_PAGES = ['sort', 'limit', 'cursor', 'include_total'];

/** The task as a row of its view; for one id, whoever asks. */
export function taskById(id: number): Sql {
  return oneOf(PRESENT, id);
}

function oneOf({ prefix, view, from }: TaskSource, id: number): Sql {
  return sql`${prefix}SELECT ${view.columns} ${from} WHERE t.id = ${id}`;
}

/** Named reads of tasks. Each obeys the policy by its scope. */
@Injectable()
export class TasksQueries {
  constructor(
    private readonly database: Database,
    private readonly views: TaskViews,
    private readonly clock: Clock,
  ) {}

  /** One task that is visible to the actor, now or as it was. */
  async visibleTask(me: Actor, id: number, asOf?: string): Promise<ShownTask | undefined> {
    const source = sourceAt(asOf);
    const statement = sql`${oneOf(source, id)} AND t.deleted_at IS NULL AND ${visible(me, asOf)}`;
    const [row] = await this.database.texts(statement);
    return row && this.views.one(row, await this.views.names([row], source), source);
  }

  /** A page: the JSON array, and the cursor of the next page if there is one. */
  async page(me: Actor, filter: TasksListed, limit: number): Promise<JsonPage> {
    const statement = sql`${this.listSql(me, filter, fetchedFor(limit))} ${atMost(fetchedFor(limit))}`;
    const { rows, limit: length } = await this.database.pageTexts(statement, limit, planning(filter));
    const source = sourceAt(filter.as_of);
    return textPageOf(rows, length, orderName(filter), source.view, await this.views.names(rows, source));
  }

  /** The whole list, in batches. */
  all(me: Actor, filter: TasksListed): AsyncGenerator<JsonRow[]> {
    const source = sourceAt(filter.as_of);
    const views = async (rows: TextRow[], ask: Ask) => {
      const names = await this.views.names(rows, source, ask);
      return rows.map((row) => ({ json: source.view.json(row, names) }));
    };
    return this.database.textBatches(this.listSql(me, filter), me.id, views, planning(filter));
  }

  /** The whole list as flat rows, in batches, for tables. */
  rows(me: Actor, filter: TasksSelected): AsyncGenerator<Record<string, unknown>[]> {
    const statement = sql`SELECT t.id, t.title, t.description, t.status, t.priority, t.estimated_hours,
      t.actual_hours, ${iso(sql`t.deadline`)} AS deadline, t.priority_escalated, t.assigned_to_id AS assigned_to,
      assignee.username AS assigned_to_user, t.created_by_id AS created_by, creator.username AS created_by_user,
      t.parent_task_id AS parent_task, tagged.ids AS tags, t.version, ${iso(sql`t.created_at`)} AS created_at,
      ${iso(sql`t.updated_at`)} AS updated_at, tagged.names AS tag_names
      FROM tasks t JOIN users assignee ON assignee.id = t.assigned_to_id JOIN users creator ON creator.id = t.created_by_id,
        LATERAL ${TAGGED} tagged
      WHERE ${this.where(me, filter)} ORDER BY ${orderBy(sortKeys(filter))}`;
    return this.database.stream(statement, me.id);
  }

  /** How many there are, over all pages. */
  async count(me: Actor, filter: TasksListed): Promise<number> {
    const row = await this.database.row<{ n: string }>(
      sql`${sourceAt(filter.as_of).prefix}SELECT count(*) AS n FROM tasks t WHERE ${this.where(me, { ...filter, cursor: undefined })}`,
    );
    return Number(row?.n);
  }

  private listSql(me: Actor, filter: TasksListed, limit?: number): Sql {
    const keys = sortKeys(filter);
    const { prefix, view, from } = sourceAt(filter.as_of);
    return sql`${prefix}SELECT ${view.columns}, ${cursorTexts(keys)} ${from}
      WHERE ${this.where(me, filter, limit)} ORDER BY ${orderBy(keys)}`;
  }

  private where(me: Actor, filter: TasksListed, limit?: number): Sql {
    const { as_of: asOf, cursor, q } = filter;
    const keys = sortKeys(filter);
    const now = asOf === undefined ? this.clock.now() : new Date(asOf);
    const within = join([sql`t.deleted_at IS NULL`, visible(me, asOf), ...relatedTasks(filter)], ' AND ');
    const filters = selectedTasks(filter, now);
    const after = lastOf(cursor, orderName(filter), keys);
    if (asOf === undefined) return quickly({ within, filters, keys, after, limit }, q);
    // The past has no indexes.
    return join([within, ...filters, ...containing(['t.title', 't.description'], q), behind(keys, after)], ' AND ');
  }
}

/** The tags of a task, each in one cell: ids and names stand at the same places. */
const TAGGED = sql`(SELECT string_agg(g.id::text, '; ' ORDER BY g.id) AS ids, string_agg(g.name, '; ' ORDER BY g.id) AS names
  FROM task_tags tt JOIN tags g ON g.id = tt.tag_id WHERE tt.task_id = t.id)`;

/** Filters differ by their values in how much they leave, and what suits a little takes seconds for much. */
function planning(filter: TasksListed): Planning {
  const filters = Object.entries(filter).filter(([name, value]) => value !== undefined && !OF_PAGES.includes(name));
  return filters.length > 0 ? 'anew' : 'once';
}

function orderName({ sort }: TasksListed): string {
  return `tasks ${(sort ?? ['id']).join(',')}`;
}

const sourceAt = (asOf: string | undefined): TaskSource => (asOf === undefined ? PRESENT : pastSource(asOf));

function visible(me: Actor, asOf?: string): Sql {
  return inScope(asOf === undefined ? visibleTasks(me) : pastTasks(me), TASK_COLUMNS);
}

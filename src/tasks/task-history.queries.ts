import { Injectable } from '@nestjs/common';
import sql, { empty, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import {
  rawJson,
  jsonString,
  pgTimestamp,
  RowSerializer,
  unescapedString,
  type RawRow,
} from '../core/http/row-serializer.js';
import { type ListReader } from '../core/http/list-response.js';
import {
  limitSql,
  cursorColumnsRaw,
  fetchSize,
  orderBy,
  cursorCondition,
  toPageFromRaw,
  type JsonPage,
  type JsonRow,
  type SortKey,
} from '../core/http/keyset-pagination.js';
import { type PageQuery } from '../core/http/page.dto.js';
import { inScope } from '../core/authorization/policy.js';
import { Database } from '../infrastructure/database/database.js';
import { TASK_COLUMNS, visibleDeletedTasks, visibleTasks } from './task.policy.js';
import { taskNotFound } from './tasks.problems.js';

const orderOf = (task: number): string => `history of ${task} id`;
const OLDEST_FIRST: readonly SortKey[] = [{ expression: 'h.id', type: 'bigint' }];

/** What became of a task, as the API shows it. */
const VIEW = new RowSerializer<void>({
  id: [sql`h.id`, rawJson],
  task_id: [sql`h.task_id`, rawJson],
  action: [sql`h.action`, jsonString],
  from_status: [sql`h.from_status`, unescapedString],
  to_status: [sql`h.to_status`, unescapedString],
  changed_by: [sql`h.changed_by_id`, rawJson],
  changes: [sql`h.changes`, rawJson],
  reason: [sql`h.reason`, jsonString],
  timestamp: [sql`h.timestamp`, pgTimestamp],
});

/** Named reads of what became of a task that the actor may see. Auditors see that of deleted ones too. */
@Injectable()
export class TaskHistoryQueries {
  constructor(private readonly database: Database) {}

  /** The reads of the list for `ListResponse`. */
  list(actor: Actor, id: number, query: PageQuery): ListReader {
    return {
      count: () => this.count(actor, id),
      page: (limit) => this.page(actor, id, query, limit),
      stream: () => this.all(actor, id, query),
    };
  }

  /** @throws Problem 404 where the task is not visible, as the others do */
  async page(actor: Actor, id: number, query: PageQuery, limit: number): Promise<JsonPage> {
    const page = await this.database.pageRaw(listSql(actor, id, query, limitSql(fetchSize(limit))), limit);
    return toPageFromRaw(entriesOf(page.rows, id), page.limit, orderOf(id), VIEW, undefined);
  }

  /** The whole history, in batches. */
  async *all(actor: Actor, id: number, query: PageQuery): AsyncGenerator<JsonRow[]> {
    let visible = false;
    const views = (rows: RawRow[]) => entriesOf(rows, id).map((row) => ({ json: VIEW.serialize(row) }));
    for await (const rows of this.database.streamRaw(listSql(actor, id, query), actor.id, views)) {
      visible = true;
      yield rows;
    }
    if (!visible) throw taskNotFound(id);
  }

  /** How much there is, over all pages. */
  async count(actor: Actor, id: number): Promise<number> {
    const row = await this.database.row<{ n: string }>(sql`SELECT
        (SELECT count(*) FROM task_history h WHERE h.task_id = t.id) AS n FROM tasks t WHERE ${visible(actor, id)}`);
    if (!row) throw taskNotFound(id);
    return Number(row.n);
  }
}

/** A visible task without history, or none behind the cursor, is one row of nulls; one that is not visible is no row. */
function listSql(actor: Actor, id: number, { cursor }: PageQuery, limit = empty): Sql {
  const entries = sql`SELECT * FROM task_history h WHERE h.task_id = t.id AND ${cursorCondition(cursor, orderOf(id), OLDEST_FIRST)}
    ORDER BY ${orderBy(OLDEST_FIRST)} ${limit}`;
  return sql`SELECT ${VIEW.columns}, ${cursorColumnsRaw(OLDEST_FIRST)} FROM tasks t LEFT JOIN LATERAL (${entries}) h ON TRUE
    WHERE ${visible(actor, id)} ORDER BY ${orderBy(OLDEST_FIRST)}`;
}

function entriesOf(rows: RawRow[], id: number): RawRow[] {
  const [first] = rows;
  if (!first) throw taskNotFound(id);
  return first[0] === null ? [] : rows;
}

function visible(actor: Actor, id: number): Sql {
  return sql`t.id = ${id} AND ${inScope(visibleTasks(actor), TASK_COLUMNS)}
    AND (t.deleted_at IS NULL OR ${inScope(visibleDeletedTasks(actor), TASK_COLUMNS)})`;
}

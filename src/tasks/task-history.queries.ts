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
import { type HistoryView } from './tasks.dto.js';

const orderName = (taskId: number): string => `history of ${taskId} id`;
const OLDEST_FIRST: readonly SortKey[] = [{ expression: 'h.id', type: 'bigint' }];

/** Serializes a row as `HistoryView`. */
const VIEW = new RowSerializer<HistoryView>({
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

/** Reads the history of a task that the actor sees; auditors also read that of deleted tasks. */
@Injectable()
export class TaskHistoryQueries {
  constructor(private readonly database: Database) {}

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, id: number, query: PageQuery): ListReader {
    return {
      count: () => this.count(actor, id),
      page: (limit, gone) => this.page(actor, id, query, limit, gone),
      stream: () => this.all(actor, id, query),
    };
  }

  /** Reads one page. @throws Problem 404 `task_not_found`, as do the other methods */
  async page(actor: Actor, id: number, query: PageQuery, limit: number, gone?: () => AbortSignal): Promise<JsonPage> {
    const statement = listSql(actor, id, query, limitSql(fetchSize(limit)));
    const page = await this.database.pageRaw(statement, { limit, reader: actor.id, gone });
    return toPageFromRaw(entriesOrThrow(page.rows, id), page.limit, orderName(id), VIEW, undefined);
  }

  /** Reads the whole history in batches. */
  async *all(actor: Actor, id: number, query: PageQuery): AsyncGenerator<JsonRow[]> {
    let isVisible = false;
    const serialize = (rows: RawRow[]) => entriesOrThrow(rows, id).map((row) => ({ json: VIEW.serialize(row) }));
    for await (const rows of this.database.streamRaw(listSql(actor, id, query), actor.id, serialize)) {
      isVisible = true;
      yield rows;
    }
    if (!isVisible) throw taskNotFound(id);
  }

  /** Counts the entries over all pages. */
  async count(actor: Actor, id: number): Promise<number> {
    const row = await this.database.row<{ n: string }>(sql`SELECT
        (SELECT count(*) FROM task_history h WHERE h.task_id = t.id) AS n FROM tasks t WHERE ${visible(actor, id)}`);
    if (!row) throw taskNotFound(id);
    return Number(row.n);
  }
}

/** Selects one row of nulls for a visible task without entries after the cursor, and no row for an invisible task. */
function listSql(actor: Actor, id: number, { cursor }: PageQuery, limit = empty): Sql {
  const entries = sql`SELECT * FROM task_history h WHERE h.task_id = t.id AND ${cursorCondition(cursor, orderName(id), OLDEST_FIRST)}
    ORDER BY ${orderBy(OLDEST_FIRST)} ${limit}`;
  return sql`SELECT ${VIEW.columns}, ${cursorColumnsRaw(OLDEST_FIRST)} FROM tasks t LEFT JOIN LATERAL (${entries}) h ON TRUE
    WHERE ${visible(actor, id)} ORDER BY ${orderBy(OLDEST_FIRST)}`;
}

/** @throws Problem 404 `task_not_found` */
function entriesOrThrow(rows: RawRow[], id: number): RawRow[] {
  const [first] = rows;
  if (!first) throw taskNotFound(id);
  return first[0] === null ? [] : rows;
}

function visible(actor: Actor, id: number): Sql {
  return sql`t.id = ${id} AND ${inScope(visibleTasks(actor), TASK_COLUMNS)}
    AND (t.deleted_at IS NULL OR ${inScope(visibleDeletedTasks(actor), TASK_COLUMNS)})`;
}

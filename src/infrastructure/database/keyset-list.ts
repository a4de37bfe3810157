import sql, { type Sql } from 'sql-template-tag';
import {
  cursorColumnsRaw,
  cursorCondition,
  fetchSize,
  limitSql,
  orderBy,
  toPageFromRaw,
  type SortKey,
} from '../../core/http/keyset-pagination.js';
import { type ListReader } from '../../core/http/list-response.js';
import { type RawRow, type RowSerializer } from '../../core/http/row-serializer.js';
import { type Database, type PlanMode } from './database.js';

/** The part of a list that is the same for each request. */
export interface KeysetList<V extends object, C = void> {
  /** Names the list and its order, such as `users id`; no other list accepts its cursors. */
  readonly cursorScope: string;
  /** Sort keys, the last one unique. */
  readonly keys: readonly SortKey[];
  /** Columns of a row, and their JSON. */
  readonly view: RowSerializer<V, C>;
}

/** The part of a list that depends on the request. */
export interface KeysetSource<C = void> {
  /** Id of the actor, who holds the share of long reads. */
  readonly actorId: number;
  /** Cursor as given by the client; undefined for the first page. */
  readonly cursor: string | undefined;
  /** FROM clause without the word, such as `users u`. */
  readonly from: Sql;
  /** Condition on the rows, within the scope of the actor's policy. */
  readonly where: Sql;
  /** FROM clause of the count, where it needs fewer tables. */
  readonly countFrom?: Sql;
  /** Passed on to the serializer. */
  readonly context: C;
  /** Default `generic`; `custom` where the text of the condition differs between requests. */
  readonly planned?: PlanMode;
  /** True where a read of few rows reads many, as for `Database.pageRaw`. */
  readonly scans?: boolean;
}

/**
 * Makes the reads of a list for `ListResponse`: one statement each for the total, a page, and the whole list in batches.
 *
 * @throws Problem 422 `invalid_cursor` from its reads
 */
export function keysetReader<V extends object, C>(
  database: Database,
  list: KeysetList<V, C>,
  source: KeysetSource<C>,
): ListReader {
  const { view, cursorScope } = list;
  const { actorId: reader, context, planned, scans } = source;
  return {
    count: (gone) => database.runShort({ reader, gone, scans }, () => countRows(database, source)),
    page: async (size, gone) => {
      const statement = sql`${listSql(list, source)} ${limitSql(fetchSize(size))}`;
      const { rows, limit } = await database.pageRaw(statement, { limit: size, reader, gone, planned, scans });
      return toPageFromRaw(rows, limit, cursorScope, view, context);
    },
    stream: () => {
      const serialize = (rows: RawRow[]) => rows.map((row) => ({ json: view.serialize(row, context) }));
      return database.streamRaw(listSql(list, source), reader, serialize, { planned, scans });
    },
  };
}

async function countRows<C>(database: Database, { from, countFrom = from, where }: KeysetSource<C>): Promise<number> {
  const row = await database.row<{ n: string }>(sql`SELECT count(*) AS n FROM ${countFrom} WHERE ${where}`);
  return Number(row?.n);
}

function listSql<V extends object, C>(
  { view, keys, cursorScope }: KeysetList<V, C>,
  { from, where, cursor }: KeysetSource<C>,
): Sql {
  return sql`SELECT ${view.columns}, ${cursorColumnsRaw(keys)} FROM ${from}
    WHERE ${where} AND ${cursorCondition(cursor, cursorScope, keys)} ORDER BY ${orderBy(keys)}`;
}

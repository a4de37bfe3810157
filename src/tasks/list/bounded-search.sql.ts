import sql, { join, raw, type Sql } from 'sql-template-tag';
import { limitSql, afterKeyset, orderBy, type SortKey } from '../../core/http/keyset-pagination.js';
import { ilikeFilter } from '../../infrastructure/database/sql-filters.js';
import { PRIORITIES } from '../task.entity.js';
import { RANK } from './task-filter.sql.js';

/** Rows scanned for a text before the search index is used: a few milliseconds' worth. */
const SCAN_LIMIT = 5000;

/** The rows of a list, but for the text searched for. */
interface ListRows {
  /** Conditions that an index serves: visibility and owners. */
  readonly within: Sql;
  /** The other filters. */
  readonly filters: readonly Sql[];
  readonly keys: readonly SortKey[];
  /** Sort keys of the last row of the page before. */
  readonly after?: readonly string[] | undefined;
  /** Rows of a page and one more; undefined for the whole list. */
  readonly limit?: number | undefined;
}

/** Words the condition of a list so that a page is read in a bounded number of steps, independent of the number of tasks. */
export function boundedListCondition(rows: ListRows, text?: string): Sql {
  const where = and(rows.within, ...rows.filters, afterKeyset(rows.keys, rows.after));
  if (text === undefined) return and(where, ...topRowsPerPriority(rows));
  const [contains] = ilikeFilter(['t.title', 't.description'], text) as [Sql];
  return and(where, contains, sql`t.id = ANY(ARRAY(${searchCandidates(rows, text, contains)}))`);
}

const and = (...conditions: Sql[]): Sql => join(conditions, ' AND ');

/**
 * Serves an order by priority and other keys, which no index has: the page is among the first rows of each of the four
 * priorities in the order of the other keys.
 */
function topRowsPerPriority({ within, filters, keys, after, limit }: ListRows): Sql[] {
  const [first, ...others] = keys;
  if (first?.expression !== RANK || others.length < 2 || limit === undefined) return [];
  const last = after && Number(after[0]);
  const ranks = PRIORITIES.map((_, i) => i + 1).filter(
    (rank) => last === undefined || (first.descending ? rank <= last : rank >= last),
  );
  const topRows = ranks.map((rank) => {
    const start = rank === last ? afterKeyset(others, after?.slice(1)) : sql`TRUE`;
    return sql`(SELECT t.id FROM tasks t WHERE ${and(within, ...filters, start)} AND ${raw(`${RANK} = ${rank}`)}
      ORDER BY ${orderBy(others)} ${limitSql(limit)})`;
  });
  return [sql`t.id = ANY(ARRAY(${join(topRows, ' UNION ALL ')}))`];
}

/**
 * Selects the ids of all tasks that may be on the page. A common text is found within the first rows of the list; where
 * these are scanned and do not fill the page, the search index gives every task that may contain it. Statistics do not
 * show which of the two is cheap, and the wrong one takes seconds.
 */
function searchCandidates({ within, filters, keys, after, limit }: ListRows, text: string, contains: Sql): Sql {
  const topRows = topRowsPerPriority({ within, filters: [], keys, after, limit: SCAN_LIMIT });
  const scanLimit = raw(String(SCAN_LIMIT));
  const page = limit === undefined ? sql`` : sql` ORDER BY ${orderBy(keys)} ${limitSql(limit)}`;
  const isPageShort = limit === undefined ? sql`TRUE` : sql`(SELECT count(*) FROM matched) < ${limit}`;
  return sql`WITH scanned AS MATERIALIZED (SELECT t.* FROM tasks t
        WHERE ${and(within, afterKeyset(keys, after), ...topRows)} ORDER BY ${orderBy(keys)} LIMIT ${scanLimit}),
      matched AS MATERIALIZED (SELECT t.id FROM scanned t WHERE ${and(...filters, contains)}${page})
    SELECT id FROM matched
    UNION ALL SELECT found FROM tasks_with_pieces_of(${text}) found
      WHERE ${isPageShort} AND (SELECT count(*) FROM scanned) = ${scanLimit}`;
}

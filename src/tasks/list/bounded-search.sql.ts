import sql, { join, raw, type Sql } from 'sql-template-tag';
import { limitSql, afterKeyset, orderBy, type SortKey } from '../../core/http/keyset-pagination.js';
import { ilikeFilter } from '../../infrastructure/database/sql-filters.js';
import { PRIORITIES } from '../task.entity.js';
import { RANK } from './task-filter.sql.js';

/** So many rows are looked through for a text before the index of texts is asked: a few milliseconds' worth. */
const SCAN_LIMIT = 5000;

/** The rows of a list, by everything but a text that is looked for. */
export interface Rows {
  /** What an index narrows a list down to: whose tasks. */
  readonly within: Sql;
  /** The other filters. */
  readonly filters: readonly Sql[];
  readonly keys: readonly SortKey[];
  /** The keys of the row that the page comes behind. */
  readonly after?: readonly string[] | undefined;
  /** Of a page, with the row behind it; none for the whole list. */
  readonly limit?: number | undefined;
}

/** The condition of a list, worded so that a page is read in few steps whatever the number of tasks. */
export function boundedListCondition(rows: Rows, text?: string): Sql {
  const where = and(rows.within, ...rows.filters, afterKeyset(rows.keys, rows.after));
  if (text === undefined) return and(where, ...topRowsPerPriority(rows));
  const [contains] = ilikeFilter(['t.title', 't.description'], text) as [Sql];
  return and(where, contains, sql`t.id = ANY(ARRAY(${searchCandidates(rows, text, contains)}))`);
}

const and = (...conditions: Sql[]): Sql => join(conditions, ' AND ');

/**
 * For an order that no index has as it is: priorities are four, so their first rows, each in the order of the other keys,
 * hold the page.
 */
function topRowsPerPriority({ within, filters, keys, after, limit }: Rows): Sql[] {
  const [first, ...others] = keys;
  if (first?.expression !== RANK || others.length < 2 || limit === undefined) return [];
  const last = after && Number(after[0]);
  const ranks = PRIORITIES.map((_, i) => i + 1).filter(
    (rank) => last === undefined || (first.descending ? rank <= last : rank >= last),
  );
  const firsts = ranks.map((rank) => {
    const start = rank === last ? afterKeyset(others, after?.slice(1)) : sql`TRUE`;
    return sql`(SELECT t.id FROM tasks t WHERE ${and(within, ...filters, start)} AND ${raw(`${RANK} = ${rank}`)}
      ORDER BY ${orderBy(others)} ${limitSql(limit)})`;
  });
  return [sql`t.id = ANY(ARRAY(${join(firsts, ' UNION ALL ')}))`];
}

/**
 * The ids of all tasks that may be on the page. A common text is soon met with in the first rows of the list; where these
 * are looked through and do not fill the page, the index of texts tells all that may contain it. Which of the two is cheap
 * is not to be foretold from statistics, and the wrong one takes seconds.
 */
function searchCandidates({ within, filters, keys, after, limit }: Rows, text: string, contains: Sql): Sql {
  const first = topRowsPerPriority({ within, filters: [], keys, after, limit: SCAN_LIMIT });
  const walk = raw(String(SCAN_LIMIT));
  const page = limit === undefined ? sql`` : sql` ORDER BY ${orderBy(keys)} ${limitSql(limit)}`;
  const wanting = limit === undefined ? sql`TRUE` : sql`(SELECT count(*) FROM met) < ${limit}`;
  return sql`WITH walked AS MATERIALIZED (SELECT t.* FROM tasks t
        WHERE ${and(within, afterKeyset(keys, after), ...first)} ORDER BY ${orderBy(keys)} LIMIT ${walk}),
      met AS MATERIALIZED (SELECT t.id FROM walked t WHERE ${and(...filters, contains)}${page})
    SELECT id FROM met
    UNION ALL SELECT found FROM tasks_with_pieces_of(${text}) found
      WHERE ${wanting} AND (SELECT count(*) FROM walked) = ${walk}`;
}

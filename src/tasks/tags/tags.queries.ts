import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { type ListReader } from '../../core/http/list-response.js';
import {
  limitSql,
  cursorColumns,
  fetchSize,
  orderBy,
  toPage,
  cursorCondition,
  type JsonPage,
  type JsonRow,
  type PageRow,
  type SortKey,
} from '../../core/http/keyset-pagination.js';
import { type PageQuery } from '../../core/http/page.dto.js';
import { Database } from '../../infrastructure/database/database.js';

const KEYS: readonly SortKey[] = [{ expression: 'g.id', type: 'int' }];
const ORDER = 'tags id';

/** Reads tags, which every signed-in user sees. */
@Injectable()
export class TagsQueries {
  constructor(private readonly database: Database) {}

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, query: PageQuery): ListReader {
    return {
      count: () => this.count(),
      page: (limit) => this.page(query, limit),
      stream: () => this.all(actor, query),
    };
  }

  /** Reads one page. */
  async page(query: PageQuery, limit: number): Promise<JsonPage> {
    const page = await this.database.pageRows<PageRow>(listSql(query, fetchSize(limit)), limit);
    return toPage(page.rows, page.limit, ORDER);
  }

  /** Reads the whole list in batches. */
  all(actor: Actor, query: PageQuery): AsyncGenerator<JsonRow[]> {
    return this.database.stream(listSql(query), actor.id);
  }

  /** Counts the tags over all pages. */
  async count(): Promise<number> {
    return Number((await this.database.row<{ n: string }>(sql`SELECT count(*) AS n FROM tags`))?.n);
  }
}

function listSql({ cursor }: PageQuery, limit?: number): Sql {
  return sql`SELECT json_build_object('id', g.id, 'name', g.name)::text AS json, ${cursorColumns(KEYS)} FROM tags g
    WHERE ${cursorCondition(cursor, ORDER, KEYS)} ORDER BY ${orderBy(KEYS)}${limit ? sql` ${limitSql(limit)}` : sql``}`;
}

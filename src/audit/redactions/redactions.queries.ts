import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
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
import { inFilter } from '../../infrastructure/database/sql-filters.js';
import { Database, iso } from '../../infrastructure/database/database.js';
import { type RedactionPage } from './redactions.dto.js';

const NEWEST_FIRST: readonly SortKey[] = [{ expression: 'r.id', type: 'int', descending: true }];
const ORDER = 'redactions -id';

const JSON_OBJECT = sql`json_build_object('id', r.id, 'entry_id', r.entry_id, 'fields', r.fields, 'reason', r.reason,
  'status', r.status, 'requested_by_id', r.requested_by_id, 'requested_by', r.requested_by,
  'requested_at', ${iso(sql`r.requested_at`)}, 'decided_by_id', r.decided_by_id, 'decided_by', r.decided_by,
  'decided_at', ${iso(sql`r.decided_at`)}, 'applied_at', ${iso(sql`r.applied_at`)})::text AS json`;

/** Selects one redaction as JSON text. */
export const redactionById = (id: number): Sql => sql`SELECT ${JSON_OBJECT} FROM redactions r WHERE r.id = ${id}`;

/** Reads redactions as the API shows them. */
@Injectable()
export class RedactionsQueries {
  constructor(private readonly database: Database) {}

  /** The reads of the list for `ListResponse`. */
  list(actor: Actor, filter: RedactionPage): ListReader {
    return {
      count: () => this.count(filter),
      page: (limit) => this.page(filter, limit),
      stream: () => this.all(actor, filter),
    };
  }

  async page(filter: RedactionPage, limit: number): Promise<JsonPage> {
    const page = await this.database.pageRows<PageRow>(sql`${listSql(filter)} ${limitSql(fetchSize(limit))}`, limit);
    return toPage(page.rows, page.limit, ORDER);
  }

  /** Streams the whole list in batches. */
  all(actor: Actor, filter: RedactionPage): AsyncGenerator<JsonRow[]> {
    return this.database.stream(listSql(filter), actor.id);
  }

  async count({ status }: RedactionPage): Promise<number> {
    const row = await this.database.row<{ n: string }>(
      sql`SELECT count(*) AS n FROM redactions r WHERE ${statusCondition(status)}`,
    );
    return Number(row?.n);
  }
}

function listSql({ status, cursor }: RedactionPage): Sql {
  return sql`SELECT ${JSON_OBJECT}, ${cursorColumns(NEWEST_FIRST)} FROM redactions r
    WHERE ${statusCondition(status)} AND ${cursorCondition(cursor, ORDER, NEWEST_FIRST)} ORDER BY ${orderBy(NEWEST_FIRST)}`;
}

const statusCondition = (status: RedactionPage['status']): Sql =>
  inFilter('r.status', status, 'text')[0] ?? raw('TRUE');

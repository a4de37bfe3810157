import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import {
  atMost,
  cursorColumns,
  fetchedFor,
  orderBy,
  pageOf,
  startingAt,
  type JsonPage,
  type JsonRow,
  type SortKey,
} from '../core/page.js';
import { anyOf } from '../database/conditions.js';
import { Database, iso } from '../database/database.js';
import { type RedactionPage } from './redactions.dto.js';

const NEWEST_FIRST: readonly SortKey[] = [{ expression: 'r.id', type: 'int', descending: true }];
const ORDER = '-id';
const DEFAULT_LIMIT = 100;

const JSON_OBJECT = sql`json_build_object('id', r.id, 'entry_id', r.entry_id, 'fields', r.fields, 'reason', r.reason,
  'status', r.status, 'requested_by_id', r.requested_by_id, 'requested_by', r.requested_by,
  'requested_at', ${iso(sql`r.requested_at`)}, 'decided_by_id', r.decided_by_id, 'decided_by', r.decided_by,
  'decided_at', ${iso(sql`r.decided_at`)})::text AS json`;

/** The JSON of one redaction. */
export const redactionById = (id: number): Sql => sql`SELECT ${JSON_OBJECT} FROM redactions r WHERE r.id = ${id}`;

@Injectable()
export class RedactionsQueries {
  constructor(private readonly database: Database) {}

  async page({ status, limit = DEFAULT_LIMIT, cursor }: RedactionPage): Promise<JsonPage> {
    const [wanted = raw('TRUE')] = anyOf('r.status', status, 'text');
    const rows = await this.database.rows<JsonRow & { cursor: string[] }>(sql`SELECT
        ${JSON_OBJECT}, ${cursorColumns(NEWEST_FIRST)} FROM redactions r
      WHERE ${wanted} AND ${startingAt(cursor, ORDER, NEWEST_FIRST)}
      ORDER BY ${orderBy(NEWEST_FIRST)} ${atMost(fetchedFor(limit))}`);
    return pageOf(rows, limit, ORDER);
  }
}

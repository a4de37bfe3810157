import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { Database } from '../infrastructure/database/database.js';
import { PENDING_DELTAS, summed } from './rollups/task-totals.sql.js';

/** Longer lists are streamed instead of aggregated into one text, which would be encoded in one turn of the event loop. */
const MAX_TASKS = 20_000;
const MAX_BYTES = 3 * 1024 * 1024;
/** Lists of so many tasks have fewer bytes with any titles, so that they are not measured. */
const SHORT_LIST = 2500;
/** Bytes of a task in the list beside its title. */
const ENTRY_BYTES = 50;

/** Stands for the list of blocked tasks in JSON that has no other text of users. */
export const LIST_PLACEHOLDER = '"*"';
export const PLACEHOLDER_SQL = sql`${LIST_PLACEHOLDER}::json`;

/** All blocked tasks as JSON, and the version of the list. */
export interface BlockedTasksRow {
  readonly version: string;
  /** Null where the list is too long. */
  readonly json: string | null;
}

/** List of blocked tasks in a statement with a row `team` that counts them. */
export interface BlockedList {
  /** Condition of a list that is too long to be aggregated. */
  readonly tooLong: Sql;
  /** JSON of the others. */
  readonly json: Sql;
}

/** Reads all blocked tasks together with the version of the list. */
@Injectable()
export class BlockedTasksQueries {
  constructor(private readonly database: Database) {}

  all(): Promise<BlockedTasksRow | undefined> {
    const changes = summed(['blocked', 'blocked_changes'], 'everyone');
    const { tooLong, json } = wholeList(sql`SELECT t.id, t.title, t.assigned_to_id FROM tasks t
      WHERE t.deleted_at IS NULL AND t.status = 'blocked'`);
    return this.database.row<BlockedTasksRow>(sql`WITH ${PENDING_DELTAS}, team AS (${changes})
      SELECT ${BLOCKED_TASKS_VERSION} AS version, CASE WHEN NOT ${tooLong} THEN ${json}::text END AS json FROM team`);
  }
}

/**
 * The version of the list, from a row `team` with everyone's `blocked_changes`. Includes the run of the server and the
 * database, since a restored database may reach the same number by other changes.
 */
export const BLOCKED_TASKS_VERSION = sql`concat_ws(' since ', team.blocked_changes, pg_postmaster_start_time(),
  'task_totals'::regclass::oid, (SELECT oid FROM pg_database WHERE datname = current_database()))`;

const BLOCKED_TASK = sql`json_build_object('id', t.id, 'title', t.title, 'assigned_to', t.assigned_to_id)`;

/** Stands for a list that is inserted once it is known not to be too long. */
export const INSERTED_LIST: BlockedList = {
  tooLong: sql`team.blocked > ${raw(String(MAX_TASKS))}`,
  json: PLACEHOLDER_SQL,
};

/** The list of all tasks, by id. Titles are measured where their number alone does not say whether it is too long. */
export function wholeList(tasks: Sql): BlockedList {
  const bytes = sql`SELECT sum(octet_length(t.title) + ${raw(String(ENTRY_BYTES))}) FROM (${tasks}) t`;
  const tooLong = sql`CASE WHEN team.blocked <= ${raw(String(SHORT_LIST))} THEN FALSE
    WHEN ${INSERTED_LIST.tooLong} THEN TRUE ELSE (${bytes}) > ${raw(String(MAX_BYTES))} END`;
  return { tooLong, json: aggregated(tasks) };
}

/** The list of tasks that are few. */
export const shortList = (tasks: Sql): BlockedList => ({ tooLong: sql`FALSE`, json: aggregated(tasks) });

/** Aggregates tasks as a JSON array of `BlockedTask`, by id. */
const aggregated = (tasks: Sql): Sql =>
  sql`(SELECT coalesce(json_agg(${BLOCKED_TASK} ORDER BY t.id), '[]') FROM (${tasks}) t)`;

/** Selects each task as the JSON of a `BlockedTask`, by id. */
export function blockedTaskRowsSql(tasks: Sql): Sql {
  return sql`SELECT ${BLOCKED_TASK}::text AS json FROM (${tasks}) t ORDER BY t.id`;
}

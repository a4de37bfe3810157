import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { Database } from '../infrastructure/database/database.js';
import { PENDING_DELTAS, summed } from './rollups/task-totals.sql.js';

/** Longer lists are streamed instead of aggregated into one text, which would be encoded in one turn of the event loop. */
export const MAX_AGGREGATED = 5000;

/** Stands for the list of blocked tasks in JSON that has no other text of users. */
export const LIST_PLACEHOLDER = '"*"';

/** All blocked tasks as JSON, and the version of the list. */
export interface BlockedTasksRow {
  readonly version: string;
  readonly json: string;
}

/** Reads all blocked tasks together with the version of the list; the placeholder where they are too many. */
@Injectable()
export class BlockedTasksQueries {
  constructor(private readonly database: Database) {}

  all(): Promise<BlockedTasksRow | undefined> {
    const changes = summed(['blocked', 'blocked_changes'], 'everyone');
    const blocked = sql`SELECT t.id, t.title, t.assigned_to_id FROM tasks t
      WHERE t.deleted_at IS NULL AND t.status = 'blocked'`;
    return this.database.row<BlockedTasksRow>(sql`WITH ${PENDING_DELTAS}, team AS (${changes})
      SELECT ${BLOCKED_TASKS_VERSION} AS version, ${aggregatedListSql(blocked)}::text AS json FROM team`);
  }
}

/**
 * The version of the list, from a row `team` with everyone's `blocked_changes`. Includes the run of the server and the
 * database, since a restored database may reach the same number by other changes.
 */
export const BLOCKED_TASKS_VERSION = sql`concat_ws(' since ', team.blocked_changes, pg_postmaster_start_time(),
  'task_totals'::regclass::oid, (SELECT oid FROM pg_database WHERE datname = current_database()))`;

const BLOCKED_TASK = sql`json_build_object('id', t.id, 'title', t.title, 'assigned_to', t.assigned_to_id)`;

/** Aggregates tasks as a JSON array of `BlockedTask`, by id. */
export function blockedTasksSql(tasks: Sql): Sql {
  return sql`(SELECT coalesce(json_agg(${BLOCKED_TASK} ORDER BY t.id), '[]') FROM (${tasks}) t)`;
}

/** The same, or the placeholder where a row `team` counts more than `MAX_AGGREGATED`. */
export function aggregatedListSql(tasks: Sql): Sql {
  return sql`CASE WHEN team.blocked > ${raw(String(MAX_AGGREGATED))} THEN ${LIST_PLACEHOLDER}::json ELSE ${blockedTasksSql(tasks)} END`;
}

/** Selects each task as the JSON of a `BlockedTask`, by id. */
export function blockedTaskRowsSql(tasks: Sql): Sql {
  return sql`SELECT ${BLOCKED_TASK}::text AS json FROM (${tasks}) t ORDER BY t.id`;
}

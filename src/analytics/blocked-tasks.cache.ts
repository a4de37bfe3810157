import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { Database } from '../infrastructure/database/database.js';
import { PgNotifyBus } from '../infrastructure/database/pg-notify.js';
import { PENDING_DELTAS, summed } from './rollups/task-totals.sql.js';

interface Cached {
  readonly version: string;
  readonly json: Buffer;
}

/**
 * All blocked tasks there are, which may be thousands, as JSON in memory with its version. Every committed change of
 * a blocked task makes another version, and whoever asks has read the version of now from the database: what is kept is
 * never older than that, whoever changed it and wherever.
 */
@Injectable()
export class BlockedTasksCache {
  private cached: Cached | undefined;
  private coming: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    notifyBus: PgNotifyBus,
  ) {
    notifyBus.onDatabaseReplaced(() => (this.cached = undefined));
  }

  /** @returns the list of exactly this version, if it is the one that is kept */
  get(version: string): Buffer | undefined {
    return this.cached?.version === version ? this.cached.json : undefined;
  }

  /** Reads it once for all who wait for it. */
  refresh(): Promise<void> {
    this.coming ??= this.read().finally(() => (this.coming = undefined));
    return this.coming;
  }

  private async read(): Promise<void> {
    const changes = summed(['blocked_changes'], 'everyone');
    const blocked = sql`SELECT t.id, t.title, t.assigned_to_id FROM tasks t
      WHERE t.deleted_at IS NULL AND t.status = 'blocked'`;
    const row = await this.database.row<{
      version: string;
      json: string;
    }>(sql`WITH ${PENDING_DELTAS}, team AS (${changes})
      SELECT ${VERSION} AS version, ${blockedTasksSql(blocked)}::text AS json FROM team`);
    this.cached = row && { version: row.version, json: Buffer.from(row.json) };
  }
}

/**
 * The version of the list, of `team` that has everyone's `blocked_changes`. Another run of the server, on a restored
 * database maybe, may come to the same number by other changes.
 */
export const VERSION = sql`concat_ws(' since ', team.blocked_changes, pg_postmaster_start_time(),
  'task_totals'::regclass::oid, (SELECT oid FROM pg_database WHERE datname = current_database()))`;

/** Blocked tasks as JSON, by id. */
export function blockedTasksSql(tasks: Sql): Sql {
  return sql`(SELECT coalesce(json_agg(json_build_object('id', t.id, 'title', t.title, 'assigned_to', t.assigned_to_id)
    ORDER BY t.id), '[]') FROM (${tasks}) t)`;
}

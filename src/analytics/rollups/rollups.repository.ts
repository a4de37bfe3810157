import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { ADDED, counts, EVERYONE, FIGURES, PENDING_DELTAS, sums } from './task-totals.sql.js';

/** Stored totals of an assignee that differ from a full count. */
export interface Discrepancy {
  /** User id; 0 for the totals of everyone. */
  readonly assignee: number;
  readonly stored: Readonly<Record<string, number>>;
  readonly actual: Readonly<Record<string, number>>;
}

/** Statements that write the rollups: `task_totals`, and `task_deltas`, which triggers fill. */
@Injectable()
export class RollupsRepository {
  constructor(private readonly database: Database) {}

  /** Counts the deltas that are not in the totals yet. */
  async countPending(): Promise<number> {
    const row = await this.database.row<{ rows: number }>(
      sql`WITH ${PENDING_DELTAS} SELECT count(*)::int AS rows FROM fresh`,
    );
    return row?.rows ?? 0;
  }

  /** Moves all deltas into the totals in one statement. @returns the number of deltas */
  async compact(tx: AuditedTransaction): Promise<number> {
    const [row] = await tx.query<{ rows: number }>(compactSql());
    return row?.rows ?? 0;
  }

  /** Rewrites the totals from a full count, in the snapshot of one statement. @returns the totals that differed */
  reconcile(tx: AuditedTransaction): Promise<Discrepancy[]> {
    return tx.query<Discrepancy>(reconcileSql());
  }
}

/**
 * Moves the deltas into the totals. Transactions older than the oldest one of this snapshot have ended, so all their
 * deltas are deleted here, and readers may start at `folded_before`. A long read has no transaction id and does not
 * hold it back.
 */
function compactSql(): Sql {
  const columns = raw(ADDED.join(', '));
  const adds = join(ADDED.map((name) => raw(`${name} = t.${name} + excluded.${name}`)));
  return sql`WITH gone AS (DELETE FROM task_deltas RETURNING *),
    change AS (SELECT coalesce(assignee_id, 0) AS assignee_id, ${sums(ADDED)}, grouping(assignee_id) = 1 AS everyone
      FROM gone GROUP BY GROUPING SETS ((assignee_id), ()) HAVING count(*) > 0),
    stored AS (INSERT INTO task_totals AS t (assignee_id, ${columns}, folded_before, folded_on)
      SELECT assignee_id, ${columns}, CASE WHEN everyone THEN pg_snapshot_xmin(pg_current_snapshot()) END,
        CASE WHEN everyone THEN pg_postmaster_start_time() END FROM change
      ON CONFLICT (assignee_id) DO UPDATE SET ${adds}, folded_before = excluded.folded_before, folded_on = excluded.folded_on)
    SELECT count(*)::int AS rows FROM gone`;
}

function reconcileSql(): Sql {
  const figures = raw(FIGURES.join(', '));
  const each = (write: (name: string) => string) => raw(FIGURES.map(write).join(', '));
  const of = (table: string) => each((name) => `coalesce(${table}.${name}, 0)`);
  return sql`WITH counted AS (SELECT coalesce(t.assigned_to_id, ${EVERYONE}) AS assignee_id, ${counts()} FROM tasks t
      WHERE t.deleted_at IS NULL GROUP BY GROUPING SETS ((t.assigned_to_id), ())),
    fresh AS (SELECT coalesce(assignee_id, ${EVERYONE}) AS assignee_id, ${sums(FIGURES)} FROM task_deltas
      GROUP BY GROUPING SETS ((assignee_id), ())),
    -- Totals and pending deltas together have to equal the count.
    wanted AS (SELECT assignee_id, ${each((name) => `sum(sign * ${name}) AS ${name}`)}
      FROM (SELECT 1 AS sign, assignee_id, ${figures} FROM counted
        UNION ALL SELECT -1, assignee_id, ${figures} FROM fresh) parts GROUP BY assignee_id),
    compared AS (SELECT assignee_id, ${each((name) => `coalesce(w.${name}, 0) AS ${name}`)},
        (${of('w')}) <> (${of('k')}) AS differs FROM wanted w FULL JOIN task_totals k USING (assignee_id)),
    -- The row of everyone is always written, which gives the list of blocked tasks a new version: figures do not show
    -- whether that list was changed unnoticed. The version of a lost row continues after all earlier ones.
    stored AS (INSERT INTO task_totals AS t (assignee_id, ${figures}, blocked_changes)
      SELECT assignee_id, ${figures}, extract(epoch FROM clock_timestamp())::bigint * 1000 FROM compared
      WHERE differs OR assignee_id = ${EVERYONE}
      ON CONFLICT (assignee_id) DO UPDATE SET ${each((name) => `${name} = excluded.${name}`)},
        blocked_changes = t.blocked_changes + 1)
    SELECT assignee_id AS assignee,
      json_build_object(${each((name) => `'${name}', coalesce(k.${name}, 0) + coalesce(f.${name}, 0)`)}) AS stored,
      json_build_object(${each((name) => `'${name}', coalesce(c.${name}, 0)`)}) AS actual
    FROM compared LEFT JOIN task_totals k USING (assignee_id) LEFT JOIN fresh f USING (assignee_id)
    LEFT JOIN counted c USING (assignee_id) WHERE differs ORDER BY 1`;
}

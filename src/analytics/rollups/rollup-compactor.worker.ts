import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { Outage } from '../../core/persistence/outage.js';
import { Database } from '../../infrastructure/database/database.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { ADDED, PENDING_DELTAS, sums } from './task-totals.sql.js';

const AUTHOR = systemPrincipal('task totals');
/** Whoever writes to the totals asks to be alone at this work. */
export const TOTALS_WORK = 'task-totals';
const EVERY_MS = 1000;
/** A reader that meets more of them than this does not wait for the clock. */
const MANY = 1000;

/**
 * Adds what transactions did to the totals, so that readers find little beside them. One replica at a time, in one
 * statement: a reader sees a change in one place or the other, never in both. While nobody folds, figures are as exact.
 */
@Injectable()
export class RollupCompactor implements BeforeApplicationShutdown {
  private readonly logger = new Logger('TaskTotals');
  private timer: NodeJS.Timeout | undefined;
  private compacting: Promise<number> | undefined;
  private readonly outage = new Outage(
    this.logger,
    'Totals of tasks could not be folded; figures stay exact but cost more',
  );
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly database: Database,
    { registry }: Metrics,
  ) {
    new Gauge({
      name: 'ctms_task_deltas',
      // Every worker reads the same.
      aggregator: 'max',
      help: 'Changes of tasks that are not folded into the totals yet',
      registers: [registry],
      async collect() {
        // Without a database there is nothing to tell; the rest of the metrics must still be readable.
        this.set(await waiting(database).catch(() => 0));
      },
    });
  }

  /** Folds from now on, on replicas that work on jobs. */
  start(pauseMs = EVERY_MS): void {
    if (!this.config.jobsEnabled || this.stopped) return;
    this.timer = setTimeout(() => void this.tick(), pauseMs).unref();
  }

  /**
   * Folds what was committed before the call.
   *
   * @returns how many rows; 0 also where another one writes to the totals
   */
  async compact(): Promise<number> {
    await this.compacting?.catch(() => 0);
    this.compacting ??= this.once().finally(() => (this.compacting = undefined));
    return this.compacting;
  }

  /** A reader tells how many rows it had to add up. */
  reportPending(rows: number): void {
    if (rows < MANY || this.compacting || this.stopped) return;
    this.compact().catch((error: unknown) => this.outage.failed(error));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.compacting?.catch(() => 0);
  }

  private async tick(): Promise<void> {
    let pauseMs = EVERY_MS;
    try {
      if ((await waiting(this.database)) > 0) await this.compact();
      this.outage.worked();
    } catch (error) {
      pauseMs = this.outage.failed(error);
    }
    this.start(pauseMs);
  }

  private once(): Promise<number> {
    return this.unitOfWork.run(AUTHOR, async (tx) => {
      if (!(await this.jobs.tryExclusive(tx, TOTALS_WORK))) return 0;
      const [row] = await tx.query<{ rows: number }>(compactSql());
      return row?.rows ?? 0;
    });
  }
}

async function waiting(database: Database): Promise<number> {
  const row = await database.row<{ rows: number }>(sql`WITH ${PENDING_DELTAS} SELECT count(*)::int AS rows FROM fresh`);
  return row?.rows ?? 0;
}

/**
 * No transaction older than the oldest one of this snapshot can leave anything behind: whatever those did is deleted here.
 * A long read is none of them.
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

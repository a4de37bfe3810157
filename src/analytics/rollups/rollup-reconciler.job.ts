import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import sql, { raw, type Sql } from 'sql-template-tag';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { counts, EVERYONE, FIGURES, sums } from './task-totals.sql.js';
import { TOTALS_WORK } from './rollup-compactor.worker.js';

const AUTHOR = systemPrincipal('task totals');
const JOB = 'check-task-totals';
const AT_NIGHT = '53 2 * * *';
const STORED_TOTALS = 20;

/** Figures that were told wrongly. */
export interface Discrepancy {
  /** 0 stands for everyone. */
  readonly assignee: number;
  readonly stored: Readonly<Record<string, number>>;
  readonly actual: Readonly<Record<string, number>>;
}

/** Compares the totals with a count of all tasks, every night and by command, and makes them right. */
@Injectable()
export class RollupReconciler {
  private readonly logger = new Logger('TaskTotals');
  private readonly wrong: Counter;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    { registry }: Metrics,
  ) {
    this.wrong = new Counter({
      name: 'ctms_task_totals_repaired_total',
      help: 'Rows of totals that a full count found wrong, and that were repaired',
      registers: [registry],
    });
    jobs.schedule(JOB, AT_NIGHT, () => this.check());
  }

  /**
   * Makes the totals what a full count says, while tasks change: count, changes not folded yet and totals are read in the
   * snapshot of one statement. Whatever is committed later is no part of it and adds its own rows.
   *
   * @returns what differed
   */
  async reconcile(): Promise<Discrepancy[]> {
    for (;;) {
      const differences = await this.unitOfWork.run(AUTHOR, async (tx) => {
        // The folder moves rows, so it waits; those who change tasks do not.
        if (!(await this.jobs.tryExclusive(tx, TOTALS_WORK))) return undefined;
        await tx.unlimited();
        return tx.query<Discrepancy>(rebuildSql());
      });
      if (differences) return differences;
      await sleep(50);
    }
  }

  private async check(): Promise<number> {
    const differences = await this.reconcile();
    this.wrong.inc(differences.length);
    for (const difference of differences.slice(0, STORED_TOTALS)) {
      this.logger.error({ msg: 'Totals of tasks were wrong and are repaired', ...difference });
    }
    return differences.length;
  }
}

function rebuildSql(): Sql {
  const figures = raw(FIGURES.join(', '));
  const each = (write: (name: string) => string) => raw(FIGURES.map(write).join(', '));
  const of = (table: string) => each((name) => `coalesce(${table}.${name}, 0)`);
  return sql`WITH counted AS (SELECT coalesce(t.assigned_to_id, ${EVERYONE}) AS assignee_id, ${counts()} FROM tasks t
      WHERE t.deleted_at IS NULL GROUP BY GROUPING SETS ((t.assigned_to_id), ())),
    fresh AS (SELECT coalesce(assignee_id, ${EVERYONE}) AS assignee_id, ${sums(FIGURES)} FROM task_deltas
      GROUP BY GROUPING SETS ((assignee_id), ())),
    -- Totals and fresh changes together have to be the count.
    wanted AS (SELECT assignee_id, ${each((name) => `sum(sign * ${name}) AS ${name}`)}
      FROM (SELECT 1 AS sign, assignee_id, ${figures} FROM counted
        UNION ALL SELECT -1, assignee_id, ${figures} FROM fresh) parts GROUP BY assignee_id),
    compared AS (SELECT assignee_id, ${each((name) => `coalesce(w.${name}, 0) AS ${name}`)},
        (${of('w')}) <> (${of('k')}) AS differs FROM wanted w FULL JOIN task_totals k USING (assignee_id)),
    -- Everyone's row is always written, for a new version of the list of blocked tasks: figures do not tell whether
    -- that list was changed unnoticed. The version of a lost row goes on behind all that there were.
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

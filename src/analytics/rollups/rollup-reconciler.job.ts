import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { RollupsRepository, type Discrepancy } from './rollups.repository.js';
import { TOTALS_WORK } from './rollup-compactor.worker.js';

const PRINCIPAL = systemPrincipal('task totals');
const JOB = 'check-task-totals';
const AT_NIGHT = '53 2 * * *';
const MAX_LOGGED = 20;

/** Reconciles the totals with a count of all tasks, every night and by command. */
@Injectable()
export class RollupReconciler {
  private readonly logger = new Logger('TaskTotals');
  private readonly repaired: Counter;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly rollups: RollupsRepository,
    { registry }: Metrics,
  ) {
    this.repaired = new Counter({
      name: 'ctms_task_totals_repaired_total',
      help: 'Rows of totals that a full count found wrong, and that were repaired',
      registers: [registry],
    });
    jobs.schedule(JOB, AT_NIGHT, () => this.check());
  }

  /**
   * Reconciles the totals while tasks change: count, pending deltas and totals are read in the snapshot of one
   * statement. Later commits are not part of it and add their own deltas.
   *
   * @returns the totals that differed
   */
  async reconcile(): Promise<Discrepancy[]> {
    for (;;) {
      const discrepancies = await this.unitOfWork.run(PRINCIPAL, async (tx) => {
        // Excludes the compactor, which moves rows; changes of tasks go on.
        if (!(await this.jobs.tryExclusive(tx, TOTALS_WORK))) return undefined;
        await tx.unlimited();
        return this.rollups.reconcile(tx);
      });
      if (discrepancies) return discrepancies;
      await sleep(50);
    }
  }

  private async check(): Promise<number> {
    const discrepancies = await this.reconcile();
    this.repaired.inc(discrepancies.length);
    for (const discrepancy of discrepancies.slice(0, MAX_LOGGED)) {
      this.logger.error({ msg: 'Totals of tasks were wrong and are repaired', ...discrepancy });
    }
    return discrepancies.length;
  }
}

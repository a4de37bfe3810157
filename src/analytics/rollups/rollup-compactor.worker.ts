import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Config } from '../../core/config/config.js';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { Outage } from '../../core/persistence/outage.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';
import { RollupsRepository } from './rollups.repository.js';

const PRINCIPAL = systemPrincipal('task totals');
/** Name of the exclusive lock of everything that writes to the totals. */
export const TOTALS_WORK = 'task-totals';
const INTERVAL_MS = 1000;
/** Pending deltas in one read above which compaction starts at once. */
const MAX_PENDING = 1000;

/**
 * Compacts the deltas of transactions into the totals, so that readers have few deltas to add. One replica at a time, in
 * one statement: a reader sees a change either in the deltas or in the totals. Without compaction figures stay exact.
 */
@Injectable()
export class RollupCompactor implements BeforeApplicationShutdown {
  private readonly logger = new Logger('TaskTotals');
  private timer: NodeJS.Timeout | undefined;
  private compacting: Promise<number> | undefined;
  private readonly outage = new Outage(
    this.logger,
    'Task totals were not compacted; figures stay exact but take longer to read',
  );
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly rollups: RollupsRepository,
    { registry }: Metrics,
  ) {
    new Gauge({
      name: 'ctms_task_deltas',
      // Every worker of a replica reads the same number.
      aggregator: 'max',
      help: 'Changes of tasks that are not compacted into the totals yet',
      registers: [registry],
      async collect() {
        // Without a database the other metrics must still be readable.
        this.set(await rollups.countPending().catch(() => 0));
      },
    });
  }

  /** Starts periodic compaction on replicas with `JOBS_ENABLED`. */
  start(pauseMs = INTERVAL_MS): void {
    if (!this.config.jobsEnabled || this.stopped) return;
    this.timer = setTimeout(() => void this.tick(), pauseMs).unref();
  }

  /**
   * Compacts the deltas that were committed before the call.
   *
   * @returns the number of deltas; 0 also where another replica writes to the totals
   */
  async compact(): Promise<number> {
    await this.compacting?.catch(() => 0);
    this.compacting ??= this.compactExclusively().finally(() => (this.compacting = undefined));
    return this.compacting;
  }

  /** Called by readers with the number of deltas that they added. */
  reportPending(rows: number): void {
    if (rows < MAX_PENDING || this.compacting || this.stopped) return;
    this.compact().catch((error: unknown) => this.outage.failed(error));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.compacting?.catch(() => 0);
  }

  private async tick(): Promise<void> {
    let pauseMs = INTERVAL_MS;
    try {
      if ((await this.rollups.countPending()) > 0) await this.compact();
      this.outage.worked();
    } catch (error) {
      pauseMs = this.outage.failed(error);
    }
    this.start(pauseMs);
  }

  private compactExclusively(): Promise<number> {
    return this.unitOfWork.run(PRINCIPAL, async (tx) => {
      if (!(await this.jobs.tryExclusive(tx, TOTALS_WORK))) return 0;
      return this.rollups.compact(tx);
    });
  }
}
